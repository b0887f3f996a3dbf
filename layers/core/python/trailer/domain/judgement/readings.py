"""What the judge says: metrics with their targets, readings, and the judgement of one plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from trailer.domain.judgement.case import Case

Verdict = Literal["pass", "miss", "fail", "told", "unmeasured"]
"""pass: in the target; miss: outside; fail: outside and a hard gate; told: has no target; unmeasured: see
the note."""

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Target:
    """An interval, bounds included; None is no bound."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a value lies inside."""
        above = self.low is None or value >= self.low - _TOLERANCE
        return above and (self.high is None or value <= self.high + _TOLERANCE)

    def shortfall(self, value: float) -> float:
        """How far outside a value lies; 0 inside."""
        below = 0.0 if self.low is None else self.low - value
        beyond = 0.0 if self.high is None else value - self.high
        return max(0.0, below, beyond)

    def __str__(self) -> str:
        if self.low is not None and self.low == self.high:
            return f"{self.low:g}"
        if self.high is None:
            return "" if self.low is None else f">= {self.low:g}"
        return f"<= {self.high:g}" if self.low is None else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Metric:
    """One line of the suite."""

    number: int
    """Its number in the reference's suite of 24; a metric with several figures has several lines."""
    key: str
    title: str
    target: Target
    measure: Callable[[Case], float | None]
    """Gives None where the plan or the film has nothing to measure it on."""
    gate: bool = False
    """Whether missing the target makes the plan worthless."""
    absent: str = "nothing of this kind in the film or the plan"
    """Why there is no value, when there is none."""

    @property
    def formula(self) -> str:
        """What is measured and where that comes from: the first line of the measuring function."""
        return (self.measure.__doc__ or "").strip().splitlines()[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric of one plan."""

    metric: Metric
    value: float | None

    @property
    def verdict(self) -> Verdict:
        """How the value stands to the target."""
        if self.value is None:
            return "unmeasured"
        if self.metric.target == Target():
            return "told"
        if self.metric.target.holds(self.value):
            return "pass"
        return "fail" if self.metric.gate else "miss"

    @property
    def note(self) -> str:
        """Why there is no value; empty when there is one."""
        return self.metric.absent if self.value is None else ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All metrics of one plan, in the order of the suite, and the composite score."""

    readings: Mapping[str, Reading]
    """By the metric's key."""
    parts: Mapping[str, float]
    """Parts of the composite score, each 0 to 1; a part that could not be measured is absent."""
    quality: float
    """0 to 100: the weighted parts, whether or not a hard gate failed."""

    @property
    def failed_gates(self) -> tuple[str, ...]:
        """Keys of the hard gates that the plan breaks."""
        return tuple(key for key, reading in self.readings.items() if reading.verdict == "fail")

    @property
    def score(self) -> float:
        """The composite score: ``quality``, or 0 when a hard gate fails."""
        return 0.0 if self.failed_gates else self.quality

    def value(self, key: str) -> float | None:
        """The value of a metric; None when it was not measurable."""
        return self.readings[key].value
