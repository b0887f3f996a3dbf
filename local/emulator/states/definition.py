"""Check a definition when it is created: what we would not run exactly is refused, by name."""

import re
from typing import Any

from local.emulator.states import choices, templates
from local.emulator.states.errors import UnsupportedError
from local.emulator.states.paths import parse_path

_COMMON = {"Type", "Comment"}
_FLOW = {"Next", "End"}
_DATA = {"InputPath", "OutputPath"}
_RESULT = {"Parameters", "ResultPath"}
_HANDLING = {"Retry", "Catch", "ResultSelector"}

FIELDS: dict[str, set[str]] = {
    "Task": _COMMON | _FLOW | _DATA | _RESULT | _HANDLING | {"Resource", "TimeoutSeconds"},
    "Map": _COMMON
    | _FLOW
    | _DATA
    | _HANDLING
    | {"ResultPath", "ItemsPath", "ItemSelector", "ItemProcessor", "MaxConcurrency"},
    "Pass": _COMMON | _FLOW | _DATA | _RESULT | {"Result"},
    "Choice": _COMMON | _DATA | {"Choices", "Default"},
    "Wait": _COMMON | _FLOW | _DATA | {"Seconds", "SecondsPath"},
    "Succeed": _COMMON | _DATA,
    "Fail": _COMMON | {"Error", "Cause", "ErrorPath", "CausePath"},
}
_RETRY = {"ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds", "JitterStrategy"}
_MACHINE = {"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"}

LAMBDA = re.compile(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
LAMBDA_INVOKE = "arn:aws:states:::lambda:invoke"
LAMBDA_CALLBACK = "arn:aws:states:::lambda:invoke.waitForTaskToken"
START_EXECUTION = "arn:aws:states:::states:startExecution.sync:2"
CREATE_JOB = "arn:aws:states:::mediaconvert:createJob.sync"

PARAMETERS: dict[str, tuple[set[str], set[str]]] = {
    LAMBDA_INVOKE: ({"FunctionName"}, {"FunctionName", "Payload"}),
    LAMBDA_CALLBACK: ({"FunctionName"}, {"FunctionName", "Payload"}),
    START_EXECUTION: ({"StateMachineArn"}, {"StateMachineArn", "Input", "Name"}),
    CREATE_JOB: (
        {"Role", "Settings"},
        {"Role", "Settings", "UserMetadata", "ClientRequestToken", "Queue", "Priority", "Tags"},
    ),
}
"""For each service integration: what must be given, and what may be."""


def check(machine: dict[str, Any]) -> None:
    """Check a whole state machine.

    Raises:
        UnsupportedError: naming the state and the field that is wrong or not implemented.
    """
    _only(machine, _MACHINE, "The state machine")
    if machine.get("QueryLanguage", "JSONPath") != "JSONPath":
        raise UnsupportedError("Only JSONPath is supported by the local Step Functions, not JSONata.")
    _check_states(machine)


def _check_states(machine: dict[str, Any]) -> None:
    states = machine.get("States") or {}
    if machine.get("StartAt") not in states:
        raise UnsupportedError(f"StartAt names no state: {machine.get('StartAt')!r}.")
    for name, state in states.items():
        try:
            _check_state(state, states)
        except UnsupportedError as error:
            raise UnsupportedError(f"State {name}: {error}") from error


def _check_state(state: dict[str, Any], siblings: dict[str, Any]) -> None:
    kind = state.get("Type", "")
    if kind not in FIELDS:
        raise UnsupportedError(f"The type {kind!r} is not supported by the local Step Functions.")
    _only(state, FIELDS[kind], f"A {kind} state")
    _check_flow(state, kind, siblings)
    for field in (
        "InputPath",
        "OutputPath",
        "ResultPath",
        "ItemsPath",
        "SecondsPath",
        "ErrorPath",
        "CausePath",
    ):
        if isinstance(state.get(field), str):
            parse_path(state[field])
    for field in ("Parameters", "ItemSelector", "ResultSelector"):
        templates.check(state.get(field))
    _check_handling(state, siblings)
    if kind == "Task":
        _check_task(state)
    elif kind == "Map":
        _check_map(state)


def _check_handling(state: dict[str, Any], siblings: dict[str, Any]) -> None:
    for retrier in state.get("Retry", ()):
        _only(retrier, _RETRY, "A retrier")
        if retrier.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
            raise UnsupportedError(f"JitterStrategy {retrier['JitterStrategy']!r} is neither FULL nor NONE.")
    for catcher in state.get("Catch", ()):
        _only(catcher, {"ErrorEquals", "ResultPath", "Next", "Comment"}, "A catcher")
        _names(catcher, siblings)
        if isinstance(catcher.get("ResultPath"), str):
            parse_path(catcher["ResultPath"])


def _check_flow(state: dict[str, Any], kind: str, siblings: dict[str, Any]) -> None:
    if kind == "Choice":
        for rule in state.get("Choices") or []:
            choices.check(rule)
            _names(rule, siblings)
        if "Default" in state:
            _names({"Next": state["Default"]}, siblings)
    elif kind not in ("Succeed", "Fail") and not state.get("End"):
        _names(state, siblings)


def _check_task(state: dict[str, Any]) -> None:
    resource = state.get("Resource", "")
    if resource in PARAMETERS:
        required, known = PARAMETERS[resource]
        given = {key.removesuffix(".$") for key in state.get("Parameters") or {}}
        if missing := required - given:
            raise UnsupportedError(f"{resource} needs {', '.join(sorted(missing))}.")
        if extra := given - known:
            raise UnsupportedError(f"{resource} with {', '.join(sorted(extra))} is not supported.")
    elif not LAMBDA.fullmatch(resource):
        raise UnsupportedError(f"The resource {resource!r} is not supported by the local Step Functions.")


def _check_map(state: dict[str, Any]) -> None:
    processor = state.get("ItemProcessor") or {}
    _only(processor, {"ProcessorConfig", "StartAt", "States", "Comment"}, "An ItemProcessor")
    mode = processor.get("ProcessorConfig", {}).get("Mode", "INLINE")
    if mode != "INLINE":
        raise UnsupportedError(f"The Map mode {mode} is not supported by the local Step Functions.")
    _check_states(processor)


def _names(source: dict[str, Any], states: dict[str, Any]) -> None:
    if source.get("Next") not in states:
        raise UnsupportedError(f"Next names no state: {source.get('Next')!r}.")


def _only(given: dict[str, Any], known: set[str], what: str) -> None:
    if unknown := sorted(set(given) - known):
        raise UnsupportedError(
            f"{what} with {', '.join(unknown)} is not supported by the local Step Functions."
        )
