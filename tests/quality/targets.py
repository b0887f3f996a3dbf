"""The targets of the project, one line each, and the misses that are known and must not grow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.quality.fixtures import titles
from tests.quality.measuring import METHODS, OURS, Cell, mean, pick, values
from trailer.domain.judgement import SUITE, Target

KNOWN_MISSES = Path(__file__).with_name("known_misses.json")
SLACK = 0.005
"""How much a known miss may grow: the file holds three decimals."""

_TARGETS = {metric.key: metric.target for metric in SUITE}


@dataclass(frozen=True)
class Line:
    """One target: a figure over all profiles and lengths of a film."""

    key: str
    target: Target
    figure: Callable[[str], float | None]
    """Of a film by name; None where nothing was measured."""
    bound: Callable[[str], float] | None = None
    """The most that a film allows, whoever cuts it; None where that is not known."""

    def within_reach(self, film: str) -> bool:
        """Whether some trailer of the film could hold the target, as far as that is known."""
        return self.bound is None or self.target.holds(self.bound(film))


def _worst(key: str, choose: Callable[[Iterable[float]], float]) -> Callable[[str], float | None]:
    def figure(film: str) -> float | None:
        found = values(pick(film, OURS), key)
        return choose(found) if found else None

    return figure


def _mean(key: str) -> Callable[[str], float | None]:
    def figure(film: str) -> float | None:
        found = values(pick(film, OURS), key)
        return mean(found) if found else None

    return figure


def _against(key: str, method: str) -> Callable[[str], float | None]:
    def figure(film: str) -> float | None:
        return _ratio(pick(film, OURS), pick(film, method), key)

    return figure


def _possible_lift(film: str) -> float:
    """Lift of the most relevant frames of a film, however they lie scattered, as many as a trailer has."""
    found = pick(film, OURS)
    lifts, shares = values(found, "relevance_lift"), values(found, "attained_relevance")
    return mean(lift / share for lift, share in zip(lifts, shares, strict=True))


def _ratio(ours: list[Cell], theirs: list[Cell], key: str) -> float | None:
    bottom = mean(values(theirs, key))
    return mean(values(ours, key)) / bottom if bottom > 0 else None


def _lead(film: str) -> float:
    """Composite score without the gates, ours by the best baseline's."""
    best = max(mean(values(pick(film, method), "quality")) for method in METHODS if method != OURS)
    return mean(values(pick(film, OURS), "quality")) / best


def _stages(_: str) -> float:
    """Mean over the titles: official trailers differ by about 0.1 from title to title."""
    return mean(mean(values(pick(film, OURS), "stage_distance")) for film in titles())


_ALWAYS = (
    "flash_frames",
    "technical_leakage",
    "safety_leakage",
    "spoilers",
    "inversions",
    "cut_words",
    "determinism",
)
"""Every single trailer has to hold these; the greatest counts."""
_LEAST = ("clean_cuts", "explained", "accounted", "dominance", "least_distance")
_ON_AVERAGE = (
    "shot_cuts",
    "tail",
    "relevance_lift",
    "face_lift",
    "emotion_lift",
    "action_lift",
    "coverage",
    "scene_spread",
    "cast_recall",
    "redundancy",
    "adjacent_redundancy",
    "mean_distance",
    "order",
    "shot_length",
    "shot_variation",
    "acceleration",
    "intensity",
    "talk_length",
    "instability",
)

_BOUNDS = {"relevance_lift": _possible_lift}

LINES = (
    Line("budget, least", _TARGETS["budget"], _worst("budget", min)),
    Line("budget, greatest", _TARGETS["budget"], _worst("budget", max)),
    *(Line(key, _TARGETS[key], _worst(key, max)) for key in _ALWAYS),
    *(Line(key, _TARGETS[key], _worst(key, min)) for key in _LEAST),
    *(Line(key, _TARGETS[key], _mean(key), _BOUNDS.get(key)) for key in _ON_AVERAGE),
    Line("relevance_lift / random", Target(3), _against("relevance_lift", "random")),
    Line("relevance_lift / top-k", Target(1.5), _against("relevance_lift", "top-k")),
    Line("coverage / top-k", Target(1), _against("coverage", "top-k")),
    Line("quality / best baseline", Target(1), _lead),
)


ALL = "all titles"
OF_ALL = (Line("stage_distance", _TARGETS["stage_distance"], _stages),)


def targets() -> list[tuple[str, Line]]:
    """Film and line of every target."""
    return [*((film, line) for film in titles() for line in LINES), *((ALL, line) for line in OF_ALL)]


def known_misses() -> dict[str, dict[str, float]]:
    """Film to line to the figure that was measured when the miss was accepted."""
    document = json.loads(KNOWN_MISSES.read_text(encoding="utf-8")) if KNOWN_MISSES.exists() else {}
    return {film: {key: entry["measured"] for key, entry in own.items()} for film, own in document.items()}


def accept() -> None:
    """Write down what misses its target now."""
    document: dict[str, dict[str, object]] = {}
    for film, line in targets():
        value = line.figure(film)
        if value is not None and not line.target.holds(value):
            entry: dict[str, object] = {"measured": round(value, 3), "target": str(line.target)}
            if line.bound is not None:
                entry["possible"] = round(line.bound(film), 3)
            document.setdefault(film, {})[line.key] = entry
    KNOWN_MISSES.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def complaint(film: str, line: Line) -> str | None:
    """What is wrong with a figure; None when it holds its target or its known miss."""
    value = line.figure(film)
    if value is None or line.target.holds(value):
        return None
    known = known_misses().get(film, {}).get(line.key)
    said = f"{line.key} of {film} is {value:.3f}, target {line.target}"
    if known is None:
        return f"{said}, and no known miss."
    if line.target.shortfall(value) > line.target.shortfall(known) + SLACK:
        return f"{said}; it was {known:.3f} when the miss was accepted."
    return None
