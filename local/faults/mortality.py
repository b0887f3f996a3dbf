"""The part of a function's process in being killed: it has an id that it says with every call."""

from __future__ import annotations

from collections.abc import Mapping

from local.faults.callers import APP_ID_VARIABLE
from local.faults.injector import injector


class Mortality:
    """One process; immortal, and without any cost, when no fault plan is named."""

    def __init__(self) -> None:
        current = injector()
        self._callers = current.callers if current else None
        self._id = current.callers.new_id() if current else None

    @property
    def variables(self) -> Mapping[str, str]:
        """What the process must have in its environment."""
        return {APP_ID_VARIABLE: self._id} if self._id else {}

    def enter(self, pid: int, function: str) -> None:
        """The process runs."""
        if self._callers and self._id:
            self._callers.enter(self._id, pid, function)

    @property
    def doomed(self) -> bool:
        """Whether the process must die before its result is heard."""
        return self._callers is not None and self._callers.is_doomed(self._id)

    def leave(self) -> None:
        """The process has ended."""
        if self._callers and self._id:
            self._callers.leave(self._id)
