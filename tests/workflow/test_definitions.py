"""The state machines: nothing waits for ever, every failure is recorded, every name is one that exists."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest

from local.emulator.states.choices import matches
from local.emulator.states.templates import fill
from tests.infra.synthesis import ROOT
from tests.workflow.definitions import MACHINES, WORKFLOWS, State, all_states, definition, states
from trailer import errors

TASKS = [state for state in all_states() if state.body["Type"] == "Task"]
RECORDING = "RecordFailure"
DETECTING = ("StartDetection", "CollectDetection")
CHILD = "MakeTrailer"
"""Runs an execution of its own, whose failures have their own record."""
SERVICES = {"MediaConvert": "mediaconvert", "StepFunctions": "stepfunctions"}
UNMODELLED = {
    "StepFunctions.AWSStepFunctionsException",
}
"""Names that no service model has: the class of the Java SDK in which Step Functions wraps throttling."""

LAMBDA_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
}
CROWDED = "Lambda.TooManyRequestsException"
"""The transient ones of the Step Functions guide, and how Lambda reports a process that died or took too
long; older runtimes say ``Lambda.Unknown`` for both."""


def _id(state: State) -> str:
    return state.id


@pytest.mark.parametrize("file", sorted(MACHINES.values()))
def test_amazon_states_language_is_valid(file: str) -> None:
    validator = ROOT / "node_modules" / ".bin" / "asl-validator"
    if not validator.exists() or shutil.which("node") is None:
        pytest.skip("asl-validator is not installed; `npm ci` brings it")
    run = subprocess.run(
        [str(validator), "--json-path", str(WORKFLOWS / file)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("state", TASKS, ids=_id)
def test_every_task_ends_in_time(state: State) -> None:
    # A thousand films of an hour, whose four detections run as long, keep twenty slots busy for 8.3 days; a
    # lost job is found within minutes by the tick, so this wait is only the last net.
    limit = 10 * 86400 if state.name == "StartDetection" else 45000
    assert 0 < state.body["TimeoutSeconds"] <= limit


@pytest.mark.parametrize("state", TASKS, ids=_id)
def test_every_task_is_retried(state: State) -> None:
    assert state.body["Retry"]
    for retrier in state.body["Retry"]:
        assert retrier["MaxAttempts"] >= 5
        assert retrier["JitterStrategy"] == "FULL", "without jitter, films that fail together retry together"


@pytest.mark.parametrize(
    "state",
    [state for state in TASKS if "${" in state.body["Resource"] or "lambda:" in state.body["Resource"]],
    ids=_id,
)
def test_what_passes_by_itself_is_retried(state: State) -> None:
    if state.name == RECORDING:
        assert state.errors_matched == ["States.ALL"]
    else:
        assert set(state.errors_matched) >= LAMBDA_ERRORS | {"ServiceBusyError"}
        # A new account runs ten functions at once; a hundred films at once need minutes of them.
        (patient,) = (retrier for retrier in state.body["Retry"] if CROWDED in retrier["ErrorEquals"])
        assert patient["ErrorEquals"] == [CROWDED], "others are not a matter of waiting"
        assert mean_wait(patient) >= 30 * 60


def mean_wait(retrier: dict[str, Any]) -> float:
    """Seconds until a retrier gives up, with full jitter, on average."""
    first, rate, most = retrier["IntervalSeconds"], retrier["BackoffRate"], retrier["MaxDelaySeconds"]
    return sum(min(most, first * rate**number) / 2 for number in range(retrier["MaxAttempts"]))


@pytest.mark.parametrize("state", [s for s in TASKS if s.name not in (RECORDING, CHILD, *DETECTING)], ids=_id)
def test_every_failure_is_recorded(state: State) -> None:
    last = state.catchers[-1]
    assert last["ErrorEquals"] == ["States.ALL"]
    assert last["Next"] == RECORDING
    assert last["ResultPath"] == "$.error", "RecordFailure reads the error from there"


def test_a_failed_detector_fails_its_film_by_the_same_name_or_is_missing() -> None:
    """DetectorFailed passes on what failed, so that the Map's own Catch records it."""
    by_name = {state.name: state for state in states("AnalyseVideo")}
    for name in DETECTING:
        assert by_name[name].catchers[-1]["Next"] == "MayBeMissing"
    assert by_name["MayBeMissing"].body["Default"] == "DetectorFailed"
    failed = by_name["DetectorFailed"].body
    assert (failed["Type"], failed["ErrorPath"], failed["CausePath"]) == (
        "Fail",
        "$.error.Error",
        "$.error.Cause",
    )
    [catcher] = by_name["Detect"].catchers
    assert (catcher["ErrorEquals"], catcher["Next"]) == (["States.ALL"], RECORDING)


