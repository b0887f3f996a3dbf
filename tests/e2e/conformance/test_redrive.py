"""Redrive: on from the unsuccessful states, with what succeeded kept, under the same name."""

import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.e2e.conformance.conftest import Machines
from tests.e2e.conformance.states import PASS, each, task

CALLBACK = "arn:aws:states:::lambda:invoke.waitForTaskToken"
CHILD = "arn:aws:states:::states:startExecution.sync:2"


def wait_for(file: Path, *, other_than: str = "") -> str:
    deadline = time.monotonic() + 10
    while not file.exists() or (text := file.read_text()) in ("", other_than):
        assert time.monotonic() < deadline, "the function was not invoked"
        time.sleep(0.01)
    return text


def failing(function: str, counter: str, failures: int, **fields: object) -> dict:
    parameters = {"counter": counter, "error": "ValueError", "failures": failures, "n": 1}
    return task(function, Parameters=parameters, **fields)


def test_it_goes_on_from_the_state_that_failed(machines: Machines, function: str, tmp_path: Path) -> None:
    """What was done and paid for before the failure is not done again."""
    before, broken = tmp_path / "before", tmp_path / "broken"
    states = {
        "A": task(function, Parameters={"counter": str(before)}, Next="B"),
        "B": failing(function, str(broken), failures=1),
    }
    failed = machines.run(states)
    assert (failed.status, failed.error) == ("FAILED", "ValueError")
    described = machines.client.describe_execution(executionArn=failed.arn)
    assert (described["redriveCount"], described["redriveStatus"]) == (0, "REDRIVABLE")
    machines.client.redrive_execution(executionArn=failed.arn)
    done = machines.wait(failed.arn)
    assert (done.status, done.arn, done.error) == ("SUCCEEDED", failed.arn, None)
    assert (before.stat().st_size, broken.stat().st_size) == (1, 2)
    assert done.types().count("ExecutionRedriven") == 1
    described = machines.client.describe_execution(executionArn=failed.arn)
    assert (described["redriveCount"], described["redriveStatus"]) == (1, "NOT_REDRIVABLE")


def test_only_unfinished_iterations_of_a_map_run_again(
    machines: Machines, function: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    items = [
        {"counter": str(good), "error": "ValueError", "failures": 0, "after": 0},
        {"counter": str(bad), "error": "ValueError", "failures": 1, "after": 1},
    ]
    parameters = {f"{name}.$": f"$.{name}" for name in ("counter", "error", "failures")}
    inner = {
        "Wait": {"Type": "Wait", "SecondsPath": "$.after", "Next": "Work"},
        "Work": task(function, Parameters=parameters),
    }
    failed = machines.run({"M": each(inner, ItemsPath="$.items")}, {"items": items})
    assert failed.status == "FAILED"
    machines.client.redrive_execution(executionArn=failed.arn)
    assert machines.wait(failed.arn).status == "SUCCEEDED"
    assert (good.stat().st_size, bad.stat().st_size) == (1, 2)


def test_a_stopped_wait_gets_a_new_token(machines: Machines, function: str, tmp_path: Path) -> None:
    """The ledger's row still holds the old one, which nobody waits for any more."""
    file = tmp_path / "token"
    payload = {"do": "start", "token.$": "$$.Task.Token", "file": str(file)}
    waiting = task(CALLBACK, Parameters={"FunctionName": function, "Payload": payload})
    arn = machines.start({"StartAt": "A", "States": {"A": waiting}})
    first = wait_for(file)
    machines.client.stop_execution(executionArn=arn)
    machines.client.redrive_execution(executionArn=arn)
    second = wait_for(file, other_than=first)
    with pytest.raises(machines.client.exceptions.TaskTimedOut):
        machines.client.send_task_success(taskToken=first, output="1")
    machines.client.send_task_success(taskToken=second, output="2")
    assert machines.wait(arn).output == 2


def test_a_fail_state_fails_again(machines: Machines, counter: str, function: str) -> None:
    """An execution that recorded its failure ends as before: nothing is started or billed."""
    states = {
        "A": task(function, Parameters={"counter": counter}, Next="B"),
        "B": {"Type": "Fail", "Error": "InfeasiblePlanError", "Cause": "nothing left"},
    }
    failed = machines.run(states)
    machines.client.redrive_execution(executionArn=failed.arn)
    again = machines.wait(failed.arn)
    assert (again.status, again.error) == ("FAILED", "InfeasiblePlanError")
    assert Path(counter).stat().st_size == 1


def test_a_child_of_a_redrive_may_have_a_new_name(machines: Machines) -> None:
    child = machines.create({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": True}}})
    name = "States.Format('child-{}', $$.Execution.RedriveCount)"
    state = task(CHILD, Parameters={"StateMachineArn": child, "Input": {}, "Name.$": name})
    arn = machines.start({"StartAt": "A", "States": {"A": state}})

    def children() -> dict[str, str]:
        listed = machines.client.list_executions(stateMachineArn=child)["executions"]
        return {run["name"]: run["status"] for run in listed}

    deadline = time.monotonic() + 10
    while children() != {"child-0": "RUNNING"}:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    machines.client.stop_execution(executionArn=arn)
    machines.client.redrive_execution(executionArn=arn)
    while children() != {"child-0": "ABORTED", "child-1": "RUNNING"}:
        assert time.monotonic() < deadline, children()
        time.sleep(0.02)
    machines.client.stop_execution(executionArn=arn)


def test_one_client_token_is_one_redrive(machines: Machines) -> None:
    arn = machines.start({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": True}}})
    machines.client.stop_execution(executionArn=arn)
    first = machines.client.redrive_execution(executionArn=arn, clientToken="same")
    assert (
        machines.client.redrive_execution(executionArn=arn, clientToken="same")["redriveDate"]
        == first["redriveDate"]
    )
    with pytest.raises(ClientError) as caught:
        machines.client.redrive_execution(executionArn=arn, clientToken="other")
    assert caught.value.response["Error"]["Code"] == "ExecutionNotRedrivable"
    machines.client.stop_execution(executionArn=arn)


def test_what_succeeded_or_never_was_can_t_be_redriven(machines: Machines) -> None:
    done = machines.run({"A": PASS})
    for arn, code in ((done.arn, "ExecutionNotRedrivable"), (f"{done.arn}x", "ExecutionDoesNotExist")):
        with pytest.raises(ClientError) as caught:
            machines.client.redrive_execution(executionArn=arn)
        assert caught.value.response["Error"]["Code"] == code


def test_an_unknown_execution_is_named_so(machines: Machines) -> None:
    """The reconciler closes the record of an execution that Step Functions has forgotten."""
    arn = machines.create({"StartAt": "A", "States": {"A": PASS}}).replace(":stateMachine:", ":execution:")
    with pytest.raises(machines.client.exceptions.ExecutionDoesNotExist):
        machines.client.describe_execution(executionArn=f"{arn}:gone")
    with pytest.raises(machines.client.exceptions.InvalidArn):
        machines.client.describe_execution(executionArn="gone")
    with pytest.raises(machines.client.exceptions.StateMachineDoesNotExist):
        machines.client.list_executions(stateMachineArn=f"{arn.replace(':execution:', ':stateMachine:')}x")
