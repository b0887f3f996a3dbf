"""Which function's process made a call, and its end.

Every function's process says its id in the User-Agent of its calls (the SDK's own application id). A small
file per process tells all services of this machine whose id that is, so that each of them can end it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.faults.plan import STEP_FUNCTIONS

APP_ID_VARIABLE: Final = "AWS_SDK_UA_APP_ID"
_APP_ID: Final = re.compile(r"\bapp/([\w-]+)")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls."""

    function: str
    """Name as deployed, or ``states``."""
    process: str | None = None
    """Id of the process; None for Step Functions, which nobody can kill."""


class Callers:
    """A folder with a file per process of a function."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is made when the first process enters."""
        self._folder = folder

    def new_id(self) -> str:
        """An id for a process that is about to start."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return uuid.uuid4().hex[:12]

    def enter(self, process: str, pid: int, function: str) -> None:
        """Make a process known."""
        path = self._folder / process
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps([pid, function]), encoding="utf-8")
        partial.replace(path)

    def leave(self, process: str) -> None:
        """Forget a process that has ended."""
        for path in (self._folder / process, self._doom(process)):
            path.unlink(missing_ok=True)

    def find(self, user_agent: str) -> Caller | None:
        """Who sends this User-Agent; None for everybody but functions and Step Functions."""
        match = _APP_ID.search(user_agent)
        if match is None:
            return None
        if match[1] == STEP_FUNCTIONS:
            return Caller(STEP_FUNCTIONS)
        found = self._read(match[1])
        return Caller(found[1], match[1]) if found else None

    def kill(self, process: str | None) -> None:
        """End a process at once, as a crash does."""
        found = self._read(process) if process else None
        if found:
            with suppress(ProcessLookupError):
                os.kill(found[0], signal.SIGKILL)

    def doom(self, process: str | None) -> None:
        """Let a process die at its next call, or when it is about to return."""
        if process:
            self._doom(process).touch()

    def is_doomed(self, process: str | None) -> bool:
        """Whether the process must not do anything more."""
        return bool(process) and self._doom(str(process)).exists()

    def _doom(self, process: str) -> Path:
        return self._folder / f"{process}.doomed"

    def _read(self, process: str) -> tuple[int, str] | None:
        try:
            pid, function = json.loads((self._folder / process).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return int(pid), str(function)