@pytest.mark.parametrize("detector", ["segments", "labels"])
@pytest.mark.parametrize("wish", ["fail", "continue"])
def test_only_continue_does_without_a_detector_and_never_without_shots(wish: str, detector: str) -> None:
    choice = next(state for state in states("AnalyseVideo") if state.name == "MayBeMissing").body
    document = {"onDetectorFailure": wish, "detector": detector}
    missing = any(matches(rule, document, {}) for rule in choice["Choices"])
    assert missing is ((wish, detector) == ("continue", "labels"))


def test_the_end_of_a_wait_says_whose_it_was() -> None:
    """Step Functions gives a time-out no cause."""
    wait = next(state for state in states("AnalyseVideo") if state.name == "StartDetection")
    assert wait.body["Catch"][0] == {
        "ErrorEquals": ["States.Timeout"],
        "ResultPath": "$.error",
        "Next": "DetectionTimedOut",
    }
    said = next(state for state in states("AnalyseVideo") if state.name == "DetectionTimedOut").body
    error = fill(said["Parameters"], {"detector": "labels"}, {})
    assert wait.body["TimeoutSeconds"] == 10 * 86400
    assert error["Error"] == errors.DetectionTimedOutError.__name__
    assert error["Cause"].startswith("The labels detection did not end within ten days")


def test_one_failed_trailer_leaves_the_others_alone() -> None:
    """MakeTrailer records its own failure; CompleteVideo judges what came out of all of them."""
    [child] = [state for state in TASKS if state.name == CHILD]
    [catcher] = child.catchers
    assert (catcher["ErrorEquals"], catcher["Next"]) == (["States.ALL"], "TrailerNotMade")


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_a_recorded_failure_fails_the_execution_with_the_reason(machine: str) -> None:
    by_name = {state.name: state.body for state in states(machine)}
    recording = by_name[RECORDING]
    assert recording["Parameters"]["workflow"] == machine
    end = by_name[recording["Next"]]
    assert (end["Type"], end["ErrorPath"], end["CausePath"]) == ("Fail", "$.error", "$.reason")


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_an_execution_has_more_time_than_all_its_states(machine: str) -> None:
    """Step Functions' own limit ends an execution past every Catch, so it must never be reached."""
    worst = sum(_longest(state.body) for state in states(machine) if state.body["Type"] == "Task")
    assert worst < definition(machine)["TimeoutSeconds"]


def _longest(task: Mapping[str, Any]) -> int:
    """Seconds with every retry of a time-out; other errors come at once."""
    attempts: int = 1 + sum(
        retrier["MaxAttempts"]
        for retrier in task["Retry"]
        if {"States.Timeout", "States.ALL"} & set(retrier["ErrorEquals"])
    )
    return int(task["TimeoutSeconds"]) * attempts


def test_the_parent_waits_longer_than_the_child_may_run() -> None:
    """Otherwise it would stop a child that has no record yet."""
    waiting = next(state for state in states("AnalyseVideo") if state.name == "MakeTrailer")
    assert waiting.body["TimeoutSeconds"] > definition("MakeTrailer")["TimeoutSeconds"]


