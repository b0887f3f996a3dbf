"""Walk a state machine from its first state to its end."""

import random
import time
from collections.abc import Callable
from typing import Any

from local.emulator.states import choices, definition
from local.emulator.states.dataflow import apply_path, apply_result, apply_template
from local.emulator.states.errors import NO_CHOICE, RUNTIME, TIMEOUT, StatesError, find_handler
from local.emulator.states.items import run_items
from local.emulator.states.paths import select
from local.emulator.states.run import Branch, Visit
from local.emulator.states.tasks import Tasks

DEFAULT_INTERVAL = 1
DEFAULT_ATTEMPTS = 3
DEFAULT_BACKOFF = 2.0

Step = tuple[Any, str | None]
"""What a state gives: its output, and the name of the next state or ``None`` at the end."""


class Interpreter:
    """Runs branches; what tasks reach comes from outside."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._states: dict[str, Callable[[Visit, dict[str, Any], Any], Step]] = {
            "Task": self._task,
            "Map": self._map,
            "Pass": self._pass,
            "Choice": self._choice,
            "Wait": self._wait,
            "Succeed": self._succeed,
            "Fail": self._fail,
        }

    def run(self, branch: Branch, machine: dict[str, Any], document: Any) -> Any:
        """Run the states of a machine or of an ItemProcessor and return the last output.

        Raises:
            StatesError: a state failed and no Catch took it.
            Cancelled: nobody wants the result any more.
        """
        name: str | None = machine["StartAt"]
        while name is not None:
            branch.check()
            visit = branch.visit(name)
            if not visit.finished:
                output, following = self._state(visit, machine["States"][name], document)
                visit.finish(output, following)
            document, name = visit.entry["output"], visit.entry["next"]
        return document

    def _state(self, visit: Visit, state: dict[str, Any], document: Any) -> Step:
        history = visit.branch.run.history
        kind = state["Type"]
        text = history.measure(visit.state, document, "input")
        if not visit.resumed:
            visit.branch.add(f"{kind}StateEntered", {"name": visit.state, "input": text})
            history.count("statesEntered")
        output, following = self._states[kind](visit, state, document)
        text = history.measure(visit.state, output, "result")
        visit.branch.add(f"{kind}StateExited", {"name": visit.state, "output": text})
        return output, following

    def _pass(self, visit: Visit, state: dict[str, Any], document: Any) -> Step:
        context = visit.context()
        given = apply_path(state, "InputPath", document, context)
        given = apply_template(state, "Parameters", given, context)
        output = apply_result(state, document, state.get("Result", given))
        return apply_path(state, "OutputPath", output, context), _following(state)

    def _choice(self, visit: Visit, state: dict[str, Any], document: Any) -> Step:
        context = visit.context()
        given = apply_path(state, "InputPath", document, context)
        for rule in state["Choices"]:
            if choices.matches(rule, given, context):
                return apply_path(state, "OutputPath", given, context), rule["Next"]
        if "Default" not in state:
            raise StatesError(
                NO_CHOICE, f"No choice of state '{visit.state}' matched, and it has no Default."
            )
        return apply_path(state, "OutputPath", given, context), state["Default"]

    def _wait(self, visit: Visit, state: dict[str, Any], document: Any) -> Step:
        context = visit.context()
        given = apply_path(state, "InputPath", document, context)
        seconds = state.get("Seconds")
        if seconds is None:
            seconds = select(state["SecondsPath"], "SecondsPath", given, context)
        visit.branch.sleep(seconds)
        return apply_path(state, "OutputPath", given, context), _following(state)

    def _succeed(self, visit: Visit, state: dict[str, Any], document: Any) -> Step:
        context = visit.context()
        given = apply_path(state, "InputPath", document, context)
        return apply_path(state, "OutputPath", given, context), None

    def _fail(self, visit: Visit, state: dict[str, Any], document: Any) -> Step:
        context = visit.context()
        texts = []
        for field in ("Error", "Cause"):
            path = state.get(f"{field}Path")
            value = select(path, f"{field}Path", document, context) if path else state.get(field, "")
            if not isinstance(value, str):
                raise StatesError(RUNTIME, f"{field}Path of state '{visit.state}' must find a string.")
            texts.append(value)
        raise StatesError(*texts)

    def _task(self, visit: Visit, state: dict[str, Any], document: Any) -> Step:
        def attempt() -> Any:
            resource = state["Resource"]
            self._tasks.prepare(visit, resource)
            context = visit.context()
            given = apply_path(state, "InputPath", document, context)
            given = apply_template(state, "Parameters", given, context)
            text = visit.branch.run.history.measure(visit.state, given, "parameters")
            limit = state.get("TimeoutSeconds")
            report = _TaskEvents(visit, resource)
            report.started(text, limit)
            try:
                deadline = time.time() + limit if limit else None
                result = self._tasks.perform(visit, resource, given, deadline)
                output = visit.branch.run.history.measure(visit.state, result, "result")
            except StatesError as error:
                report.failed(error)
                raise
            report.succeeded(output)
            return apply_template(state, "ResultSelector", result, context)

        return self._handled(visit, state, document, attempt)

    def _map(self, visit: Visit, state: dict[str, Any], document: Any) -> Step:
        def attempt() -> Any:
            context = visit.context()
            given = apply_path(state, "InputPath", document, context)
            result = run_items(visit, state, given, self.run)
            return apply_template(state, "ResultSelector", result, context)

        return self._handled(visit, state, document, attempt)

    def _handled(
        self, visit: Visit, state: dict[str, Any], document: Any, attempt: Callable[[], Any]
    ) -> Step:
        """Attempt, retry and catch as the state says."""
        tries: dict[int, int] = {}
        while True:
            try:
                result = attempt()
                output = apply_result(state, document, result)
                return apply_path(state, "OutputPath", output, visit.context()), _following(state)
            except StatesError as error:
                delay = _delay(state.get("Retry", []), error, tries)
                if delay is not None:
                    visit.retries = visit.entry["retries"] = visit.retries + 1
                    visit.branch.run.history.count("retries")
                    visit.branch.sleep(delay)
                    continue
                index = find_handler(state.get("Catch", []), error.error)
                if index is None:
                    raise
                catcher = state["Catch"][index]
                return apply_result(catcher, document, error.output()), catcher["Next"]


class _TaskEvents:
    """Writes the events of one attempt of a Task under the names of its kind of integration."""

    def __init__(self, visit: Visit, resource: str) -> None:
        self._branch = visit.branch
        self._function = resource if definition.LAMBDA.fullmatch(resource) else None
        service, _, action = resource.removeprefix("arn:aws:states:::").partition(":")
        self._common = {"resourceType": service, "resource": action}

    def started(self, parameters: str, limit: int | None) -> None:
        timeout = {"timeoutInSeconds": limit} if limit else {}
        if self._function:
            details = {"resource": self._function, "input": parameters, **timeout}
            self._branch.add("LambdaFunctionScheduled", details)
            self._branch.add("LambdaFunctionStarted")
            return
        region = {"region": "us-east-1", "parameters": parameters}
        self._branch.add("TaskScheduled", {**self._common, **region, **timeout})
        self._branch.add("TaskStarted", self._common)

    def succeeded(self, output: str) -> None:
        if self._function:
            self._branch.add("LambdaFunctionSucceeded", {"output": output})
        else:
            self._branch.add("TaskSucceeded", {**self._common, "output": output})

    def failed(self, error: StatesError) -> None:
        ending = "TimedOut" if error.error == TIMEOUT else "Failed"
        if self._function:
            self._branch.add(f"LambdaFunction{ending}", {"error": error.error, "cause": error.cause})
        else:
            self._branch.add(f"Task{ending}", {**self._common, "error": error.error, "cause": error.cause})


def _following(state: dict[str, Any]) -> str | None:
    return None if state.get("End") else state["Next"]


def _delay(retriers: list[dict[str, Any]], error: StatesError, tries: dict[int, int]) -> float | None:
    """Return how long to wait before the next attempt; ``None`` if there is none."""
    index = find_handler(retriers, error.error)
    if index is None:
        return None
    retrier = retriers[index]
    done = tries.get(index, 0)
    if done >= retrier.get("MaxAttempts", DEFAULT_ATTEMPTS):
        return None
    tries[index] = done + 1
    seconds = float(retrier.get("IntervalSeconds", DEFAULT_INTERVAL))
    seconds *= retrier.get("BackoffRate", DEFAULT_BACKOFF) ** done
    seconds = min(seconds, retrier.get("MaxDelaySeconds", seconds))
    # Full jitter is any time up to the delay: it keeps films that failed together from retrying together.
    return random.uniform(0, seconds) if retrier.get("JitterStrategy") == "FULL" else seconds
