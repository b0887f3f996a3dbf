"""What can be seen at each moment: labels, faces, emotions, people, and how it is cut.

Nothing here knows a viewer. Every number is 0 to 1 and is rounded, so that the
analysis is small and reads back exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from math import log
from typing import Final, TypeVar

from trailer.domain.film.concepts import Concept, Lexicon
from trailer.domain.film.detections import (
    Detections,
    LabelDetection,
    ModerationDetection,
)
from trailer.domain.film.faces import face_readings
from trailer.domain.film.moments import MomentGrid
from trailer.domain.film.ranks import ranked
from trailer.domain.film.shots import Shot, cut_rates
from trailer.domain.time.timecode import FrameRange

Key = TypeVar("Key")

PLACES: Final = 4
"""Decimals of a stored strength; its last digit is far below a detector's noise."""

CELEBRITY_CONFIDENCE: Final = 90.0
"""Rekognition names strangers below this; its own documentation samples reach down to 0.7."""

_CUT_RATE_WINDOW_SECONDS: Final = 20
_DARK_LABELS: Final = frozenset({"Night", "Darkness"})
_COLLAPSE_SHARE: Final = 0.5
_STORED: Final = 10.0**PLACES
_WHOLE: Final = 2.0**52


@dataclass(frozen=True, slots=True)
class Moment:
    """About one second of one shot and what is in it."""

    range: FrameRange
    shot: int
    strengths: tuple[tuple[int, float], ...]
    """Index into the analysis' concepts and strength, sorted by index."""
    cues: Mapping[str, float] = field(default_factory=dict)
    """Continuous cues by name (see ``CUES``); an unmeasured cue is absent, not zero."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of a whole film."""

    concepts: tuple[Concept, ...]
    moments: tuple[Moment, ...]


CUES: Final = (
    "faces",
    "two_shot",
    "expressive",
    "cut_rate",
    "brightness",
    "sharpness",
    "darkness",
    "speech",
)
"""faces: how prominent, falling above three; two_shot: exactly two that matter; expressive: what is
neither calm nor unknown; cut_rate, brightness, sharpness: rank within this film; darkness: Night and
Darkness labels, or faces darker than the film's median; speech: share of the time in which people talk."""


def strength(confidence: float) -> float:
    """A detector's confidence of 50-100 as 0-1; below 50 there is no evidence."""
    share = (confidence - 50.0) / 50.0
    return 0.0 if share < 0.0 else 1.0 if share > 1.0 else share


Finding = tuple[int, int, int, float]
"""Number of what is found, milliseconds at which it starts and ends (the same of a sample), confidence."""


def gather(
    detections: Detections, shots: Sequence[Shot], rate: Fraction, words: Sequence[FrameRange] | None = None
) -> Evidence:
    """Attach all findings to the moments of the film; the order of the findings does not matter.

    Args:
        detections: the findings.
        shots: of the film, in order.
        rate: frames per second.
        words: frames of what is spoken, in order; None when nobody tells.
    """
    grid = MomentGrid(shots, rate)
    lexicon = Lexicon(detections)
    found = _Found(len(grid))
    _attach(found, grid, _spans(detections.labels, lexicon.labels))
    rarity = _rarity(found, lexicon)
    _collapse_ancestors(found, lexicon)
    _attach(found, grid, _spans(detections.moderation, lexicon.moderation))
    celebrities = (
        (lexicon.celebrities[d.name], d.at, d.at, d.confidence)
        for d in detections.celebrities
        if d.confidence >= CELEBRITY_CONFIDENCE
    )
    _attach(found, grid, celebrities)
    _add_faces(found, lexicon, detections, grid)
    _add_cut_rate(found, shots, grid, rate)
    _add_darkness(found, lexicon)
    _add_speech(found, words, grid)
    left = sorted(set(chain.from_iterable(found.strengths)))
    return Evidence(lexicon.concepts(left, rarity), _moments(found, grid, left))


class _Found:
    """What has been found so far, by moment."""

    def __init__(self, moments: int) -> None:
        self.strengths: list[dict[int, float]] = [{} for _ in range(moments)]
        self.cues: list[dict[str, float]] = [{} for _ in range(moments)]


def _spans(
    detected: Iterable[LabelDetection | ModerationDetection], number_of: Mapping[str, int]
) -> Iterator[Finding]:
    for one in detected:
        yield number_of[one.name], one.span.start, one.span.end, one.confidence


def _attach(found: _Found, grid: MomentGrid, findings: Iterable[Finding]) -> None:
    """Keep the strongest finding of each concept per moment.

    A finding counts in full when it covers half of the moment, in proportion when less.
    """
    seen: tuple[int, int] | None = None
    reached: list[tuple[dict[int, float], float]] = []
    for number, start, end, confidence in findings:
        full = strength(confidence)
        if full <= 0:
            continue
        if seen != (start, end):  # What is seen together comes together.
            seen = start, end
            reached = _reached(found, grid, start, end)
        for strengths, share in reached:
            value = full * share
            if value > strengths.get(number, 0.0):
                strengths[number] = value


