"""Task states that call functions: results, errors by class name, Retry, Catch, timeouts."""

import json
import time

import pytest

from tests.e2e.conformance.conftest import Emulator, Machines
from tests.e2e.conformance.states import retry, task


def test_the_result_of_a_function_is_the_output_of_its_state(machines: Machines, function: str) -> None:
    done = machines.run({"A": task(function)}, {"film": "é 🎬"})
    assert (done.status, done.output) == ("SUCCEEDED", {"film": "é 🎬"})


def test_an_exception_class_is_the_error_name_and_its_report_the_cause(
    machines: Machines, function: str
) -> None:
    """RecordFailure parses the cause for the sentence that a person reads."""
    done = machines.run({"A": task(function)}, {"error": "VideoTooLongError", "message": "too long: é"})
    assert (done.status, done.error) == ("FAILED", "VideoTooLongError")
    cause = json.loads(done.cause)
    assert cause["errorMessage"] == "too long: é"
    assert cause["errorType"] == "VideoTooLongError"
    assert "in handler" in cause["stackTrace"][0]


def test_a_retrier_matches_the_class_name_and_attempts_again(
    machines: Machines, function: str, counter: str
) -> None:
    """ServiceBusyError is the product's way to ask for another attempt."""
    state = task(function, Retry=[retry("ServiceBusyError")])
    done = machines.run({"A": state}, {"error": "ServiceBusyError", "failures": 2, "counter": counter})
    assert done.status == "SUCCEEDED"
    assert done.types().count("LambdaFunctionScheduled") == 3


def test_a_retrier_gives_up_after_its_attempts_with_the_last_error(
    machines: Machines, function: str, counter: str
) -> None:
    state = task(function, Retry=[retry("ServiceBusyError", MaxAttempts=2)])
    done = machines.run({"A": state}, {"error": "ServiceBusyError", "counter": counter})
    assert (done.status, done.error) == ("FAILED", "ServiceBusyError")
    assert done.types().count("LambdaFunctionFailed") == 3


def test_other_errors_pass_a_retrier_by(machines: Machines, function: str, counter: str) -> None:
    state = task(function, Retry=[retry("ServiceBusyError", "States.Timeout")])
    done = machines.run({"A": state}, {"error": "VideoTooLongError", "counter": counter})
    assert done.error == "VideoTooLongError"
    assert done.types().count("LambdaFunctionScheduled") == 1


def test_each_retrier_counts_for_itself(machines: Machines, function: str, counter: str) -> None:
    state = task(function, Retry=[retry("ValueError", MaxAttempts=1), retry("States.ALL", MaxAttempts=1)])
    done = machines.run({"A": state}, {"error": "ServiceBusyError", "counter": counter})
    assert done.types().count("LambdaFunctionScheduled") == 2


def test_max_attempts_zero_means_never_again(machines: Machines, function: str) -> None:
    never = {"ErrorEquals": ["ServiceBusyError"], "MaxAttempts": 0}
    state = task(function, Retry=[never, retry("States.ALL")])
    done = machines.run({"A": state}, {"error": "ServiceBusyError"})
    assert done.types().count("LambdaFunctionScheduled") == 1


def test_max_delay_caps_the_backoff(machines: Machines, function: str, counter: str) -> None:
    """RecordFailure retries ten times; without the cap its last wait would be most of an hour."""
    slow = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 600, "MaxDelaySeconds": 1}
    done = machines.run(
        {"A": task(function, Retry=[slow])}, {"error": "ValueError", "failures": 2, "counter": counter}
    )
    assert done.status == "SUCCEEDED"


def test_a_catcher_keeps_the_input_and_adds_error_and_cause(machines: Machines, function: str) -> None:
    """Every Catch of ours puts the error at $.error and goes to RecordFailure."""
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "B"}]
    states = {"A": task(function, Catch=catch), "B": {"Type": "Pass", "End": True}}
    done = machines.run(states, {"error": "VideoTooLongError", "videoId": "v"})
    assert done.output["videoId"] == "v"
    assert done.output["error"]["Error"] == "VideoTooLongError"
    assert json.loads(done.output["error"]["Cause"])["errorType"] == "VideoTooLongError"


