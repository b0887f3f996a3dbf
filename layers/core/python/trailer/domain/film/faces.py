"""Faces as evidence: how prominent, how many, and what they show.

What viewers respond to is an expressive face, one to three of them, large; a crowd
lowers interest and a calm face says little (Netflix's published artwork findings).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import fsum, sqrt
from operator import attrgetter
from typing import Final

from trailer.domain.film.detections import FaceDetection
from trailer.domain.film.moments import MomentGrid
from trailer.domain.film.ranks import ranked
from trailer.domain.time.timecode import milliseconds_to_frame

FACE_CONFIDENCE: Final = 50.0

_LARGE_SIDE: Final = 0.4
"""Square root of the area, as a share of the picture, from which a face is as prominent as can be."""
_CROWD: Final = 3
_MATTERS: Final = 0.005
"""Smallest area of a face that counts in a two-shot."""
_QUIET: Final = frozenset({"CALM", "UNKNOWN"})


@dataclass(slots=True)
class FaceReading:
    """What the faces of one moment say; cues and emotions are 0 to 1."""

    cues: dict[str, float]
    emotions: tuple[tuple[str, float], ...]


def face_readings(faces: Iterable[FaceDetection], grid: MomentGrid, rate: Fraction) -> dict[int, FaceReading]:
    """One reading for each moment that has a usable face.

    A face without emotions counts as a face and is no evidence of any emotion.
    """
    sampled: dict[int, list[list[FaceDetection]]] = {}
    usable = [face for face in faces if face.confidence >= FACE_CONFIDENCE and face.area > 0]
    usable.sort(key=attrgetter("at", "area", "emotions"))  # So that sums don't depend on the answer's order.
    for at, group in groupby(usable, key=attrgetter("at")):
        moment = grid.at(milliseconds_to_frame(at, rate))
        if moment is not None:
            sampled.setdefault(moment, []).append(list(group))
    readings = {moment: _read(samples) for moment, samples in sampled.items()}
    for name in ("brightness", "sharpness"):
        for moment, rank in _ranked_quality(sampled, name).items():
            readings[moment].cues[name] = rank
    return readings


def _read(samples: Sequence[Sequence[FaceDetection]]) -> FaceReading:
    cues = {
        "faces": fsum(_prominence(faces) for faces in samples) / len(samples),
        "two_shot": sum(_is_two_shot(faces) for faces in samples) / len(samples),
    }
    measured = [face for faces in samples for face in faces if face.emotions]
    if not measured:
        return FaceReading(cues, ())
    weight = 100 * sum(face.area for face in measured)
    felt: dict[str, float] = {}
    for face in measured:
        area = face.area
        for name, percent in face.emotions:
            felt[name] = felt.get(name, 0.0) + area * percent
    shares = {name: felt[name] / weight for name in sorted(felt)}
    # A small face shows its emotion to few: half of the weight needs size.
    seen = 0.5 + 0.5 * cues["faces"]
    quiet = fsum(shares.get(name, 0.0) for name in sorted(_QUIET))
    cues["expressive"] = min(1.0, max(0.0, 1 - quiet)) * seen
    emotions = tuple(
        (name, min(1.0, share) * seen)
        for name, share in shares.items()
        if share >= 0.01 and name != "UNKNOWN"
    )
    return FaceReading(cues, emotions)


def _prominence(faces: Sequence[FaceDetection]) -> float:
    side = sqrt(min(1.0, fsum(face.area for face in faces)))
    crowd = 1.0 if len(faces) <= _CROWD else _CROWD / len(faces)
    return min(1.0, side / _LARGE_SIDE) * crowd


def _is_two_shot(faces: Sequence[FaceDetection]) -> bool:
    areas = sorted((face.area for face in faces if face.area >= _MATTERS), reverse=True)
    return len(areas) == 2 and areas[1] >= areas[0] / 4


def _ranked_quality(sampled: Mapping[int, Sequence[Sequence[FaceDetection]]], name: str) -> dict[int, float]:
    """Rank within the film of the moments' mean face quality; moments without a value are absent."""
    means: dict[int, float] = {}
    for moment in sorted(sampled):
        values = [
            value for faces in sampled[moment] for face in faces if (value := getattr(face, name)) is not None
        ]
        if values:
            means[moment] = fsum(values) / len(values)
    return dict(zip(means, ranked(list(means.values())), strict=True))
