"""How data moves through states, and what is refused."""

import hashlib
import json

import pytest
from botocore.exceptions import ClientError

from tests.e2e.conformance.conftest import Machines
from tests.e2e.conformance.states import PASS, each, task


def passing(**fields: object) -> dict:
    return {"A": {**PASS, **fields}}


@pytest.mark.parametrize(
    ("fields", "document", "output"),
    [
        ({"InputPath": "$.a"}, {"a": {"b": 1}}, {"b": 1}),
        ({"InputPath": None}, {"a": 1}, {}),
        ({"OutputPath": "$.a"}, {"a": [1]}, [1]),
        ({"OutputPath": None}, {"a": 1}, {}),
        ({"Result": 5, "ResultPath": "$.x.y"}, {"a": 1}, {"a": 1, "x": {"y": 5}}),
        ({"Result": 5, "ResultPath": None}, {"a": 1}, {"a": 1}),
        ({"Parameters": {"k": 1, "v.$": "$.a[1]"}}, {"a": [1, 2]}, {"k": 1, "v": 2}),
        ({"Parameters": {"v.$": "$.a[-1]"}}, {"a": [1, 2]}, {"v": 2}),
        ({"Parameters": {"v.$": "$['a b']['c']"}}, {"a b": {"c": None}}, {"v": None}),
        ({"Parameters": {"v.$": "$.a[*].b"}}, {"a": [{"b": 1}, {"b": 2}]}, {"v": [1, 2]}),
        ({"Parameters": {"v.$": "$.a[1:]"}}, {"a": [1, 2, 3]}, {"v": [2, 3]}),
        ({"Parameters": {"v": [{"w.$": "$.a"}]}}, {"a": 1}, {"v": [{"w": 1}]}),
        ({"Parameters": {"v.$": "$"}, "InputPath": "$.a"}, {"a": "é"}, {"v": "é"}),
        ({"Parameters": {"v.$": "States.Format('{}/{}-{}', $.a, 1, true)"}}, {"a": "x"}, {"v": "x/1-true"}),
        ({"Parameters": {"v.$": r"States.Format('\'{}\' \{\}', $.a)"}}, {"a": "x"}, {"v": "'x' {}"}),
    ],
)
def test_paths_and_templates(machines: Machines, fields: dict, document: object, output: object) -> None:
    done = machines.run(passing(**fields), document)
    assert (done.status, done.output) == ("SUCCEEDED", output)


def test_hashes_are_those_of_the_text(machines: Machines) -> None:
    """Idempotency tokens are made so."""
    done = machines.run(passing(Parameters={"v.$": "States.Hash($.d, 'SHA-1')"}), {"d": "input data"})
    assert done.output == {"v": hashlib.sha1(b"input data").hexdigest()}
    nested = "States.Hash(States.Format('{}/proxy', $$.Execution.Id), 'SHA-256')"
    done = machines.run(passing(Parameters={"v.$": nested}))
    assert done.output["v"] == hashlib.sha256(f"{done.arn}/proxy".encode()).hexdigest()


def test_the_context_object_knows_execution_and_state(machines: Machines) -> None:
    names = {
        "id.$": "$$.Execution.Id",
        "name.$": "$$.Execution.Name",
        "input.$": "$$.Execution.Input",
        "state.$": "$$.State.Name",
        "machine.$": "$$.StateMachine.Id",
    }
    done = machines.run(
        {"First": {**PASS, "Result": 1, "Next": "A"} | {"End": False}, **passing(Parameters=names)}, {"a": 1}
    )
    assert done.output["id"] == done.arn
    assert done.output["name"] == done.arn.rsplit(":", 1)[-1]
    assert done.output["input"] == {"a": 1}
    assert done.output["state"] == "A"


@pytest.mark.parametrize(
    ("states", "error"),
    [
        (passing(Parameters={"v.$": "$.gone"}), "States.Runtime"),
        (passing(Parameters={"v.$": "States.Format('{}', $.gone)"}), "States.Runtime"),
        (passing(Parameters={"v.$": "States.Format('{} {}', 1)"}), "States.IntrinsicFailure"),
        (passing(InputPath="$.gone"), "States.Runtime"),
        (passing(OutputPath="$.gone"), "States.Runtime"),
        (passing(Parameters={"v.$": "$$.Task.Token"}), "States.Runtime"),
        ({"A": each({"One": PASS}, ItemsPath="$.gone")}, "States.Runtime"),
        ({"A": {"Type": "Fail", "ErrorPath": "$.gone", "CausePath": "$.gone"}}, "States.Runtime"),
    ],
)
def test_a_path_that_finds_nothing_is_an_error_never_null(
    machines: Machines, states: dict, error: str
) -> None:
    done = machines.run(states, {"here": 1})
    assert (done.status, done.error) == ("FAILED", error)


def test_a_missing_path_is_explained_and_no_catch_hides_it(machines: Machines, function: str) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
    states = {"A": task(function, Parameters={"v.$": "$.gone"}, Catch=catch), "B": {"Type": "Succeed"}}
    done = machines.run(states, {"a": 1})
    assert done.error == "States.Runtime"
    assert done.cause == (
        "The JSONPath '$.gone' specified for the field 'v.$' could not be found in the input '{\"a\":1}'"
    )


