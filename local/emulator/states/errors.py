"""The errors of a state, and which Retry and Catch entries they reach."""

from typing import Any

RUNTIME = "States.Runtime"
TIMEOUT = "States.Timeout"
TASK_FAILED = "States.TaskFailed"
ALL = "States.ALL"
DATA_LIMIT = "States.DataLimitExceeded"
NO_CHOICE = "States.NoChoiceMatched"
INTRINSIC = "States.IntrinsicFailure"

TERMINAL = frozenset({RUNTIME, DATA_LIMIT})
"""Errors that the developer guide excludes from States.ALL: they always end the execution."""


class StatesError(Exception):
    """A state failed: an error name for Retry and Catch, and a cause for a person."""

    def __init__(self, error: str, cause: str = "") -> None:
        self.error = error
        self.cause = cause
        super().__init__(f"{error}: {cause}")

    def output(self) -> dict[str, str]:
        """Return what a Catch puts at its ResultPath."""
        return {"Error": self.error, "Cause": self.cause}


class Cancelled(Exception):
    """The branch is not wanted any more: a sibling failed or the execution was stopped."""


class UnsupportedError(Exception):
    """A definition uses something that this interpreter does not implement, or is wrong."""


def matches(names: list[str], error: str) -> bool:
    """Tell whether an ``ErrorEquals`` list covers an error.

    ``States.TaskFailed`` stands for every error but a timeout; ``States.ALL`` for every error but those that
    always end the execution, which only their own name reaches — and not even that for ``States.Runtime``.
    """
    if error == RUNTIME:
        return False
    if error in names:
        return True
    if error in TERMINAL:
        return False
    return ALL in names or (TASK_FAILED in names and error != TIMEOUT)


def find_handler(handlers: list[dict[str, Any]], error: str) -> int | None:
    """Return the index of the first Retry or Catch entry that covers an error."""
    for index, handler in enumerate(handlers):
        if matches(handler["ErrorEquals"], error):
            return index
    return None
