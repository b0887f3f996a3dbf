"""Finding, describing and fingerprinting; the processes themselves are proven end to end."""

import fcntl
import os
import shutil
import threading
from pathlib import Path

import pytest

from local.errors import EmulatorVersionError, LocalAwsError, ServiceStartError
from local.supervisor import Environment, down, find, reset
from local.supervisor.cdk import explain, reasons
from local.supervisor.fingerprint import fingerprint
from local.supervisor.process import FAILURE_FILE, LOCK_FILE, holder, locked
from local.supervisor.services import child_variables, choose_port, tail


def environment(state_dir: Path, **outputs: str) -> Environment:
    return Environment(
        endpoint_url="http://127.0.0.1:1",
        rekognition_url="http://127.0.0.1:2",
        mediaconvert_url="http://127.0.0.1:3",
        state_dir=state_dir,
        outputs=outputs,
    )


def test_an_environment_is_read_as_it_was_written(tmp_path: Path) -> None:
    saved = environment(tmp_path, SourceBucketName="films")
    saved.save()
    assert Environment.load(tmp_path) == saved


@pytest.mark.parametrize("text", ["", "{", "[]", '{"unknown": 1}'])
def test_a_broken_environment_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "environment.json").write_text(text)
    assert Environment.load(tmp_path) is None


def test_clients_can_reach_nothing_but_this_machine(tmp_path: Path) -> None:
    """A profile or key of the person must never meet a local run."""
    variables = environment(tmp_path).client_env()
    urls = {name: value for name, value in variables.items() if name.startswith("AWS_ENDPOINT_URL")}
    assert len(urls) == 3
    assert all(value.startswith("http://127.0.0.1:") for value in urls.values())
    assert variables["AWS_CONFIG_FILE"] == variables["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


def test_children_do_not_see_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    assert "secret" not in child_variables(environment(tmp_path)).values()


def test_nothing_runs_in_an_empty_place(tmp_path: Path) -> None:
    assert find(tmp_path / "new") is None
    assert down(tmp_path / "new") is False


def test_a_number_left_by_a_dead_supervisor_is_not_taken_for_a_live_one(tmp_path: Path) -> None:
    """The number may be another process by now; stopping by it would end somebody else's."""
    (tmp_path / LOCK_FILE).write_text(str(os.getpid()))
    assert holder(tmp_path) is None
    assert down(tmp_path) is False


def test_one_supervisor_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path):
        assert holder(tmp_path) == os.getpid()
        with pytest.raises(LocalAwsError, match="already runs"), locked(tmp_path):
            pass
    assert holder(tmp_path) is None


def test_who_only_asks_for_the_holder_keeps_nobody_from_starting(tmp_path: Path) -> None:
    """Asking takes the lock for a moment; a supervisor that starts in that moment waits it out."""
    asking = (tmp_path / LOCK_FILE).open("a+")
    fcntl.flock(asking, fcntl.LOCK_EX)
    answered = threading.Timer(0.2, asking.close)
    answered.start()
    with locked(tmp_path):
        assert holder(tmp_path) == os.getpid()
    answered.join()


def test_a_death_is_told_to_whoever_looks_next(tmp_path: Path) -> None:
    (tmp_path / FAILURE_FILE).write_text("The emulator ended with exit code 1.")
    with pytest.raises(ServiceStartError, match="exit code 1"):
        find(tmp_path)


def test_reset_deletes_the_state_of_a_local_aws_and_nothing_else(tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    (films / "holiday.mp4").write_bytes(b"precious")
    with pytest.raises(LocalAwsError, match="nothing was deleted"):
        reset(films)
    assert (films / "holiday.mp4").exists()
    state = tmp_path / "state"
    (state / "emulator").mkdir(parents=True)
    reset(state)
    assert not state.exists()
    reset(state)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name in ("app.py", "lambdas/plan_trailer/handler.py", "layers/core/python/trailer/errors.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def test_a_fingerprint_is_that_of_the_contents(project: Path, tmp_path: Path) -> None:
    before = fingerprint(project)
    os.utime(project / "app.py", (1, 1))
    (project / "lambdas" / "plan_trailer" / "__pycache__").mkdir()
    (project / "lambdas" / "plan_trailer" / "__pycache__" / "handler.cpython-311.pyc").write_bytes(b"x")
    (project / "README.md").write_text("not deployed")
    copy = shutil.copytree(project, tmp_path / "copy")
    assert fingerprint(project) == before == fingerprint(copy)


@pytest.mark.parametrize("change", ["edit", "add", "rename", "delete", "stage"])
def test_every_change_of_a_source_changes_the_fingerprint(project: Path, change: str) -> None:
    before = fingerprint(project, extra="local")
    handler = project / "lambdas" / "plan_trailer" / "handler.py"
    match change:
        case "edit":
            handler.write_text("other")
        case "add":
            (project / "lambdas" / "new.py").write_text("")
        case "rename":
            handler.rename(handler.with_name("main.py"))
        case "delete":
            handler.unlink()
    after = fingerprint(project, extra="dev" if change == "stage" else "local")
    assert after != before


OUTPUT = [
    "TrailerMedia-local: deploying... [1/2]",
    "TrailerMedia-local | 2/9 | 8:28:39 AM | CREATE_COMPLETE      | AWS::S3::Bucket     | ResultsBucket (ResultsBucketA95A2103)",
    "TrailerMedia-local | 3/9 | 8:28:39 AM | CREATE_IN_PROGRESS   | AWS::S3::Bucket     | SourceBucket (SourceBucketDDD2130A)",
    "TrailerMedia-local | 4/9 | 8:28:39 AM | CREATE_FAILED        | AWS::S3::Bucket     | SourceBucket (SourceBucketDDD2130A) no room",
    " ✅  TrailerMedia-local",
    " ✅  TrailerPipeline-local (no changes)",
    "✨  Synthesis time: 2.4s",
    "something else",
]


def test_the_output_of_the_cdk_is_told_in_steps() -> None:
    assert [event for line in OUTPUT for event in explain(line)] == [
        "TrailerMedia-local: deploying",
        "TrailerMedia-local: 2/9 AWS::S3::Bucket ResultsBucket",
        "TrailerMedia-local: AWS::S3::Bucket CREATE_FAILED: SourceBucket (SourceBucketDDD2130A) no room",
        "TrailerMedia-local: deployed",
        "TrailerPipeline-local: unchanged",
        "Synthesized in 2.4s",
    ]


def test_a_failure_begins_with_its_reason() -> None:
    told = reasons([*OUTPUT, *["noise"] * 200])
    assert "no room" in told.splitlines()[0]


def test_a_taken_port_is_not_chosen() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        assert choose_port(wanted) != wanted


def test_the_end_of_a_log_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "emulator.log"
    log.write_text("\n".join(str(number) for number in range(100)))
    assert tail(log, lines=2) == "  98\n  99"
    assert "no log" in tail(tmp_path / "absent.log")


def test_another_emulator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The corrections replace private functions: with another release they would break silently."""
    from local.emulator import configuration

    monkeypatch.setattr(configuration, "version", lambda name: "1.6.0")
    with pytest.raises(EmulatorVersionError, match=r"1\.6\.0"):
        configuration.require_pinned_version()
