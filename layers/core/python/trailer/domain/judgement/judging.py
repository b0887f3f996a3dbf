"""Judging one plan: every metric of the suite and the composite score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.judgement.case import Case, Measurements, Yardstick
from trailer.domain.judgement.readings import Judgement, Reading
from trailer.domain.judgement.suite import SUITE
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.taste.profiles import ViewerProfile

SCORE_WEIGHTS: Final = {
    "lift": 0.25,
    "coverage": 0.15,
    "novelty": 0.10,
    "separation": 0.15,
    "pacing": 0.15,
    "stage": 0.10,
    "optimality": 0.10,
}
"""Weights of the composite score (reference §6); "novelty" is 1 - redundancy."""

_FULL_LIFT: Final = 6.0
_WORST_STAGE: Final = 0.4
_PACING: Final = ("shot_length", "shot_variation", "acceleration")


def judge(
    analysis: Analysis,
    plan: TrailerPlan,
    profile: ViewerProfile,
    *,
    others: Mapping[str, TrailerPlan] | None = None,
    measured: Measurements | None = None,
    yard: Yardstick | None = None,
) -> Judgement:
    """Compute the whole metric suite for one plan.

    Args:
        analysis: the film.
        plan: the plan, ours or anybody's.
        profile: the viewer it is judged for.
        others: trailers of the same film and length for other profiles, by profile id.
        measured: what analysis and plan can't tell; metrics without it are "unmeasured".
        yard: made for the same film and profile before, to judge many plans quickly.
    """
    case = Case(yard or Yardstick(analysis, profile), plan, others or {}, measured or Measurements())
    readings = {metric.key: Reading(metric, metric.measure(case)) for metric in SUITE}
    parts = score_parts(readings)
    weight = sum(SCORE_WEIGHTS[name] for name in parts)
    quality = sum(SCORE_WEIGHTS[name] * value for name, value in parts.items())
    return Judgement(readings, parts, 100 * quality / weight if weight else 0.0)


def score_parts(readings: Mapping[str, Reading]) -> dict[str, float]:
    """The parts of the composite score, each 0 to 1.

    ``100 * (.25 lift + .15 coverage + .10 (1 - redundancy) + .15 separation + .15 pacing + .10 stage
    + .10 optimality)`` with lift capped at 6, stage as 1 - distance / 0.4 and pacing as the mean of
    its three sub-targets. A part that was not measured is left out and the others share its weight.
    """
    value = {key: reading.value for key, reading in readings.items()}
    lift, redundancy, stage = value["relevance_lift"], value["redundancy"], value["stage_distance"]
    found = {
        "lift": None if lift is None else lift / _FULL_LIFT,
        "coverage": value["coverage"],
        "novelty": None if redundancy is None else 1 - redundancy,
        "separation": value["mean_distance"],
        "pacing": _pacing(readings),
        "stage": None if stage is None else 1 - stage / _WORST_STAGE,
        "optimality": value["optimality"],
    }
    return {name: min(1.0, max(0.0, part)) for name, part in found.items() if part is not None}


def _pacing(readings: Mapping[str, Reading]) -> float | None:
    near = [nearness(readings[key]) for key in _PACING if readings[key].value is not None]
    return sum(near) / len(near) if near else None


def nearness(reading: Reading) -> float:
    """1 in the target; outside falling in proportion to the missed bound, to 0 at twice or none of it."""
    target = reading.metric.target
    if reading.value is None:
        return 0.0
    missed = target.shortfall(reading.value)
    below = target.low is not None and reading.value < target.low
    bound = abs((target.low if below else target.high) or 0.0)
    return max(0.0, 1 - missed / bound) if missed and bound else float(not missed)
