"""The local AWS as a person has it: up, deploy, again, broken, down."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local.errors import DeployError, ServiceStartError
from local.supervisor import Environment, deploy, down, find, reset, up
from local.supervisor.process import holder

PROJECT = Path(__file__).parents[2]

APP = """
import json, aws_cdk as cdk
from aws_cdk import aws_stepfunctions as states, aws_s3 as s3
app = cdk.App()
stack = cdk.Stack(app, f"Probe-{app.node.try_get_context('stage')}")
body = states.DefinitionBody.from_string(json.dumps(DEFINITION))
machine = states.StateMachine(stack, "Machine", definition_body=body)
cdk.CfnOutput(stack, "MachineArn", value=machine.state_machine_arn)
app.synth()
"""
GOOD = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
BAD = {"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": [], "End": True}}}

needs_cdk = pytest.mark.skipif(
    shutil.which("node") is None or not (PROJECT / "node_modules" / "aws-cdk").exists(),
    reason="needs Node.js and `npm ci`",
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "state"
    down(tmp_path / "state")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "node_modules").symlink_to(PROJECT / "node_modules")
    (root / "cdk.json").write_text(json.dumps({"app": "python3 app.py", "versionReporting": False}))
    write_app(root, GOOD)
    return root


def write_app(project: Path, definition: dict) -> None:
    (project / "app.py").write_text(APP.replace("DEFINITION", repr(definition)))


def child(supervisor: int, module: str) -> int:
    """Find a child process of a supervisor by the module that it runs."""
    listed = subprocess.run(
        ["ps", "-e", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        pid, parent, arguments = line.split(None, 2)
        if int(parent) == supervisor and f" {module} " in arguments:
            return int(pid)
    raise AssertionError(f"no {module} among the children")


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not collected yet does not."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() not in ("", "Z", "Zs")


def wait_until(check: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@needs_cdk
def test_what_was_deployed_is_found_again_and_not_deployed_twice(state: Path, project: Path) -> None:
    told: list[str] = []
    first = deploy(up(state), project=project, progress=told.append)
    assert first.outputs["MachineArn"].startswith("arn:aws:states:us-east-1:123456789012:stateMachine:")
    assert any("AWS::StepFunctions::StateMachine" in line for line in told)
    assert find(state) == first
    assert up(state) == first
    told.clear()
    assert deploy(first, project=project, progress=told.append) == first
    assert told == [], "an unchanged project was deployed again"
    assert down(state)
    assert find(state) is None
    again = up(state)
    assert deploy(again, project=project, progress=told.append).outputs == first.outputs
    assert told == [], "the deployment did not outlive the restart"
    down(state)
    shutil.rmtree(state / "emulator")
    assert "MachineArn" in deploy(up(state), project=project, progress=told.append).outputs
    assert told, "a lost deployment was taken for an existing one"
    reset(state)
    assert not state.exists()


@needs_cdk
def test_a_failed_deployment_tells_cloudformation_s_reason(state: Path, project: Path) -> None:
    environment = up(state)
    write_app(project, BAD)
    with pytest.raises(DeployError, match="Parallel"):
        deploy(environment, project=project)
    (project / "app.py").write_text("raise SystemExit('the app itself is broken')")
    with pytest.raises(DeployError, match="the app itself is broken"):
        deploy(environment, project=project)
    write_app(project, GOOD)
    assert "MachineArn" in deploy(environment, project=project).outputs


def test_the_death_of_a_process_is_noticed_told_and_mended(state: Path) -> None:
    up(state)
    supervisor = holder(state)
    assert supervisor is not None
    emulator = child(supervisor, "local.emulator")
    os.kill(emulator, signal.SIGKILL)
    wait_until(lambda: holder(state) is None)
    with pytest.raises(ServiceStartError, match="The emulator ended with exit code -9"):
        find(state)
    told: list[str] = []
    assert isinstance(up(state, progress=told.append), Environment)
    assert any("exit code -9" in line for line in told)


def test_nothing_outlives_a_killed_supervisor(state: Path) -> None:
    """A leftover process would hold the port and the state of the next start."""
    environment = up(state)
    supervisor = holder(state)
    assert supervisor is not None
    emulator = child(supervisor, "local.emulator")
    os.kill(supervisor, signal.SIGKILL)
    wait_until(lambda: not alive(emulator))
    assert find(state) is None
    assert up(state).endpoint_url == environment.endpoint_url


def test_what_runs_older_code_is_started_again(state: Path) -> None:
    first = up(state)
    before = holder(state)
    replace(first, sources="of another checkout").save()
    told: list[str] = []
    again = up(state, progress=told.append)
    assert holder(state) != before
    assert any("older" in line for line in told)
    assert again.sources == first.sources


def test_two_places_run_side_by_side(state: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    try:
        assert up(state).endpoint_url != up(other).endpoint_url
    finally:
        down(other)
    assert find(state) is not None


def test_it_stops_when_nobody_asks(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAILER_IDLE_MINUTES", "0.02")
    up(state)
    wait_until(lambda: holder(state) is None)
    assert find(state) is None, "stopping by itself is no failure"
