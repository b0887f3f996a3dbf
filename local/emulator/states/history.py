"""The events of an execution, as GetExecutionHistory shows them, and what they cost."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

from local.emulator.states.errors import DATA_LIMIT, RUNTIME, StatesError

MAX_EVENTS = 25_000
MAX_PAYLOAD_BYTES = 262_144


def now() -> str:
    """Return the time as the emulator keeps it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class History:
    """Appends to the emulator's own record, so that its API shows an execution while it runs."""

    def __init__(self, record: dict[str, Any]) -> None:
        self._record = record
        self._events: list[dict[str, Any]] = record["events"]
        self._lock = threading.Lock()
        usage = {"statesEntered": 0, "retries": 0, "largestPayloadBytes": 0, "largestPayloadState": ""}
        self.usage: dict[str, Any] = record.setdefault("usage", usage)
        """What a person is billed for or limited by; kept with the record and written to executions.jsonl."""

    def add(self, kind: str, details: dict[str, Any] | None = None, previous: int = 0) -> int:
        """Append an event and return its id.

        Raises:
            StatesError: the execution has more events than Step Functions allows.
        """
        with self._lock:
            number = len(self._events) + 1
            if number > MAX_EVENTS:
                raise StatesError(
                    RUNTIME, f"The execution reached the maximum number of history events ({MAX_EVENTS})."
                )
            event: dict[str, Any] = {
                "id": number,
                "previousEventId": previous,
                "timestamp": now(),
                "type": kind,
            }
            if details is not None:
                event[_details_name(kind)] = details
            self._events.append(event)
            return number

    def count(self, name: str) -> None:
        """Add one to a counter of ``usage``."""
        with self._lock:
            self.usage[name] += 1

    def measure(self, state: str, value: Any, what: str) -> str:
        """Return a payload as JSON and remember the largest.

        Raises:
            StatesError: it is larger than Step Functions allows.
        """
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        size = len(text.encode())
        with self._lock:
            if size > self.usage["largestPayloadBytes"]:
                self.usage.update(largestPayloadBytes=size, largestPayloadState=state)
        if size > MAX_PAYLOAD_BYTES:
            raise StatesError(
                DATA_LIMIT,
                f"The state/task '{state}' returned a {what} with a size exceeding the maximum number "
                "of bytes service limit.",
            )
        return text


def _details_name(kind: str) -> str:
    if kind.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if kind.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"
