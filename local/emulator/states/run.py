"""One execution under way: its branches, its waiting and its memory over restarts."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.emulator.states.errors import TIMEOUT, Cancelled, StatesError
from local.emulator.states.history import History, now

_FROZEN = threading.Event()


def freeze() -> None:
    """Let no execution take another step in this process.

    The emulator is about to save its state and end; a function that is killed with it must not count as a
    failure, because its execution goes on after the next start.
    """
    _FROZEN.set()


class MachineTimedOut(Cancelled):
    """The state machine's own TimeoutSeconds is over: the execution ends as TIMED_OUT."""


class Run:
    """An execution: its record in the emulator, its definition and everything that waits in it."""

    def __init__(self, record: dict[str, Any], machine: dict[str, Any], execution_input: Any) -> None:
        self.record = record
        self.history = History(record)
        self.journal: dict[str, dict[str, Any]] = record.setdefault("journal", {})
        """What each visit of a state gave, by branch, name and count; a restarted run skips those."""
        self.condition = threading.Condition()
        self.stopped = False
        # A redrive sets the state machine's own time limit back.
        began = record.get("redriveDate") or record["startDate"]
        started = datetime.fromisoformat(began.replace("Z", "+00:00")).timestamp()
        limit = machine.get("TimeoutSeconds")
        self.deadline: float | None = started + limit if limit else None
        self.context: dict[str, Any] = {
            "Execution": {
                "Id": record["executionArn"],
                "Input": execution_input,
                "Name": record["name"],
                "RedriveCount": record.get("redriveCount", 0),
                "RoleArn": record["events"][0]["executionStartedEventDetails"]["roleArn"],
                "StartTime": record["startDate"],
                **({"RedriveTime": record["redriveDate"]} if "redriveDate" in record else {}),
            },
            "StateMachine": {
                "Id": record["stateMachineArn"],
                "Name": record["stateMachineArn"].rsplit(":", 1)[-1],
            },
        }

    def wake(self) -> None:
        """Let everything that waits in this execution look again."""
        with self.condition:
            self.condition.notify_all()

    def stop(self) -> None:
        """Abort: every branch ends at its next wait or state."""
        self.stopped = True
        self.wake()


@dataclass
class Branch:
    """A sequence of states: the machine itself, or one item of a Map."""

    run: Run
    path: str = ""
    parent: "Branch | None" = None
    item: dict[str, Any] | None = None
    """``{"Index": …, "Value": …}`` inside a Map."""
    cancelled: bool = False
    event: int = 1
    """The last event of this branch, which the next one names as its predecessor."""
    visits: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, details: dict[str, Any] | None = None) -> None:
        """Append an event that follows this branch's last one."""
        self.event = self.run.history.add(kind, details, self.event)

    def check(self) -> None:
        """End here if nobody wants the result any more.

        Raises:
            Cancelled: the execution was stopped or a sibling failed.
            MachineTimedOut: the state machine's time is over.
        """
        if _FROZEN.is_set():
            threading.Event().wait()
        if self.run.deadline is not None and time.time() >= self.run.deadline:
            raise MachineTimedOut
        branch: Branch | None = self
        while branch is not None:
            if branch.cancelled or branch.run.stopped:
                raise Cancelled
            branch = branch.parent

    def wait(self, ready: Callable[[], bool], deadline: float | None = None) -> bool:
        """Wait until something is ready; ``False`` if the deadline (Unix time) came first.

        Raises:
            Cancelled: nobody wants the result any more.
        """
        with self.run.condition:
            while True:
                self.check()
                if ready():
                    return True
                current = time.time()
                if deadline is not None and current >= deadline:
                    return False
                limits = [limit for limit in (deadline, self.run.deadline) if limit is not None]
                self.run.condition.wait(max(0.0, min(limits) - current) if limits else None)

    def require(self, ready: Callable[[], bool], deadline: float | None) -> None:
        """Wait until something is ready.

        Raises:
            StatesError: ``States.Timeout``, the deadline came first.
            Cancelled: nobody wants the result any more.
        """
        if not self.wait(ready, deadline):
            raise StatesError(TIMEOUT)

    def sleep(self, seconds: float, deadline: float | None = None) -> None:
        """Wait for a time.

        Raises:
            StatesError: ``States.Timeout``, the deadline came first.
            Cancelled: nobody wants the result any more.
        """
        end = time.time() + seconds
        if deadline is not None and deadline < end:
            self.require(lambda: False, deadline)
        self.wait(lambda: False, end)

    def visit(self, state: str) -> "Visit":
        """Begin to execute a state, or find what it gave before a restart."""
        count = self.visits[state] = self.visits.get(state, 0) + 1
        key = f"{self.path}{state}#{count}"
        known = key in self.run.journal
        entry = self.run.journal.setdefault(key, {"entered": now()})
        return Visit(self, state, key, entry, resumed=known, retries=entry.get("retries", 0))


@dataclass
class Visit:
    """One execution of one state, with all its retries."""

    branch: Branch
    state: str
    key: str
    entry: dict[str, Any]
    """Survives restarts: when the state was entered, what it started and, at its end, its output."""
    resumed: bool
    retries: int = 0
    token: str | None = None

    def context(self) -> dict[str, Any]:
        """Return the context object as this state sees it."""
        context: dict[str, Any] = {
            **self.branch.run.context,
            "State": {
                "Name": self.state,
                "EnteredTime": self.entry["entered"],
                "RetryCount": self.retries,
            },
        }
        branch: Branch | None = self.branch
        while branch is not None:
            if branch.item is not None:
                context["Map"] = {"Item": branch.item}
                break
            branch = branch.parent
        if self.token is not None:
            context["Task"] = {"Token": self.token}
        return context

    @property
    def finished(self) -> bool:
        """Whether the state ended before a restart."""
        return "output" in self.entry

    def finish(self, output: Any, following: str | None) -> None:
        """Remember the end of the state."""
        self.entry.clear()
        self.entry.update(output=output, next=following)