def _child_name(profile_id: str, execution: str, redrives: int) -> str:
    child = next(state for state in states("AnalyseVideo") if state.name == CHILD)
    context = {"Execution": {"Id": execution, "RedriveCount": redrives}, "State": {"RetryCount": redrives}}
    filled = fill({"Name.$": child.body["Parameters"]["Name.$"]}, {"profileId": profile_id}, context)
    return str(filled["Name"])


def test_a_repeated_start_is_the_same_child_and_a_redrive_another() -> None:
    """A start whose answer was lost must not make a second trailer; a closed name can't be used again."""
    name = _child_name("romance", "arn:execution:1", 0)
    assert _child_name("romance", "arn:execution:1", 0) == name
    others = {
        _child_name("romance", "arn:execution:1", 1),
        _child_name("romance", "arn:execution:2", 0),
        _child_name("comedy", "arn:execution:1", 0),
    }
    assert len(others | {name}) == 4
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", _child_name("x" * 39, "arn:execution:1", 9))


@pytest.mark.parametrize("state", [s for s in all_states() if s.errors_matched], ids=_id)
def test_matched_errors_exist(state: State) -> None:
    ours = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    unknown = [name for name in state.errors_matched if name not in ours and not _is_of_aws(name)]
    assert unknown == []


def _is_of_aws(name: str) -> bool:
    if name in LAMBDA_ERRORS | UNMODELLED | {CROWDED, "States.ALL", "States.Timeout", "States.TaskFailed"}:
        return True
    service, _, error = name.partition(".")
    if service not in SERVICES:
        return False
    shapes = botocore.session.get_session().get_service_model(SERVICES[service]).error_shapes
    return any(shape.name == error for shape in shapes)


def test_only_what_may_succeed_later_is_retried() -> None:
    """A refused film stays refused; retrying would keep its owner waiting, or pay twice."""
    retried = {name for state in TASKS for r in state.body["Retry"] for name in r["ErrorEquals"]}
    for name, error in inspect.getmembers(errors, inspect.isclass):
        if issubclass(error, errors.RejectedError):
            assert name not in retried


def test_a_detector_s_wait_is_bounded_and_its_token_stored() -> None:
    start = next(state for state in TASKS if state.name == "StartDetection")
    assert start.body["Resource"].endswith(".waitForTaskToken")
    assert start.body["Parameters"]["Payload"]["taskToken.$"] == "$$.Task.Token"


def test_every_lambda_folder_is_a_state_or_an_event_subscriber() -> None:
    named = {
        name
        for machine in MACHINES
        for name in re.findall(r"\$\{(\w+)\}", (WORKFLOWS / MACHINES[machine]).read_text(encoding="utf-8"))
        if not name.endswith("Arn")
    }
    subscribers = {"ResumeDetection", "ReconcileJobs", "CloseRecords", "ApplySidecar"}
    folders = {path.parent.name for path in (ROOT / "lambdas").glob("*/handler.py")}
    assert named | subscribers == {folder.title().replace("_", "") for folder in folders}
    assert not named & subscribers


def test_a_state_has_the_name_of_its_function() -> None:
    for state in TASKS:
        function = state.body["Parameters"].get("FunctionName", state.body["Resource"])
        if function.startswith("${"):
            assert function == f"${{{state.name}}}"


@pytest.mark.parametrize(
    "folder", sorted(path.parent.name for path in (ROOT / "lambdas").glob("*/handler.py"))
)
def test_a_folder_s_step_has_its_name(folder: str) -> None:
    source = (ROOT / "lambdas" / folder / "handler.py").read_text(encoding="utf-8")
    assert f"from trailer.steps.{folder} import {folder}" in source
    assert (ROOT / "layers" / "core" / "python" / "trailer" / "steps" / f"{folder}.py").is_file()
