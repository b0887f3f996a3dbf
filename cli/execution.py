"""An execution as the command line sees it: parts that begin, end and fail as its history says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

ANALYSE_VIDEO: Final = (
    "RegisterVideo",
    "ProbeVideo",
    "MakeProxy",
    "CheckProxy",
    "Detect",
    "ScoreScenes",
    "CutTrailers",
    "CompleteVideo",
    "RecordFailure",
)
MAKE_TRAILER: Final = ("PlanTrailer", "RenderTrailer", "PublishTrailer", "RecordFailure")


class Progress(StrEnum):
    """Where a part of the work is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True)
class Part:
    """A state of the state machine, or a detector or a trailer inside one."""

    name: str
    progress: Progress = Progress.RUNNING
    began: datetime | None = None
    ended: datetime | None = None
    inside: str = ""
    """The state that this detector or trailer belongs to."""
    detail: str = ""

    @property
    def seconds(self) -> float:
        """How long it took, or takes until now."""
        if self.began is None:
            return 0.0
        return max(0.0, ((self.ended or datetime.now(UTC)) - self.began).total_seconds())


@dataclass
class Execution:
    """One execution as it was when last looked at."""

    arn: str
    states: tuple[str, ...]
    """The names of the states worth showing, in order."""
    video_id: str = ""
    status: str = "RUNNING"
    began: datetime | None = None
    ended: datetime | None = None
    error: str = ""
    cause: str = ""
    output: Mapping[str, Any] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    """By name; detectors and trailers as ``Detect/labels`` and ``CutTrailers/romance``."""
    last_event: int = 0
    look_inside_at: float = 0.0
    """When detectors and trailers are worth reading again, on the monotonic clock."""

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.status == "RUNNING"

    @property
    def current(self) -> str:
        """The state it is in, for a sentence."""
        names = [
            part.name for part in self.parts.values() if part.progress is Progress.RUNNING and not part.inside
        ]
        return names[-1] if names else "its beginning"


def apply_event(execution: Execution, event: Mapping[str, Any]) -> None:
    """Move the parts of an execution by one event of its history."""
    kind: str = event["type"]
    if kind.endswith("StateEntered"):
        _enter(execution, event["stateEnteredEventDetails"]["name"], event["timestamp"])
    elif kind.endswith("StateExited"):
        part = execution.parts.get(event["stateExitedEventDetails"]["name"])
        if part is not None and part.progress is Progress.RUNNING:
            part.progress, part.ended = Progress.DONE, event["timestamp"]


def _enter(execution: Execution, name: str, when: datetime) -> None:
    if name not in execution.states:
        return
    if name == "RecordFailure":
        # A state that a Catch leaves is exited like any other; the state after it tells the difference.
        _fail_last(execution, when)
    execution.parts[name] = Part(name, began=when)


def _fail_last(execution: Execution, when: datetime) -> None:
    last = next((part for part in reversed(execution.parts.values()) if not part.inside), None)
    if last is not None:
        last.progress, last.ended = Progress.FAILED, last.ended or when


def close(execution: Execution) -> None:
    """End what still runs in an execution that is over."""
    fallback = Progress.DONE if execution.status == "SUCCEEDED" else Progress.FAILED
    for part in execution.parts.values():
        if part.progress is Progress.RUNNING:
            part.progress, part.ended = fallback, part.ended or execution.ended


def covered_seconds(found: Iterable[tuple[datetime, datetime]]) -> float:
    """Return the length of the union of several stretches of time, in seconds."""
    total, reached = 0.0, None
    for begin, end in sorted(found):
        start = begin if reached is None or begin > reached else reached
        if end > start:
            total += (end - start).total_seconds()
            reached = end
    return total
