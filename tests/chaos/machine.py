"""The state machines: the deployed ASL files, walked by coroutines on virtual time.

What a definition means (paths, templates, choices, which error reaches which
Retry and Catch) is shared with the interpreter of the local Step Functions,
whose conformance tests cover it; walking, waiting and retrying is here, since
that one waits with threads and real time. What was finished before a redrive
is kept, as its journal there.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from local.emulator.states import choices
from local.emulator.states.dataflow import apply_path, apply_result, apply_template
from local.emulator.states.errors import NO_CHOICE, RUNTIME, StatesError, find_handler
from local.emulator.states.paths import select
from local.emulator.states.templates import fill
from tests.chaos.loop import Cancelled, Loop, Task

MAX_CONCURRENCY = 40
"""How many iterations of an inline Map run at once when the state sets no limit."""


@dataclass
class Branch:
    """A sequence of states: the machine itself, or one item of a Map."""

    path: str = ""
    item: dict[str, Any] | None = None
    visits: dict[str, int] = field(default_factory=dict)


class Host(Protocol):
    """The execution that is walked."""

    loop: Loop
    context: dict[str, Any]
    journal: dict[str, tuple[Any, str | None]]

    def entered(self, state: str, *, again: bool) -> None:
        """A state is entered, or attempted again: either is a transition that is billed."""

    def jitter(self, seconds: float) -> float:
        """A time between 0 and ``seconds``."""

    def perform(
        self, resource: str, context: dict[str, Any], arguments: Callable[[], Any], limit: float | None
    ) -> Awaitable[Any]:
        """One attempt of a Task; ``arguments`` are made once its token is in the context."""


async def walk(host: Host, branch: Branch, machine: Mapping[str, Any], document: Any) -> Any:
    """Run the states of a machine or of an ItemProcessor; returns the last output.

    Raises:
        StatesError: a state failed and no Catch took it.
        Cancelled: nobody wants the result any more.
    """
    name: str | None = machine["StartAt"]
    while name is not None:
        count = branch.visits[name] = branch.visits.get(name, 0) + 1
        key = f"{branch.path}{name}#{count}"
        if key not in host.journal:
            host.entered(name, again=False)
            host.journal[key] = await _Visit(host, branch, key, name, machine["States"][name]).run(document)
        document, name = host.journal[key]
    return document


class _Visit:
    """One state with all its retries."""

    def __init__(self, host: Host, branch: Branch, key: str, name: str, state: dict[str, Any]) -> None:
        self._host, self._branch, self._key, self._name, self._state = host, branch, key, name, state
        self._retries = 0

    async def run(self, document: Any) -> tuple[Any, str | None]:
        """The output and the next state."""
        match self._state["Type"]:
            case "Task":
                return await self._handled(document, self._task)
            case "Map":
                return await self._handled(document, self._map)
            case "Pass":
                given = apply_path(self._state, "InputPath", document, self._context())
                given = apply_template(self._state, "Parameters", given, self._context())
                output = apply_result(self._state, document, self._state.get("Result", given))
                return apply_path(self._state, "OutputPath", output, self._context()), self._next()
            case "Choice":
                return self._choice(document)
            case "Wait":
                await self._host.loop.sleep(self._seconds(document))
                return document, self._next()
            case "Succeed":
                return apply_path(self._state, "InputPath", document, self._context()), None
            case "Fail":
                raise self._failure(document)
        raise NotImplementedError(self._state["Type"])

    def _next(self) -> str | None:
        return None if self._state.get("End") else self._state["Next"]

    def _context(self) -> dict[str, Any]:
        context = {**self._host.context, "State": {"Name": self._name, "RetryCount": self._retries}}
        if self._branch.item is not None:
            context["Map"] = {"Item": self._branch.item}
        return context

    def _seconds(self, document: Any) -> float:
        if "Seconds" in self._state:
            return float(self._state["Seconds"])
        return float(select(self._state["SecondsPath"], "SecondsPath", document, self._context()))

    def _choice(self, document: Any) -> tuple[Any, str | None]:
        for rule in self._state["Choices"]:
            if choices.matches(rule, document, self._context()):
                return document, rule["Next"]
        if "Default" not in self._state:
            raise StatesError(NO_CHOICE, f"No choice of state '{self._name}' matched.")
        return document, self._state["Default"]

    def _failure(self, document: Any) -> StatesError:
        texts = []
        for name in ("Error", "Cause"):
            path = self._state.get(f"{name}Path")
            texts.append(select(path, name, document, self._context()) if path else self._state.get(name, ""))
        if not all(isinstance(text, str) for text in texts):
            return StatesError(RUNTIME, f"ErrorPath and CausePath of '{self._name}' must find strings.")
        return StatesError(*texts)

    async def _handled(
        self, document: Any, attempt: Callable[[Any], Awaitable[Any]]
    ) -> tuple[Any, str | None]:
        tries: dict[int, int] = {}
        while True:
            try:
                result = await attempt(document)
                result = apply_template(self._state, "ResultSelector", result, self._context())
                output = apply_result(self._state, document, result)
                return apply_path(self._state, "OutputPath", output, self._context()), self._next()
            except StatesError as error:
                delay = self._delay(error, tries)
                if delay is not None:
                    await self._host.loop.sleep(delay)
                    self._retries += 1
                    self._host.entered(self._name, again=True)
                    continue
                index = find_handler(self._state.get("Catch", []), error.error)
                if index is None:
                    raise
                catcher = self._state["Catch"][index]
                return apply_result(catcher, document, error.output()), catcher["Next"]

    def _delay(self, error: StatesError, tries: dict[int, int]) -> float | None:
        """How long to wait before the next attempt; None if there is none."""
        retriers = self._state.get("Retry", [])
        index = find_handler(retriers, error.error)
        if index is None or tries.get(index, 0) >= retriers[index].get("MaxAttempts", 3):
            return None
        retrier, done = retriers[index], tries.get(index, 0)
        tries[index] = done + 1
        seconds = float(retrier.get("IntervalSeconds", 1)) * retrier.get("BackoffRate", 2.0) ** done
        seconds = min(seconds, retrier.get("MaxDelaySeconds", seconds))
        return self._host.jitter(seconds) if retrier.get("JitterStrategy") == "FULL" else seconds

    async def _task(self, document: Any) -> Any:
        context = self._context()

        def arguments() -> Any:
            given = apply_path(self._state, "InputPath", document, context)
            return apply_template(self._state, "Parameters", given, context)

        limit = self._state.get("TimeoutSeconds")
        return await self._host.perform(self._state["Resource"], context, arguments, limit)

    async def _map(self, document: Any) -> list[Any]:
        context = self._context()
        given = apply_path(self._state, "InputPath", document, context)
        items = select(self._state.get("ItemsPath", "$"), "ItemsPath", given, context)
        if not isinstance(items, list):
            raise StatesError(RUNTIME, "ItemsPath must point to an array.")
        loop, limit = self._host.loop, self._state.get("MaxConcurrency") or MAX_CONCURRENCY
        tasks: list[Task] = []
        try:
            for index, value in enumerate(items):
                if index >= limit:
                    await _any_done(tasks[: index - limit + 1])
                tasks.append(Task(loop, self._iterate(index, value, given, context)))
            pending = list(tasks)
            while pending:
                await _any_done(pending)
                failed = next((task for task in tasks if task.done and task.error), None)
                if failed is not None:
                    assert failed.error is not None
                    raise failed.error
                pending = [task for task in pending if not task.done]
        finally:
            for task in tasks:
                task.cancel()
        return [task.value for task in tasks]

    async def _iterate(self, index: int, value: Any, given: Any, context: dict[str, Any]) -> Any:
        item = {"Index": index, "Value": value}
        inside = {**context, "Map": {"Item": item}}
        selector = self._state.get("ItemSelector")
        document = value if selector is None else fill(selector, given, inside)
        branch = Branch(f"{self._key}~{self._retries}/{index}/", item)
        return await walk(self._host, branch, self._state["ItemProcessor"], copy.deepcopy(document))


async def _any_done(tasks: list[Task]) -> None:
    """Wait until one of the tasks is done."""
    if not tasks:
        return
    from tests.chaos.loop import Future

    gate = Future(tasks[0].loop)
    for task in tasks:
        task.then(lambda: gate.set(None))
    await gate


__all__ = ["Branch", "Cancelled", "Host", "walk"]
