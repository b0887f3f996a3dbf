"""What the state machines try again is what the table of reasons calls busy, under the names that are raised."""

from __future__ import annotations

import inspect

import botocore.session
import pytest

from tests.workflow.definitions import State, all_states
from trailer import errors
from trailer.domain.reasons import ErrorClass, meaning_of

RECORDING = "RecordFailure"
BY_STEP_FUNCTIONS = {
    "arn:aws:states:::mediaconvert:createJob.sync": ("MediaConvert", "mediaconvert", "CreateJob"),
    "arn:aws:states:::states:startExecution.sync:2": ("StepFunctions", "stepfunctions", "StartExecution"),
}
"""Calls that Step Functions makes itself: its name of the service, botocore's, the call."""
PROCESS_DIED = {"Lambda.Unknown", "Runtime.ExitError"}
"""Our matter if it stays so, but a dying process is worth another try."""
SHARED = {"SharedJobLostError", "SharedJobCrowdedError", "ProxyInWorkError"}
"""Not failures, but ways to begin anew, or to look again, at what films with equal bytes share."""

TASKS = [state for state in all_states() if state.body["Type"] == "Task" and state.name != RECORDING]


def _retried(state: State) -> set[str]:
    return {name for retrier in state.body["Retry"] for name in retrier["ErrorEquals"]}


@pytest.mark.parametrize(
    "state", [state for state in TASKS if state.body["Resource"] in BY_STEP_FUNCTIONS], ids=lambda s: s.id
)
def test_a_call_of_step_functions_is_tried_again_for_every_busy_error(state: State) -> None:
    prefix, service, operation = BY_STEP_FUNCTIONS[state.body["Resource"]]
    model = botocore.session.get_session().get_service_model(service)
    names = {f"{prefix}.{shape.name}" for shape in model.operation_model(operation).error_shapes}
    assert {name for name in names if _is_busy(name)} <= _retried(state)


@pytest.mark.parametrize("state", TASKS, ids=lambda s: s.id)
def test_nothing_but_busy_is_tried_again(state: State) -> None:
    assert {name for name in _retried(state) if not _is_busy(name)} <= PROCESS_DIED | SHARED


def test_a_function_raises_busy_under_one_name() -> None:
    """``ErrorEquals`` matches the class's own name, not that of a base class."""
    raised = {
        name for name, _ in inspect.getmembers(errors, inspect.isclass) if meaning_of(name) and _is_busy(name)
    }
    # A job without room stays in the queue, and a failed detection has had its attempts and its time.
    settled = {"JobQuotaReachedError", "DetectionFailedError", "DetectionTimedOutError"}
    assert raised == {"ServiceBusyError", *settled, *SHARED}


def _is_busy(name: str) -> bool:
    meaning = meaning_of(name)
    return meaning is not None and meaning.error_class is ErrorClass.BUSY
