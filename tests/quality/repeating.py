"""The same wish again and again: with shuffled answers, and with a little noise on all confidences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.film.detections import Detections
from trailer.domain.film.media import SourceMedia
from trailer.domain.planning.plan import TrailerPlan
from trailer.wire.plan import plan_hash

RUNS = 20
NOISE = 2.0
"""Points of confidence, up or down."""

_LISTS = ("shots", "cues", "labels", "faces", "celebrities", "moderation")
_NOISY = ("labels", "celebrities")

Make = Callable[[Analysis], TrailerPlan]

_kept: dict[tuple[str, int], list[Analysis]] = {}


def hashes_of(detections: Detections, media: SourceMedia, make: Make) -> tuple[str, ...]:
    """Plan hashes of runs on shuffled detections."""
    return tuple(plan_hash(make(film)) for film in _films("shuffled", shuffled, detections, media))


def noisy_plans(detections: Detections, media: SourceMedia, make: Make) -> tuple[TrailerPlan, ...]:
    """Plans after noise on the confidences."""
    return tuple(make(film) for film in _films("noisy", noisy, detections, media))


def shuffled(detections: Detections, seed: int) -> Detections:
    """The same findings in another order."""
    random = Random(seed)
    mixed: dict[str, Any] = {}
    for name in _LISTS:
        items = list(getattr(detections, name))
        random.shuffle(items)
        mixed[name] = tuple(items)
    return replace(detections, **mixed)


def noisy(detections: Detections, seed: int) -> Detections:
    """Every confidence, and every emotion of a face, moved by up to two points."""
    random = Random(seed)

    def moved(value: float) -> float:
        return min(100.0, max(0.0, value + random.uniform(-NOISE, NOISE)))

    changed: dict[str, Any] = {
        name: tuple(replace(item, confidence=moved(item.confidence)) for item in getattr(detections, name))
        for name in _NOISY
    }
    changed["faces"] = tuple(
        replace(face, emotions=tuple(moved(value) if value else 0.0 for value in face.emotions))
        for face in detections.faces
    )
    return replace(detections, **changed)


def _films(
    kind: str, change: Callable[[Detections, int], Detections], detections: Detections, media: SourceMedia
) -> list[Analysis]:
    key = (kind, id(detections))
    if key not in _kept:
        _kept[key] = [analyse("film", change(detections, seed), media) for seed in range(RUNS)]
    return _kept[key]
