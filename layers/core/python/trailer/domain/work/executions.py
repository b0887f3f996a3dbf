"""Executions of the state machines as Step Functions tells of them, and what their end means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FORGOTTEN: Final = "StepFunctions.ExecutionDoesNotExist"
"""The name of the end of an execution that Step Functions does not know, or not any more."""

_UNDER_WAY: Final = frozenset({"RUNNING", "PENDING_REDRIVE"})


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution, asked about by its ARN."""

    status: str
    """RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE."""
    input: str = "{}"
    """JSON text."""
    error: str = ""
    """Its error: of the state that failed it, or as whoever stopped it says. Empty when there is none."""
    cause: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended; a redrive may begin it anew."""
        return self.status not in _UNDER_WAY

    @property
    def failure(self) -> dict[str, str]:
        """How it failed, as a Catch would have it: ``Error`` and ``Cause``.

        A stop and a time-out of the whole say more by their status than by an error; a
        failure has its own.
        """
        name = self.error if self.status == "FAILED" and self.error else self.status
        return {"Error": name, "Cause": self.cause}
