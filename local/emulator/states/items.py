"""The Map state: one branch per item, the first failure ends them all."""

import contextvars
import threading
from collections.abc import Callable
from typing import Any

from local.emulator.states.errors import RUNTIME, Cancelled, StatesError
from local.emulator.states.paths import select
from local.emulator.states.run import Branch, MachineTimedOut, Visit
from local.emulator.states.templates import fill

MAX_CONCURRENCY = 40
"""How many iterations of an inline Map Step Functions runs at once when the state sets no limit."""

RunStates = Callable[[Branch, dict[str, Any], Any], Any]


def run_items(visit: Visit, state: dict[str, Any], given: Any, run: RunStates) -> list[Any]:
    """Run the ItemProcessor for every item and return the outputs in the order of the items.

    Raises:
        StatesError: ItemsPath finds no array, or an iteration failed; its siblings were cancelled.
        Cancelled: nobody wants the result any more.
    """
    items = select(state.get("ItemsPath", "$"), "ItemsPath", given, visit.context())
    if not isinstance(items, list):
        raise StatesError(RUNTIME, f"Reference path '{state.get('ItemsPath', '$')}' must point to array.")
    visit.branch.add("MapStateStarted", {"length": len(items)})
    try:
        results = _Items(visit, state, given, items, run).run()
    except StatesError:
        visit.branch.add("MapStateFailed")
        raise
    visit.branch.add("MapStateSucceeded")
    return results


class _Items:
    """The iterations of one attempt of one Map state."""

    def __init__(
        self, visit: Visit, state: dict[str, Any], given: Any, items: list[Any], run: RunStates
    ) -> None:
        self._visit = visit
        self._state = state
        self._given = given
        self._items = items
        self._run = run
        self._results: list[Any] = [None] * len(items)
        self._next = 0
        self._running = 0
        self._failure: Exception | None = None
        self._branches: list[Branch] = []
        # The branch of this attempt: cancelling it cancels the iterations and spares what follows a Catch.
        self._parent = Branch(visit.branch.run, visit.key, visit.branch, event=visit.branch.event)

    def run(self) -> list[Any]:
        branch = self._visit.branch
        limit = self._state.get("MaxConcurrency") or MAX_CONCURRENCY
        workers = min(limit, len(self._items))
        self._running = workers
        for _ in range(workers):
            context = contextvars.copy_context()
            threading.Thread(target=context.run, args=(self._work,), daemon=True, name="states-map").start()
        try:
            branch.wait(lambda: self._running == 0)
        finally:
            self._parent.cancelled = True
        if self._failure is not None:
            raise self._failure
        return self._results

    def _work(self) -> None:
        condition = self._visit.branch.run.condition
        while True:
            with condition:
                index = self._next
                if self._failure is not None or index >= len(self._items):
                    self._running -= 1
                    condition.notify_all()
                    return
                self._next += 1
            try:
                self._results[index] = self._iterate(index)
            except Exception as error:
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        condition = self._visit.branch.run.condition
        with condition:
            own = not isinstance(error, Cancelled) or isinstance(error, MachineTimedOut)
            if self._failure is None or (own and isinstance(self._failure, Cancelled)):
                self._failure = error
            self._parent.cancelled = True
            condition.notify_all()

    def _iterate(self, index: int) -> Any:
        value = self._items[index]
        branch = Branch(
            self._visit.branch.run,
            f"{self._visit.key}~{self._visit.retries}/{index}/",
            self._parent,
            {"Index": index, "Value": value},
            event=self._parent.event,
        )
        details = {"name": self._visit.state, "index": index}
        branch.add("MapIterationStarted", details)
        try:
            context = {**self._visit.context(), "Map": {"Item": branch.item}}
            selector = self._state.get("ItemSelector")
            document = value if selector is None else fill(selector, self._given, context)
            result = self._run(branch, self._state["ItemProcessor"], document)
        except StatesError:
            branch.add("MapIterationFailed", details)
            raise
        except Cancelled:
            branch.add("MapIterationAborted", details)
            raise
        branch.add("MapIterationSucceeded", details)
        return result
