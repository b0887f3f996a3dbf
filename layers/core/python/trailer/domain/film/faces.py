"""Faces as evidence: how prominent, how many, and what they show.

What viewers respond to is an expressive face, one to three of them, large; a crowd
lowers interest and a calm face says little (Netflix's published artwork findings).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import fsum, sqrt
from operator import attrgetter
from typing import Final

from trailer.domain.film.detections import EMOTIONS, FaceDetection
from trailer.domain.film.moments import MomentGrid
from trailer.domain.film.ranks import ranked

FACE_CONFIDENCE: Final = 50.0

_LARGE_SIDE: Final = 0.4
"""Square root of the area, as a share of the picture, from which a face is as prominent as can be."""
_CROWD: Final = 3
_MATTERS: Final = 0.005
"""Smallest area of a face that counts in a two-shot."""
_CALM: Final = EMOTIONS.index("CALM")
_UNKNOWN: Final = EMOTIONS.index("UNKNOWN")
_FELT: Final = 0.01
"""A smaller share is no emotion but what a detector spreads over all that it knows."""


@dataclass(slots=True)
class FaceReading:
    """What the faces of one moment say; cues and emotions are 0 to 1."""

    cues: dict[str, float]
    emotions: dict[str, float]


Sample = list[FaceDetection]
"""Faces that are seen at once, by area."""


def face_readings(faces: Iterable[FaceDetection], grid: MomentGrid) -> dict[int, FaceReading]:
    """One reading for each moment that has a usable face.

    A face without emotions counts as a face and is no evidence of any emotion.
    """
    samples = _samples(faces, grid)
    together = {moment: list(chain.from_iterable(own)) for moment, own in samples.items()}
    readings = {moment: _read(own, together[moment]) for moment, own in samples.items()}
    for name in ("brightness", "sharpness"):
        for moment, rank in _ranked_quality(together, name).items():
            readings[moment].cues[name] = rank
    return readings


def _samples(faces: Iterable[FaceDetection], grid: MomentGrid) -> dict[int, list[Sample]]:
    """The usable faces of each moment, those of one time together."""
    usable = [face for face in faces if face.confidence >= FACE_CONFIDENCE and face.area > 0]
    usable.sort(key=attrgetter("at", "area", "emotions"))
    samples: dict[int, list[Sample]] = {}
    sample: Sample = []
    seen_at: int | None = None
    for face in usable:
        if face.at != seen_at:
            seen_at, sample = face.at, []
            moment = grid.at(grid.frame_at(seen_at))
            if moment is not None:
                samples.setdefault(moment, []).append(sample)
        sample.append(face)
    return samples


def _read(samples: Sequence[Sample], together: Sequence[FaceDetection]) -> FaceReading:
    """What the samples of one moment say; ``together`` has the faces of all."""
    areas = [[face.area for face in faces] for faces in samples]
    cues = {
        "faces": fsum(map(_prominence, areas)) / len(samples),
        "two_shot": sum(map(_is_two_shot, areas)) / len(samples),
    }
    shares = _shares(together)
    if not shares:
        return FaceReading(cues, {})
    # A small face shows its emotion to few: half of the weight needs size.
    seen = 0.5 + 0.5 * cues["faces"]
    cues["expressive"] = min(1.0, max(0.0, 1 - shares[_CALM] - shares[_UNKNOWN])) * seen
    emotions = {
        name: (share if share < 1.0 else 1.0) * seen
        for name, share in zip(EMOTIONS, shares, strict=True)
        if share >= _FELT and name != "UNKNOWN"
    }
    return FaceReading(cues, emotions)


def _shares(faces: Iterable[FaceDetection]) -> list[float]:
    """How far each of ``EMOTIONS`` is felt, 0 to 1, each face that tells weighed by its area; or nothing."""
    felt: Sequence[float] = ()
    weight = 0.0
    for face in faces:
        if face.emotions:
            area = face.area
            weight += area
            felt = (
                [shown + area * level for shown, level in zip(felt, face.emotions, strict=True)]
                if felt
                else [area * level for level in face.emotions]
            )
    weight *= 100
    return [shown / weight for shown in felt]


def _prominence(areas: Sequence[float]) -> float:
    side = sqrt(fsum(areas)) / _LARGE_SIDE
    crowd = 1.0 if len(areas) <= _CROWD else _CROWD / len(areas)
    return (side if side < 1.0 else 1.0) * crowd


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