def test_the_first_matching_catcher_takes_the_error(machines: Machines, function: str) -> None:
    catch = [
        {"ErrorEquals": ["ValueError"], "Next": "Wrong"},
        {"ErrorEquals": ["States.TaskFailed"], "Next": "Right"},
        {"ErrorEquals": ["States.ALL"], "Next": "Wrong"},
    ]
    states = {"A": task(function, Catch=catch), "Wrong": {"Type": "Fail"}, "Right": {"Type": "Succeed"}}
    assert machines.run(states, {"error": "ServiceBusyError"}).status == "SUCCEEDED"


def test_a_state_that_takes_too_long_is_a_timeout(machines: Machines, function: str) -> None:
    catch = [
        {"ErrorEquals": ["States.TaskFailed"], "Next": "Wrong"},
        {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.error", "Next": "Right"},
    ]
    states = {
        "A": task(function, TimeoutSeconds=1, Catch=catch),
        "Wrong": {"Type": "Fail"},
        "Right": {"Type": "Succeed"},
    }
    done = machines.run(states, {"do": "sleep", "seconds": 3})
    assert done.output["error"] == {"Error": "States.Timeout", "Cause": ""}
    assert "LambdaFunctionTimedOut" in done.types()


def test_a_timeout_can_be_retried(machines: Machines, function: str, counter: str) -> None:
    state = task(function, TimeoutSeconds=1, Retry=[retry("States.Timeout", MaxAttempts=1)])
    done = machines.run({"A": state}, {"do": "sleep", "seconds": 1.5, "counter": counter})
    assert (done.status, done.error) == ("FAILED", "States.Timeout")
    assert done.types().count("LambdaFunctionTimedOut") == 2


def test_the_machine_has_a_timeout_of_its_own(machines: Machines, function: str) -> None:
    """Nothing waits for ever: the last guard is the TimeoutSeconds of the state machine."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
    states = {"A": task(function, Catch=catch), "B": {"Type": "Succeed"}}
    done = machines.run(states, {"do": "sleep", "seconds": 5}, TimeoutSeconds=1)
    assert done.status == "TIMED_OUT"
    assert done.types()[-1] == "ExecutionTimedOut"


def test_the_timeout_of_the_machine_ends_a_retry_that_waits(machines: Machines, function: str) -> None:
    later = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60}
    done = machines.run({"A": task(function, Retry=[later])}, {"error": "ValueError"}, TimeoutSeconds=1)
    assert done.status == "TIMED_OUT"


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"do": "exit"}, "Runtime.ExitError"),
        ({"do": "unserializable"}, "Runtime.MarshalError"),
        ({"do": "large", "bytes": 300_000}, "States.DataLimitExceeded"),
    ],
)
def test_failures_that_no_code_raises_have_lambda_s_names(
    machines: Machines, function: str, event: dict, error: str
) -> None:
    done = machines.run({"A": task(function)}, event)
    assert (done.status, done.error) == ("FAILED", error)


def test_more_than_256_kb_ends_the_execution_past_any_catch(machines: Machines, function: str) -> None:
    """State carries pointers: whoever forgets it must notice here, not on AWS."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
    states = {"A": task(function, Catch=catch), "B": {"Type": "Succeed"}}
    done = machines.run(states, {"do": "large", "bytes": 262_145})
    assert (done.status, done.error) == ("FAILED", "States.DataLimitExceeded")


def test_a_missing_function_is_named(machines: Machines, function: str) -> None:
    done = machines.run({"A": task(function + "-gone")})
    assert (done.status, done.error) == ("FAILED", "Lambda.ResourceNotFoundException")


def test_usage_is_written_for_every_execution(
    machines: Machines, function: str, counter: str, emulator: Emulator
) -> None:
    """How many transitions a film costs and how much state it carries is read from this file."""
    state = task(function, Retry=[retry("ServiceBusyError")])
    states = {"A": {**state, "Next": "B"}, "B": {"Type": "Pass", "Result": "x" * 5000, "End": True}}
    del states["A"]["End"]
    done = machines.run(states, {"error": "ServiceBusyError", "failures": 1, "counter": counter})
    deadline = time.monotonic() + 5
    found: list[dict] = []
    while not found and time.monotonic() < deadline:
        lines = (emulator.state / "executions.jsonl").read_text().splitlines()
        found = [line for line in map(json.loads, lines) if line["executionArn"] == done.arn]
    assert found[0]["stateTransitions"] == 3
    assert found[0]["largestPayloadBytes"] == 5002
    assert found[0]["largestPayloadState"] == "B"
