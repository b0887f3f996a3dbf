"""Everything at once: each call, message, job and person may misbehave, with seeded rates.

What AWS promises to deliver at least once comes late or double, but comes:
S3's events and EventBridge's deliveries to a state machine are tried again for
a day. Lost for good are what nobody promises to deliver or what the issue
demands to be lost: SNS messages on their way to the queue, status-change
events (best effort), ticks, and MediaConvert's completions, after which Step
Functions itself asks about the job.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.chaos.faults import AT_A_CALL, Call, Carrier, Fault
from tests.chaos.plan import Plan
from tests.chaos.process import Process

_PROMISED: Final = frozenset({Carrier.UPLOAD})
_CALLS_WITHOUT_HEAD: Final = frozenset({"s3.HeadObject"})


@dataclass(frozen=True)
class Rates:
    """Probabilities per call, invocation, message or job."""

    call: float = 0.03
    invocation: float = 0.02
    lost: float = 0.05
    double: float = 0.08
    late: float = 0.05
    page: float = 0.03
    failed_job: float = 0.004
    job_at_once: float = 0.03
    late_job: float = 0.01
    late_index: float = 0.05
    failed_render: float = 0.004
    render_call: float = 0.04
    tenant: float = 0.3
    """Share of the time in which another tenant holds slots."""


class Mixed(Plan):
    """Many faults of all kinds."""

    def __init__(
        self, seed: int, rates: Rates | None = None, job_seconds: tuple[float, float] = (30.0, 90.0)
    ) -> None:
        super().__init__(seed)
        self.rates = rates or Rates()
        self.job_seconds = job_seconds
        self.now = lambda: 0.0
        self._resume_faults = 0
        self._renders_cancelled: set[str] = set()

    def _happens(self, probability: float) -> bool:
        return self.random.random() < probability

    def fault_at(self, call: Call, process: Process) -> Fault | None:
        if not self._happens(self.rates.call):
            return None
        fault = self.random.choice(AT_A_CALL)
        self._resume_faults += call.function == "resume_detection"
        return self.inject(fault)

    def fault_of(self, function: str) -> Fault | None:
        if not self._happens(self.rates.invocation):
            return None
        self._resume_faults += function == "resume_detection"
        kinds = (Fault.FUNCTION_THROTTLED, Fault.FUNCTION_UNAVAILABLE, Fault.FUNCTION_ANSWER_LOST)
        return self.inject(self.random.choice(kinds))

    def deliveries(self, carrier: Carrier, subject: str) -> Sequence[float]:
        when = [self.times.uniform(0.0, 1.0)]
        if self._happens(self.rates.lost):
            if carrier in _PROMISED:
                # The first delivery fails and EventBridge repeats it.
                self.inject(Fault.DELAYED, carrier)
                return [self.random.uniform(60, 4 * 3600)]
            self.inject(Fault.DROPPED, carrier)
            return []
        if self._happens(self.rates.late):
            self.inject(Fault.DELAYED, carrier)
            when = [self.random.choice((30.0, 400.0, 3600.0)) * self.random.uniform(0.5, 1.5)]
        if self._happens(self.rates.double):
            self.inject(Fault.DUPLICATED, carrier)
            when.append(self.random.choice((0.0, 5.0, 900.0)) + self.random.random())
        return when

    def job(self, content: str, operation: str) -> tuple[float, str]:
        seconds = self.times.uniform(*self.job_seconds)
        if self._happens(self.rates.failed_job):
            self.inject(Fault.DETECTION_FAILED)
            self.mark(content, Fault.DETECTION_FAILED)
            return seconds, "The video could not be decoded."
        if self._happens(self.rates.job_at_once):
            self.inject(Fault.DETECTION_AT_ONCE)
            return 0.0, ""
        if self._happens(self.rates.late_job):
            self.inject(Fault.DETECTION_LATE)
            return self.random.uniform(3600, 4 * 3600), ""
        return seconds, ""

    def slots_taken(self) -> int:
        """By windows of ten minutes, so that the same moment always has the same tenant."""
        taken = self.tenant(self.now())
        if taken:
            self.inject(Fault.SLOTS_TAKEN)
        return taken

    def tenant(self, at: float) -> int:
        """Slots that another tenant holds at a time."""
        dice = random.Random(f"{self.seed}/tenant/{int(at // 600)}")
        return dice.randint(1, 20) if dice.random() < self.rates.tenant else 0

    def forget_page(self) -> bool:
        return self._happens(self.rates.page) and bool(self.inject(Fault.PAGE_TOKEN_EXPIRED))

    def index_lag(self) -> float:
        if self._happens(self.rates.late_index):
            self.inject(Fault.INDEX_LATE)
            return self.random.uniform(1, 8)
        return super().index_lag()

    def render(self, metadata: Mapping[str, str]) -> tuple[float, int]:
        seconds, _ = super().render(metadata)
        if self._happens(self.rates.failed_render):
            self.inject(Fault.RENDER_FAILED)
            self.mark(metadata["videoId"], Fault.RENDER_FAILED)
            return seconds, self.random.choice((1030, 1401, 1999, 3451))
        return seconds, 0

    def fault_of_render(self) -> Fault | None:
        if not self._happens(self.rates.render_call):
            return None
        return self.inject(self.random.choice((Fault.RENDER_THROTTLED, Fault.RENDER_ANSWER_LOST)))

    def explains(self, letters: int) -> bool:
        """A message dies after five bad receives; one bad receive can be that of ten messages."""
        return letters <= 2 * self._resume_faults