def _reached(found: _Found, grid: MomentGrid, start: int, end: int) -> list[tuple[dict[int, float], float]]:
    """What is found in the moments that a finding speaks for, each with how much of it counts there."""
    frames = grid.stretch(start, end) if end > start else grid.around(start)
    if frames is None:
        return []
    all_strengths, lengths = found.strengths, grid.lengths
    return [
        (all_strengths[moment], twice / lengths[moment] if (twice := 2 * shared) < lengths[moment] else 1.0)
        for moment, shared in grid.overlapping(*frames)
    ]


def _rarity(found: _Found, lexicon: Lexicon) -> dict[int, float]:
    """How rare each label is within this film: ln((1+T)/(1+n)) / ln(1+T) over T moments."""
    count = Counter(chain.from_iterable(found.strengths))
    moments = len(found.strengths)
    whole = log(1 + moments)
    return {
        number: round(log((1 + moments) / (1 + count[number])) / whole, PLACES)
        for number in lexicon.labels.values()
    }


def _collapse_ancestors(found: _Found, lexicon: Lexicon) -> None:
    """Drop labels that a descendant at the same moment already stands for.

    Rekognition returns Vehicle beside every Car. The ancestor stays only where it is much
    surer than all its descendants, and so tells something of its own.
    """
    number_of, ancestors = lexicon.labels, lexicon.ancestors
    above = {
        number: [number_of[up] for up in ancestors[name] if up in number_of and name not in ancestors[up]]
        for name, number in number_of.items()
    }
    for strengths in found.strengths:
        for number, value in list(strengths.items()):
            for up in above[number]:
                if up in strengths and value >= _COLLAPSE_SHARE * strengths[up]:
                    del strengths[up]


def _add_faces(found: _Found, lexicon: Lexicon, detections: Detections, grid: MomentGrid) -> None:
    for moment, reading in face_readings(detections.faces, grid).items():
        found.cues[moment].update(reading.cues)
        strengths = found.strengths[moment]
        for emotion, value in reading.emotions.items():
            strengths[lexicon.emotions[emotion]] = value


def _add_cut_rate(found: _Found, shots: Sequence[Shot], grid: MomentGrid, rate: Fraction) -> None:
    if len(shots) < 2:
        return
    ranks = ranked(cut_rates(shots, int(_CUT_RATE_WINDOW_SECONDS * rate)))
    for cues, shot in zip(found.cues, grid.shot_of, strict=True):
        cues["cut_rate"] = ranks[shot]


def _add_darkness(found: _Found, lexicon: Lexicon) -> None:
    labels = [lexicon.labels[name] for name in _DARK_LABELS if name in lexicon.labels]
    for strengths, cues in zip(found.strengths, found.cues, strict=True):
        dark = 1 - 2 * cues["brightness"] if "brightness" in cues else 0.0
        for label in labels:
            dark = max(dark, strengths.get(label, 0.0))
        if dark > 0:
            cues["darkness"] = dark


def _add_speech(found: _Found, words: Sequence[FrameRange] | None, grid: MomentGrid) -> None:
    if words is None:
        return
    spoken = [0] * len(grid)
    for word in words:
        for moment, shared in grid.overlapping(word.start, word.end):
            spoken[moment] += shared
    for cues, frames, length in zip(found.cues, spoken, grid.lengths, strict=True):
        cues["speech"] = min(1.0, frames / length)


def _moments(found: _Found, grid: MomentGrid, left: Sequence[int]) -> tuple[Moment, ...]:
    """The moments, with the numbers that are left of all concepts counted through."""
    position_of = {number: position for position, number in enumerate(left)}
    present = [sorted(strengths) for strengths in found.strengths]
    measured = [[name for name in CUES if name in cues] for cues in found.cues]
    # Rounded in two streams: a call for each moment would take longer than the rounding.
    values = iter(stored(chain.from_iterable(map(_picked, found.strengths, present))))
    levels = iter(stored(chain.from_iterable(map(_picked, found.cues, measured))))
    return tuple(
        [
            Moment(
                frames,
                shot,
                tuple(zip(map(position_of.__getitem__, numbers), values, strict=False)),
                dict(zip(names, levels, strict=False)),
            )
            for frames, shot, numbers, names in zip(grid.ranges, grid.shot_of, present, measured, strict=True)
        ]
    )


def _picked(strengths: Mapping[Key, float], keys: Iterable[Key]) -> Iterator[float]:
    return map(strengths.__getitem__, keys)


def stored(values: Iterable[float]) -> list[float]:
    """The nearest number of ``PLACES`` decimals of each, in a tenth of the time of ``round``.

    That is most of what making moments takes. A double has no room for a fraction beside 2**52, so that
    adding this and taking it away leaves a whole number, the nearest one.
    """
    return [(value * _STORED + _WHOLE - _WHOLE) / _STORED for value in values]