@pytest.mark.parametrize(
    ("rule", "document", "chosen"),
    [
        ({"Variable": "$.v", "BooleanEquals": True}, {"v": True}, True),
        ({"Variable": "$.v", "BooleanEquals": True}, {"v": False}, False),
        ({"Variable": "$.v", "BooleanEquals": True}, {"v": "true"}, False),
        ({"Variable": "$.v", "BooleanEquals": True}, {"v": 1}, False),
        ({"Variable": "$.v", "StringEquals": "a"}, {"v": "a"}, True),
        ({"Variable": "$.v", "NumericGreaterThan": 2}, {"v": 3}, True),
        ({"Variable": "$.v", "NumericEquals": 1}, {"v": True}, False),
        ({"Variable": "$.v", "IsPresent": True}, {}, False),
        ({"Not": {"Variable": "$.v", "IsNull": True}}, {"v": 1}, True),
    ],
)
def test_choices(machines: Machines, rule: dict, document: dict, chosen: bool) -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
        "Yes": {**PASS, "Result": True},
        "No": {**PASS, "Result": False},
    }
    assert machines.run(states, document).output is chosen


def test_a_choice_about_a_missing_variable_is_an_error(machines: Machines) -> None:
    choice = {"Variable": "$.claimed", "BooleanEquals": True, "Next": "B"}
    states = {"A": {"Type": "Choice", "Choices": [choice], "Default": "B"}, "B": PASS}
    done = machines.run(states, {})
    assert done.error == "States.Runtime"
    assert "$.claimed" in done.cause


def test_no_choice_and_no_default_is_an_error(machines: Machines) -> None:
    choice = {"Variable": "$.v", "BooleanEquals": True, "Next": "B"}
    done = machines.run({"A": {"Type": "Choice", "Choices": [choice]}, "B": PASS}, {"v": False})
    assert done.error == "States.NoChoiceMatched"


def test_fail_takes_error_and_cause_from_the_state(machines: Machines) -> None:
    """The reason that a person reads must arrive in DescribeExecution."""
    states = {"A": {"Type": "Fail", "ErrorPath": "$.error", "CausePath": "$.reason"}}
    done = machines.run(states, {"error": "VideoTooLongError", "reason": "Seven hours; six are allowed."})
    assert (done.error, done.cause) == ("VideoTooLongError", "Seven hours; six are allowed.")


def test_succeed_ends_with_its_input(machines: Machines) -> None:
    assert machines.run({"A": {"Type": "Succeed"}}, {"claimed": False}).output == {"claimed": False}


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ({"Type": "Parallel", "Branches": [], "End": True}, "Parallel"),
        ({**PASS, "Assign": {}}, "Assign"),
        ({**PASS, "Parameters": {"v.$": "$..a"}}, "$..a"),
        ({**PASS, "Parameters": {"v.$": "$.a[?(@.b==1)]"}}, "[?"),
        ({**PASS, "Parameters": {"v.$": "States.MathRandom(1, 2)"}}, "States.MathRandom"),
        (task("arn:aws:states:::dynamodb:putItem"), "dynamodb:putItem"),
        (task("arn:aws:states:::mediaconvert:createJob.sync"), "Role"),
        (each({"One": PASS}, ToleratedFailureCount=1), "ToleratedFailureCount"),
        ({**PASS, "End": False, "Next": "Gone"}, "Gone"),
        ({"Type": "Wait", "Timestamp": "2026-01-01T00:00:00Z", "End": True}, "Timestamp"),
    ],
)
def test_what_is_not_implemented_is_refused_by_name(machines: Machines, state: dict, named: str) -> None:
    """A state machine that we would not run exactly must not be created at all."""
    with pytest.raises(ClientError) as caught:
        machines.create({"StartAt": "A", "States": {"A": state}})
    assert caught.value.response["Error"]["Code"] == "InvalidDefinition"
    assert named in str(caught.value)


def test_history_shows_every_step_with_its_data(machines: Machines, function: str) -> None:
    """`aws stepfunctions get-execution-history` is how a person looks at a film."""
    done = machines.run({"A": task(function)}, {"a": 1})
    assert done.types() == [
        "ExecutionStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert [event.get("previousEventId", 0) for event in done.events] == [0, 1, 2, 3, 4, 5, 6]
    assert json.loads(done.events[1]["stateEnteredEventDetails"]["input"]) == {"a": 1}


def test_history_shows_what_a_waiting_task_started(machines: Machines) -> None:
    """The child execution must be found from its parent while it runs."""
    child = machines.create({"StartAt": "A", "States": {"A": PASS}})
    parameters = {"StateMachineArn": child, "Input": {}}
    done = machines.run({"A": task("arn:aws:states:::states:startExecution.sync:2", Parameters=parameters)})
    assert done.types()[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    submitted = json.loads(done.events[4]["taskSubmittedEventDetails"]["output"])
    assert submitted["ExecutionArn"].startswith(child.replace(":stateMachine:", ":execution:"))


def test_input_that_is_no_json_is_refused(machines: Machines) -> None:
    arn = machines.create({"StartAt": "A", "States": passing()})
    with pytest.raises(machines.client.exceptions.InvalidExecutionInput):
        machines.client.start_execution(stateMachineArn=arn, input="{")
