"""Faces as evidence: how prominent, how many, and what they show.

What viewers respond to is an expressive face, one to three of them, large; a crowd
lowers interest and a calm face says little (Netflix's published artwork findings).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from math import fsum, sqrt
from operator import attrgetter
from typing import Final

from trailer.domain.film.detections import FaceDetection
from trailer.domain.film.moments import MomentGrid
from trailer.domain.film.ranks import ranked

FACE_CONFIDENCE: Final = 50.0

_LARGE_SIDE: Final = 0.4
"""Square root of the area, as a share of the picture, from which a face is as prominent as can be."""
_CROWD: Final = 3
_MATTERS: Final = 0.005
"""Smallest area of a face that counts in a two-shot."""
_QUIET: Final = frozenset({"CALM", "UNKNOWN"})
_FELT: Final = 0.01
"""A smaller share is no emotion but what a detector spreads over all that it knows."""


@dataclass(slots=True)
class FaceReading:
    """What the faces of one moment say; cues and emotions are 0 to 1."""

    cues: dict[str, float]
    emotions: dict[str, float]


def face_readings(faces: Iterable[FaceDetection], grid: MomentGrid) -> dict[int, FaceReading]:
    """One reading for each moment that has a usable face.

    A face without emotions counts as a face and is no evidence of any emotion.
    """
    usable = [face for face in faces if face.confidence >= FACE_CONFIDENCE and face.area > 0]
    usable.sort(key=attrgetter("at"))
    sampled: dict[int, list[list[FaceDetection]]] = {}
    for at, group in groupby(usable, key=attrgetter("at")):
        moment = grid.at(grid.frame_at(at))
        if moment is not None:
            sampled.setdefault(moment, []).append(sorted(group, key=attrgetter("area", "emotions")))
    together = {moment: list(chain.from_iterable(samples)) for moment, samples in sampled.items()}
    readings = {moment: _read(samples, together[moment]) for moment, samples in sampled.items()}
    for name in ("brightness", "sharpness"):
        for moment, rank in _ranked_quality(together, name).items():
            readings[moment].cues[name] = rank
    return readings


def _read(samples: Sequence[Sequence[FaceDetection]], together: Sequence[FaceDetection]) -> FaceReading:
    """What the samples of one moment say; the faces of each are sorted by area, ``together`` has all."""
    areas = [[face.area for face in faces] for faces in samples]
    cues = {
        "faces": fsum(map(_prominence, areas)) / len(samples),
        "two_shot": sum(map(_is_two_shot, areas)) / len(samples),
    }
    shares = _shares([face for face in together if face.emotions])
    if not shares:
        return FaceReading(cues, {})
    # A small face shows its emotion to few: half of the weight needs size.
    seen = 0.5 + 0.5 * cues["faces"]
    quiet = fsum([shares.get(name, 0.0) for name in _QUIET])
    cues["expressive"] = min(1.0, max(0.0, 1 - quiet)) * seen
    emotions = {
        name: (share if share < 1.0 else 1.0) * seen
        for name, share in shares.items()
        if share >= _FELT and name != "UNKNOWN"
    }
    return FaceReading(cues, emotions)


def _shares(measured: Sequence[FaceDetection]) -> dict[str, float]:
    """What is felt, 0 to 1, each face weighed by its area."""
    felt: dict[str, float] = {}
    weight = 0.0
    for face in measured:
        area = face.area
        weight += area
        if not felt:
            felt = {name: area * percent for name, percent in face.emotions}
            continue
        for name, percent in face.emotions:
            felt[name] = felt.get(name, 0.0) + area * percent
    weight *= 100
    return {name: value / weight for name, value in felt.items()}


def _prominence(areas: Sequence[float]) -> float:
    side = sqrt(min(1.0, fsum(areas)))
    crowd = 1.0 if len(areas) <= _CROWD else _CROWD / len(areas)
    return min(1.0, side / _LARGE_SIDE) * crowd


def _is_two_shot(areas: Sequence[float]) -> bool:
    matter = [area for area in areas if area >= _MATTERS] if len(areas) > 1 else ()
    return len(matter) == 2 and matter[0] >= matter[1] / 4


def _ranked_quality(together: Mapping[int, Sequence[FaceDetection]], name: str) -> dict[int, float]:
    """Rank within the film of the moments' mean face quality; moments without a value are absent."""
    quality = attrgetter(name)
    means: dict[int, float] = {}
    for moment, faces in together.items():
        values = [value for value in map(quality, faces) if value is not None]
        if values:
            means[moment] = fsum(values) / len(values)
    return dict(zip(means, ranked(list(means.values())), strict=True))
