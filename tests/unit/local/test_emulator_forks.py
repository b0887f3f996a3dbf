"""Workers are forks of one prepared process, and one can't tell."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import botocore.session
import pytest

from local.emulator.functions import packages, seed
from local.emulator.functions.forks import Forks, Order, Process, can_fork, spawn

pytestmark = pytest.mark.skipif(not can_fork(), reason="here workers are processes of their own")

SCRIPT = """
import json, os, sys, time
print(json.dumps({
    "directory": os.getcwd(), "path": sys.path[1:], "variables": dict(os.environ), "arguments": sys.argv,
    "leads": os.getsid(0) == os.getpid(), "files": len(os.listdir("/proc/self/fd")),
}), flush=True)
if sys.argv[-1] == "sleep":
    time.sleep(60)
sys.exit({"three": 3, "word": "a word"}.get(sys.argv[-1], 0))
"""


@pytest.fixture
def forks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forks]:
    monkeypatch.setenv("PERSON_TOKEN", "secret")
    packages = tmp_path / "packages"
    packages.mkdir()
    found = Forks(packages)
    yield found
    found.close()


def order(tmp_path: Path, handler: str) -> Order:
    task = tmp_path / "task"
    task.mkdir(exist_ok=True)
    (tmp_path / "client.py").write_text(SCRIPT)
    path = (task, tmp_path / "packages")
    variables = {"LANG": "C.UTF-8", "ONLY": "é", "PYTHONPATH": os.pathsep.join(map(str, path))}
    return Order((str(tmp_path / "client.py"),), handler, task, path, variables)


def run(start: Callable[[Order, int], Process], wanted: Order) -> tuple[int, str]:
    reader, writer = os.pipe()
    process = start(wanted, writer)
    os.close(writer)
    with os.fdopen(reader) as output:
        return process.wait(), output.read()


@pytest.mark.parametrize(("handler", "code"), [("none", 0), ("three", 3), ("word", 1)])
def test_a_fork_is_what_a_process_of_its_own_is(
    forks: Forks, tmp_path: Path, handler: str, code: int
) -> None:
    """Directory, arguments, environment, path, open files and exit code; nothing of the person's."""
    wanted = order(tmp_path, handler)
    forked, spawned = run(forks.start, wanted), run(spawn, wanted)
    assert forked == spawned
    assert forked[0] == code
    found = json.loads(forked[1].splitlines()[0])
    assert found["directory"] == str(tmp_path / "task")
    assert found["variables"].keys() <= {*wanted.variables, "LC_CTYPE"}
    assert not [entry for entry in found["path"] if "site-packages" in entry or "emulator" in entry]


def test_a_killed_fork_says_by_which_signal(forks: Forks, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    process = forks.start(order(tmp_path, "sleep"), writer)
    os.close(writer)
    os.read(reader, 1)
    assert process.poll() is None
    process.kill()
    assert process.wait() == -signal.SIGKILL
    process.kill()
    os.close(reader)


def test_without_the_seed_the_order_is_refused(tmp_path: Path) -> None:
    """The caller then starts a process of its own."""
    packages = tmp_path / "packages"
    packages.mkdir()
    forks = Forks(packages)
    forks._seed.kill()
    forks._seed.wait()
    time.sleep(0.05)
    reader, writer = os.pipe()
    with pytest.raises(OSError):
        forks.start(order(tmp_path, "none"), writer)
    os.close(reader)
    os.close(writer)
    forks.close()


def test_sessions_share_what_was_read_unless_told_where_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(botocore.session, "create_loader", botocore.session.create_loader)
    monkeypatch.delenv("AWS_DATA_PATH", raising=False)
    seed._share_descriptions()
    one, other = (botocore.session.Session().get_component("data_loader") for _ in range(2))
    assert one is other
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    own = botocore.session.Session().get_component("data_loader")
    assert own is not one
    assert str(tmp_path) in own.search_paths


def test_packages_are_linked_anew_when_others_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = packages.link_packages(tmp_path / "runtime")
    assert (linked / "boto3" / "session.py").exists()
    (linked / "numpy").symlink_to(tmp_path)
    monkeypatch.setattr(packages, "_installed", lambda: "another state")
    packages.link_packages(linked)
    assert not (linked / "numpy").is_symlink()
    monkeypatch.setattr(packages, "_closure", lambda: pytest.fail("read again, although nothing changed"))
    packages.link_packages(linked)
