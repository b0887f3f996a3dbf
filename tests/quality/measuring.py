"""Every film x profile x length judged, ours and the baselines: the numbers behind `make quality`.

The films are measured side by side in two processes. Of the six-hour film only a few
combinations are made, for its plans take seconds each.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from math import fsum

from tests.quality.fixtures import titles
from tests.quality.repeating import hashes_of, noisy_plans
from trailer.domain.film.analysis import Analysis
from trailer.domain.judgement import BASELINES, Judgement, Measurements, Rivals, Yardstick, judge
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import load_profiles
from trailer.domain.time.timecode import whole_frames

BUDGETS = (10, 15, 30, 60, 90, 120)
OURS = "ours"
METHODS = (OURS, *BASELINES)

_LARGE = "epic-6h"
_OF_LARGE = (("action_enthusiast", "documentary_travel", "romance"), (30, 120))
_REPEATED = ("clip-4min", 30)
"""The film and length that are also planned again and again, and under noise."""


@dataclass(frozen=True)
class Cell:
    """One judged trailer; of the random baseline the mean of all draws."""

    film: str
    profile: str
    seconds: int
    method: str
    values: dict[str, float]
    """By metric key, "score" and "quality" included; what was unmeasured is absent."""


@cache
def cells() -> tuple[Cell, ...]:
    """All judged trailers."""
    # Spawned, not forked: by now other tests have threads here, and a fork that meets one with a lock hangs.
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        found = [cell for own in pool.map(_film, reversed(titles())) for cell in own]
    return tuple(sorted(found, key=lambda cell: list(titles()).index(cell.film)))


def pick(film: str | None, method: str, profile: str | None = None) -> list[Cell]:
    """Cells of a method, of one film and profile if given."""
    return [
        cell
        for cell in cells()
        if cell.method == method and film in (None, cell.film) and profile in (None, cell.profile)
    ]


def values(found: Iterable[Cell], key: str) -> list[float]:
    """What a metric is in the cells that have it."""
    return [cell.values[key] for cell in found if key in cell.values]


def mean(numbers: Iterable[float]) -> float:
    """Arithmetic mean."""
    listed = list(numbers)
    return fsum(listed) / len(listed)


def _film(name: str) -> list[Cell]:
    analysis = titles()[name].analysis()
    profiles, budgets = _OF_LARGE if name == _LARGE else (tuple(load_profiles()), BUDGETS)
    yards = {profile: Yardstick(analysis, load_profiles()[profile]) for profile in profiles}
    rivals = Rivals(analysis)
    lengths = [(seconds, slice(turn, None, len(budgets))) for turn, seconds in enumerate(budgets)]
    return [cell for seconds, draws in lengths for cell in _length(name, seconds, draws, yards, rivals)]


def _length(name: str, seconds: int, draws: slice, yards: dict[str, Yardstick], rivals: Rivals) -> list[Cell]:
    """One length of a film; of the baselines that draw lots, each draw is judged at one of the lengths."""
    analysis = rivals.analysis
    limit = whole_frames(seconds, analysis.media.frame_rate)
    ours = {key: plan_trailer(analysis, yard.profile, PlanRequest(limit)) for key, yard in yards.items()}
    drawn = {key: rivals.plans(yard, limit) for key, yard in yards.items()}
    found = []
    for profile, yard in yards.items():
        measured = _measured(name, seconds, ours[profile], analysis, yard)
        judgement = judge(analysis, ours[profile], yard.profile, others=ours, measured=measured, yard=yard)
        found.append(Cell(name, profile, seconds, OURS, _values([judgement])))
        for method in BASELINES:
            judged = [
                judge(
                    analysis,
                    plan,
                    yard.profile,
                    others={key: drawn[key][method][turn] for key in yards},
                    yard=yard,
                )
                for turn, plan in _some(drawn[profile][method], draws)
            ]
            found.append(Cell(name, profile, seconds, method, _values(judged)))
    return found


def _some(plans: Sequence[TrailerPlan], draws: slice) -> list[tuple[int, TrailerPlan]]:
    numbered = list(enumerate(plans))
    return numbered if len(numbered) == 1 else numbered[draws]


def _measured(
    name: str, seconds: int, plan: TrailerPlan, analysis: Analysis, yard: Yardstick
) -> Measurements | None:
    if (name, seconds) != _REPEATED:
        return None
    detections = titles()[name].detections()

    def make(film: Analysis) -> TrailerPlan:
        return plan_trailer(film, yard.profile, PlanRequest(plan.max_frames))

    return Measurements(
        hashes=hashes_of(detections, analysis.media, make),
        noisy=noisy_plans(detections, analysis.media, make),
    )


def _values(judged: list[Judgement]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for judgement in judged:
        found.setdefault("score", []).append(judgement.score)
        found.setdefault("quality", []).append(judgement.quality)
        found.setdefault("broken", []).append(len(judgement.failed_gates))
        for key, reading in judgement.readings.items():
            if reading.value is not None:
                found.setdefault(key, []).append(reading.value)
    return {key: mean(numbers) for key, numbers in found.items()}
