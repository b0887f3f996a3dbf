"""Fault plans: what goes wrong in a run. The seed decides all of it, so a run can be had again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from tests.chaos.answers import AwsError
from tests.chaos.faults import Call, Carrier, Fault
from tests.chaos.process import Process

ALL: Final = "*"
"""A mark on every upload of the run."""


class Plan:
    """Nothing goes wrong: services take their time, and each message arrives once.

    Attributes:
        injected: how many faults of each kind came to pass.
        marks: what may end otherwise than well, by film key, content or execution, and by which fault.
    """

    job_seconds = (30.0, 90.0)

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(f"{seed}/plan")
        self.times = random.Random(f"{seed}/times")
        self.injected: Counter[str] = Counter()
        self.marks: dict[str, set[Fault]] = {}

    def inject(self, fault: Fault, where: str = "") -> Fault:
        """Count a fault that comes to pass."""
        self.injected[f"{fault} {where}".strip()] += 1
        return fault

    def mark(self, subject: str, fault: Fault) -> None:
        """Note that a subject may end as ``UNHAPPY`` has it."""
        self.marks.setdefault(subject, set()).add(fault)

    def latency(self, service: str) -> float:
        """Seconds of one way of a request."""
        slow = {"rekognition": 0.15, "mediaconvert": 0.3}.get(service, 0.01)
        return self.times.uniform(0.5, 1.5) * slow

    def index_lag(self) -> float:
        """Seconds until an index shows a write."""
        return self.times.uniform(0.01, 0.1)

    def fault_at(self, call: Call, process: Process) -> Fault | AwsError | None:
        """What goes wrong at a call."""
        return None

    def fault_of(self, function: str) -> Fault | None:
        """What goes wrong at an invocation."""
        return None

    def deliveries(self, carrier: Carrier, subject: str) -> Sequence[float]:
        """When a message arrives, in seconds from now."""
        return [self.times.uniform(0.0, 1.0)]

    def job(self, content: str, operation: str) -> tuple[float, str]:
        """How long a Rekognition job runs, and why it fails."""
        return self.times.uniform(*self.job_seconds), ""

    def slots_taken(self) -> int:
        """Slots that another tenant holds."""
        return 0

    def forget_page(self) -> bool:
        """Whether a NextToken is forgotten."""
        return False

    def render(self, metadata: Mapping[str, str]) -> tuple[float, int]:
        """Seconds that a render job takes, and its error code."""
        return self.times.uniform(20, 60), 0

    def fault_of_render(self) -> Fault | None:
        """What goes wrong when the state machine asks for a render job."""
        return None

    def explains(self, letters: int) -> bool:
        """Whether so many dead letters are no wonder under these faults."""
        return letters == 0


class Single(Plan):
    """One fault at one call."""

    def __init__(self, seed: int, call: Call, fault: Fault) -> None:
        super().__init__(seed)
        self._call, self._fault = call, fault

    def fault_at(self, call: Call, process: Process) -> Fault | None:
        if call != self._call:
            return None
        return self.inject(self._fault)


class Modelled(Plan):
    """One call of one function is answered with one error for ever."""

    def __init__(self, seed: int, function: str, api: str, error: AwsError) -> None:
        super().__init__(seed)
        self._function, self._api, self._error = function, api, error

    def fault_at(self, call: Call, process: Process) -> Fault | AwsError | None:
        if (call.function, call.api) != (self._function, self._api):
            return None
        self.mark(ALL, Fault.MODELLED)
        self.inject(Fault.MODELLED)
        return self._error

    def explains(self, letters: int) -> bool:
        return True


class Refused(Plan):
    """One API refuses one function for ever: a permission that the deployment lacks."""

    def __init__(self, seed: int, function: str, api: str) -> None:
        super().__init__(seed)
        self._function, self._api = function, api

    def fault_at(self, call: Call, process: Process) -> Fault | None:
        if (call.function, call.api) != (self._function, self._api):
            return None
        self.mark(ALL, Fault.REFUSED)
        return self.inject(Fault.REFUSED)

    def explains(self, letters: int) -> bool:
        if self._function == "apply_sidecar":
            # Nobody waits for it but the rule that brought the file: its event is kept, and only that.
            return letters == 1
        return letters == 0 or self._function in ("resume_detection", "close_records")
