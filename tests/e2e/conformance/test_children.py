"""Executions that start executions: one MakeTrailer per profile."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conformance.conftest import Machines
from tests.e2e.conformance.states import PASS, task

RESOURCE = "arn:aws:states:::states:startExecution.sync:2"


def starting(machine: str, document: dict, **fields: object) -> dict:
    return task(RESOURCE, Parameters={"StateMachineArn": machine, "Input": document}, **fields)


def test_the_output_of_the_child_is_json_not_text(machines: Machines) -> None:
    child = machines.create({"StartAt": "A", "States": {"A": PASS}})
    selector = {"profileId.$": "$.Output.profileId", "status.$": "$.Status", "name.$": "$.Name"}
    state = starting(child, {"profileId.$": "$.profile", "by.$": "$$.Execution.Id"}, ResultSelector=selector)
    done = machines.run({"A": state}, {"profile": "romance é"})
    assert done.output["profileId"] == "romance é"
    assert done.output["status"] == "SUCCEEDED"
    runs = machines.client.list_executions(stateMachineArn=child)["executions"]
    assert [run["name"] for run in runs] == [done.output["name"]]
    described = machines.client.describe_execution(executionArn=runs[0]["executionArn"])
    assert json.loads(described["input"])["by"] == done.arn


def test_a_failed_child_is_a_failed_task_with_the_child_as_cause(machines: Machines) -> None:
    """RecordFailure reads the child's own error out of the cause."""
    failing = {"Type": "Fail", "Error": "InfeasiblePlanError", "Cause": "nothing left to show"}
    child = machines.create({"StartAt": "A", "States": {"A": failing}})
    done = machines.run({"A": starting(child, {})})
    assert (done.status, done.error) == ("FAILED", "States.TaskFailed")
    cause = json.loads(done.cause)
    assert cause["Status"] == "FAILED"
    assert cause["Error"] == "InfeasiblePlanError"
    assert cause["Cause"] == "nothing left to show"
    assert cause["StateMachineArn"] == child


def test_a_parent_that_times_out_stops_its_child(machines: Machines) -> None:
    child = machines.create({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": True}}})
    done = machines.run({"A": starting(child, {}, TimeoutSeconds=1)})
    assert done.error == "States.Timeout"
    runs = machines.client.list_executions(stateMachineArn=child)["executions"]
    assert machines.wait(runs[0]["executionArn"]).status == "ABORTED"


def test_a_machine_that_does_not_exist_is_named(machines: Machines) -> None:
    done = machines.run({"A": starting("arn:aws:states:us-east-1:123456789012:stateMachine:gone", {})})
    assert done.error == "StepFunctions.StateMachineDoesNotExistException"


def test_starting_a_running_execution_again_is_the_same_execution(machines: Machines) -> None:
    """A repeated request under one name and input must not make a second trailer."""
    arn = machines.create({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": True}}})
    start = machines.client.start_execution
    first = start(stateMachineArn=arn, name="once", input='{"a": 1}')
    again = start(stateMachineArn=arn, name="once", input='{"a": 1}')
    assert again["executionArn"] == first["executionArn"]
    taken = machines.client.exceptions.ExecutionAlreadyExists
    with pytest.raises(taken):
        start(stateMachineArn=arn, name="once", input='{"a": 2}')
    machines.client.stop_execution(executionArn=first["executionArn"])
    machines.wait(first["executionArn"])
    with pytest.raises(taken):
        start(stateMachineArn=arn, name="once", input='{"a": 1}')


def test_many_at_once_under_one_name_are_one_execution(machines: Machines) -> None:
    """Two retries of one lost answer may arrive together."""
    arn = machines.create({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": True}}})

    def start(_: int) -> str:
        client = machines.client
        started: str = client.start_execution(stateMachineArn=arn, name="one", input="{}")["executionArn"]
        return started

    with ThreadPoolExecutor(8) as pool:
        [execution] = set(pool.map(start, range(8)))
    assert len(machines.client.list_executions(stateMachineArn=arn)["executions"]) == 1
    machines.client.stop_execution(executionArn=execution)


def test_a_child_s_name_that_is_used_up_is_an_error_with_aws_s_name(machines: Machines) -> None:
    child = machines.create({"StartAt": "A", "States": {"A": PASS}})
    parameters = {"StateMachineArn": child, "Input": {}, "Name": "once"}
    assert machines.run({"A": task(RESOURCE, Parameters=parameters)}).status == "SUCCEEDED"
    done = machines.run({"A": task(RESOURCE, Parameters=parameters)})
    assert done.error == "StepFunctions.ExecutionAlreadyExistsException"
