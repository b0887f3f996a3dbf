"""Tasks that wait for their token: the detection jobs of every film."""

import json
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.e2e.conformance.conftest import Machines
from tests.e2e.conformance.states import retry, task

RESOURCE = "arn:aws:states:::lambda:invoke.waitForTaskToken"


def waiting(function: str, **fields: object) -> dict:
    payload = {"event.$": "$", "token.$": "$$.Task.Token", "do": "start", "file.$": "$.file"}
    return task(RESOURCE, Parameters={"FunctionName": function, "Payload": payload}, **fields)


def answering(function: str, payload: dict, **fields: object) -> dict:
    payload = {"do": "answer", "token.$": "$$.Task.Token", **payload}
    return task(RESOURCE, Parameters={"FunctionName": function, "Payload": payload}, **fields)


def token_in(file: Path) -> str:
    deadline = time.monotonic() + 10
    while not file.exists() or not file.read_text():
        assert time.monotonic() < deadline, "the function was not invoked"
        time.sleep(0.01)
    return file.read_text()


def refusal(call: object, **arguments: str) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_the_state_waits_until_its_token_succeeds(machines: Machines, function: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    arn = machines.start({"StartAt": "A", "States": {"A": waiting(function)}}, {"file": str(file)})
    token = token_in(file)
    time.sleep(0.1)
    assert machines.client.describe_execution(executionArn=arn)["status"] == "RUNNING"
    machines.client.send_task_heartbeat(taskToken=token)
    machines.client.send_task_success(taskToken=token, output='{"jobId": "é"}')
    assert machines.wait(arn).output == {"jobId": "é"}


def test_a_token_has_the_length_and_alphabet_of_aws(
    machines: Machines, function: str, tmp_path: Path
) -> None:
    """It must fit where the ledger keeps it and survive every encoding on its way."""
    file = tmp_path / "token"
    arn = machines.start({"StartAt": "A", "States": {"A": waiting(function)}}, {"file": str(file)})
    token = token_in(file)
    machines.client.stop_execution(executionArn=arn)
    assert 500 < len(token) <= 1024


def test_a_failed_token_is_the_error_of_the_state(machines: Machines, function: str, tmp_path: Path) -> None:
    """ResumeDetection reports a failed job so; Catch goes by the name."""
    file = tmp_path / "token"
    catch = [{"ErrorEquals": ["DetectionFailedError"], "ResultPath": "$.error", "Next": "B"}]
    states = {"A": waiting(function, Catch=catch), "B": {"Type": "Succeed"}}
    arn = machines.start({"StartAt": "A", "States": states}, {"file": str(file)})
    machines.client.send_task_failure(
        taskToken=token_in(file), error="DetectionFailedError", cause="no H.264"
    )
    assert machines.wait(arn).output["error"] == {"Error": "DetectionFailedError", "Cause": "no H.264"}


def test_a_closed_token_is_refused_as_timed_out(machines: Machines, function: str, tmp_path: Path) -> None:
    """A duplicate completion must be recognized as one and acknowledged."""
    file = tmp_path / "token"
    arn = machines.start({"StartAt": "A", "States": {"A": waiting(function)}}, {"file": str(file)})
    token = token_in(file)
    machines.client.send_task_success(taskToken=token, output="{}")
    machines.wait(arn)
    client = machines.client
    assert refusal(client.send_task_success, taskToken=token, output="{}") == "TaskTimedOut"
    assert refusal(client.send_task_failure, taskToken=token, error="E", cause="c") == "TaskTimedOut"
    assert refusal(client.send_task_heartbeat, taskToken=token) == "TaskTimedOut"


def test_the_token_of_a_stopped_execution_is_closed(
    machines: Machines, function: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    arn = machines.start({"StartAt": "A", "States": {"A": waiting(function)}}, {"file": str(file)})
    token = token_in(file)
    machines.client.stop_execution(executionArn=arn)
    assert machines.wait(arn).status == "ABORTED"
    assert refusal(machines.client.send_task_success, taskToken=token, output="{}") == "TaskTimedOut"


def test_what_is_no_token_is_refused_as_invalid(machines: Machines) -> None:
    assert refusal(machines.client.send_task_success, taskToken="nonsense", output="{}") == "InvalidToken"


def test_an_output_that_is_no_json_is_refused_and_the_task_goes_on(
    machines: Machines, function: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    arn = machines.start({"StartAt": "A", "States": {"A": waiting(function)}}, {"file": str(file)})
    token = token_in(file)
    assert refusal(machines.client.send_task_success, taskToken=token, output="{") == "InvalidOutput"
    machines.client.send_task_success(taskToken=token, output="1")
    assert machines.wait(arn).output == 1


def test_an_answer_from_inside_the_function_counts(machines: Machines, function: str) -> None:
    """A short clip can finish before the call that started its job returns."""
    done = machines.run({"A": answering(function, {"output": {"early": True}, "linger": 1})})
    assert done.output == {"early": True}


def test_an_error_of_the_invoked_function_fails_the_state(machines: Machines, function: str) -> None:
    """Without it a state whose job was never started would wait for half a day."""
    payload = {"error": "VideoTooLongError", "token.$": "$$.Task.Token"}
    state = task(RESOURCE, Parameters={"FunctionName": function, "Payload": payload})
    done = machines.run({"A": state})
    assert done.error == "VideoTooLongError"
    assert json.loads(done.cause)["errorType"] == "VideoTooLongError"


def test_every_attempt_has_a_token_of_its_own(
    machines: Machines, function: str, counter: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    payload = {
        "do": "start",
        "file": str(file),
        "token.$": "$$.Task.Token",
        "error": "ServiceBusyError",
        "failures": 1,
        "counter": counter,
    }
    parameters = {"FunctionName": function, "Payload": payload}
    state = task(RESOURCE, Parameters=parameters, Retry=[retry("ServiceBusyError")])
    arn = machines.start({"StartAt": "A", "States": {"A": state}})
    token = token_in(file)
    machines.client.send_task_success(taskToken=token, output='"second"')
    done = machines.wait(arn)
    scheduled = [event for event in done.events if event["type"] == "TaskScheduled"]
    tokens = [
        json.loads(event["taskScheduledEventDetails"]["parameters"])["Payload"]["token"]
        for event in scheduled
    ]
    assert done.output == "second"
    assert len(set(tokens)) == 2
    assert refusal(machines.client.send_task_success, taskToken=tokens[0], output="1") == "TaskTimedOut"


def test_a_token_that_nobody_answers_times_out(machines: Machines, function: str, tmp_path: Path) -> None:
    """The wait for Rekognition must end, whatever gets lost."""
    file = tmp_path / "token"
    done = machines.run({"A": waiting(function, TimeoutSeconds=1)}, {"file": str(file)})
    assert (done.status, done.error) == ("FAILED", "States.Timeout")
    token = file.read_text()
    assert refusal(machines.client.send_task_success, taskToken=token, output="{}") == "TaskTimedOut"


def test_result_path_null_keeps_the_input(machines: Machines, function: str) -> None:
    done = machines.run({"A": answering(function, {"output": {"x": 1}}, ResultPath=None)}, {"videoId": "v"})
    assert done.output == {"videoId": "v"}
