"""What can be seen at each moment: labels, faces, emotions, people, and how it is cut.

Nothing here knows a viewer. Every number is 0 to 1 and is rounded, so that the
analysis is small and reads back exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from math import log
from typing import Final

from trailer.domain.film.detections import Detections, LabelDetection, MillisecondSpan, ModerationDetection
from trailer.domain.film.faces import face_readings
from trailer.domain.film.moments import MomentGrid
from trailer.domain.film.ranks import ranked
from trailer.domain.film.shots import Shot, cut_rates
from trailer.domain.time.timecode import FrameRange

PLACES: Final = 4
"""Decimals of a stored strength; its last digit is far below a detector's noise."""

CELEBRITY_CONFIDENCE: Final = 90.0
"""Rekognition names strangers below this; its own documentation samples reach down to 0.7."""

_SAMPLES_BOTH_SIDES: Final = 4
"""A sample speaks for one second divided by this before and after it."""
_CUT_RATE_WINDOW_SECONDS: Final = 20
_DARK_LABELS: Final = frozenset({"Night", "Darkness"})
_COLLAPSE_SHARE: Final = 0.5
_STORED: Final = 10**PLACES
_SURELY_NEAREST: Final = 0.499


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that can be present: a label, an emotion, a celebrity or a moderation class."""

    kind: str
    """"label", "emotion", "celebrity" or "moderation"."""
    name: str
    parents: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    rarity: float = 1.0
    """0 for a label that is everywhere in this film, towards 1 for one seen once."""

    @property
    def key(self) -> str:
        """The name that the catalogue and the explanations use, such as "label:Car"."""
        return f"{self.kind}:{self.name}"


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


def to_frames(span: MillisecondSpan, rate: Fraction, grid: MomentGrid) -> tuple[int, int] | None:
    """The frames that a finding speaks for, from one up to another; None when that is outside all shots.

    A stretch speaks for itself. A sampled moment speaks for a quarter of a second on both
    sides (the detector looks twice a second), but never beyond its shot.
    """
    first = grid.frame_at(span.start)
    if not span.is_sample:
        return first, max(first + 1, grid.frame_at(span.end))
    moment = grid.at(first)
    if moment is None:
        return None
    half = -(-rate.numerator // (_SAMPLES_BOTH_SIDES * rate.denominator))
    shot = grid.shot_around(moment)
    return max(shot.start, first - half), min(shot.end, first + half)


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
    ancestors, categories = _taxonomy(detections.labels)
    found = _Found(len(grid))
    keys = _Keys()
    labels = ((keys["label", d.name], d.span, d.confidence) for d in detections.labels)
    _attach(found, grid, rate, labels)
    rarity = _rarity(found, keys)
    _collapse_ancestors(found, keys, ancestors)
    moderation = ((keys["moderation", d.name], d.span, d.confidence) for d in detections.moderation)
    _attach(found, grid, rate, moderation)
    celebrities = (
        (keys["celebrity", d.name], MillisecondSpan(d.at, d.at), d.confidence)
        for d in detections.celebrities
        if d.confidence >= CELEBRITY_CONFIDENCE
    )
    _attach(found, grid, rate, celebrities)
    _add_faces(found, keys, detections, grid)
    _add_cut_rate(found, shots, grid, rate)
    _add_darkness(found, keys)
    _add_speech(found, words, grid)
    shown = _shown(found, keys)
    lineage = _moderation_parents(detections.moderation)
    concepts = _concepts(shown, ancestors, categories, rarity, lineage)
    return Evidence(concepts, _moments(found, grid, [keys[key] for key in shown]))


class _Keys(dict[tuple[str, str], int]):
    """Kind and name of each concept as a small number, in the order in which they were asked for.

    Numbers are looked up and compared faster than names, and evidence does that a million times.
    """

    def __missing__(self, key: tuple[str, str]) -> int:
        self[key] = number = len(self)
        return number


class _Found:
    """What has been found so far, by moment."""

    def __init__(self, moments: int) -> None:
        self.strengths: list[dict[int, float]] = [{} for _ in range(moments)]
        self.cues: list[dict[str, float]] = [{} for _ in range(moments)]


def _taxonomy(
    labels: Iterable[LabelDetection],
) -> tuple[dict[str, frozenset[str]], dict[str, tuple[str, ...]]]:
    """Ancestors and categories of each label, united over all detections of the film."""
    told = {(label.name, label.parents, label.categories) for label in labels}
    ancestors: dict[str, set[str]] = {}
    categories: dict[str, set[str]] = {}
    for name, above, own in told:
        ancestors.setdefault(name, set()).update(above)
        categories.setdefault(name, set()).update(own)
    return (
        {name: frozenset(above) - {name} for name, above in ancestors.items()},
        {name: tuple(sorted(own)) for name, own in categories.items()},
    )


def _attach(
    found: _Found,
    grid: MomentGrid,
    rate: Fraction,
    findings: Iterable[tuple[int, MillisecondSpan, float]],
) -> None:
    """Keep the strongest finding of each concept per moment.

    A finding counts in full when it covers half of the moment, in proportion when less.
    """
    start: int | None = None
    end: int | None = None
    reached: list[tuple[dict[int, float], float]] = []
    for key, span, confidence in findings:
        full = strength(confidence)
        if full <= 0:
            continue
        if span.start != start or span.end != end:  # What is seen together comes together.
            start, end = span.start, span.end
            reached = [(found.strengths[moment], share) for moment, share in _shares(span, grid, rate)]
        for strengths, share in reached:
            value = full * share
            if value > strengths.get(key, 0.0):
                strengths[key] = value


def _shares(span: MillisecondSpan, grid: MomentGrid, rate: Fraction) -> list[tuple[int, float]]:
    """The moments that a finding speaks for, each with how much of it counts there."""
    frames = to_frames(span, rate, grid)
    if frames is None:
        return []
    shares = []
    for moment, shared in grid.overlapping(*frames):
        length = grid.lengths[moment]
        shares.append((moment, 2 * shared / length if 2 * shared < length else 1.0))
    return shares


def _rarity(found: _Found, keys: _Keys) -> dict[str, float]:
    """How rare each label is within this film: ln((1+T)/(1+n)) / ln(1+T) over T moments."""
    count = Counter(chain.from_iterable(found.strengths))
    moments = len(found.strengths)
    whole = log(1 + moments)
    return {
        name: round(log((1 + moments) / (1 + count[number])) / whole, PLACES)
        for number, (_, name) in enumerate(keys)
    }


def _collapse_ancestors(found: _Found, keys: _Keys, ancestors: Mapping[str, frozenset[str]]) -> None:
    """Drop labels that a descendant at the same moment already stands for.

    Rekognition returns Vehicle beside every Car. The ancestor stays only where it is much
    surer than all its descendants, and so tells something of its own.
    """
    number_of = {name: number for number, (_, name) in enumerate(keys)}
    above = [
        [number_of[up] for up in ancestors[name] if up in number_of and name not in ancestors[up]]
        for name in number_of
    ]
    for strengths in found.strengths:
        for number, value in list(strengths.items()):
            for up in above[number]:
                if up in strengths and value >= _COLLAPSE_SHARE * strengths[up]:
                    del strengths[up]


def _add_faces(found: _Found, keys: _Keys, detections: Detections, grid: MomentGrid) -> None:
    for moment, reading in face_readings(detections.faces, grid).items():
        found.cues[moment].update(reading.cues)
        strengths = found.strengths[moment]
        for emotion, value in reading.emotions.items():
            strengths[keys["emotion", emotion]] = value


def _add_cut_rate(found: _Found, shots: Sequence[Shot], grid: MomentGrid, rate: Fraction) -> None:
    if len(shots) < 2:
        return
    ranks = ranked(cut_rates(shots, int(_CUT_RATE_WINDOW_SECONDS * rate)))
    for cues, shot in zip(found.cues, grid.shot_of, strict=True):
        cues["cut_rate"] = ranks[shot]


def _add_darkness(found: _Found, keys: _Keys) -> None:
    labels = [keys["label", name] for name in _DARK_LABELS]
    for strengths, cues in zip(found.strengths, found.cues, strict=True):
        dark = max([strengths.get(label, 0.0) for label in labels])
        if "brightness" in cues:
            dark = max(dark, 1 - 2 * cues["brightness"])
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


def _moderation_parents(moderation: Iterable[ModerationDetection]) -> dict[str, tuple[str, ...]]:
    return {d.name: (d.parent,) for d in sorted(moderation) if d.parent}


def _shown(found: _Found, keys: _Keys) -> list[tuple[str, str]]:
    """Kind and name, sorted, of all concepts that are left at any moment."""
    numbers = set(chain.from_iterable(found.strengths))
    return sorted(key for number, key in enumerate(keys) if number in numbers)


def _concepts(
    shown: Iterable[tuple[str, str]],
    ancestors: Mapping[str, frozenset[str]],
    categories: Mapping[str, tuple[str, ...]],
    rarity: Mapping[str, float],
    lineage: Mapping[str, tuple[str, ...]],
) -> tuple[Concept, ...]:
    concepts = []
    for kind, name in shown:
        if kind == "label":
            above = tuple(sorted(ancestors[name]))
            concepts.append(Concept(kind, name, above, categories[name], rarity[name]))
        else:
            concepts.append(Concept(kind, name, lineage.get(name, ()) if kind == "moderation" else ()))
    return tuple(concepts)


def _moments(found: _Found, grid: MomentGrid, order: Sequence[int]) -> tuple[Moment, ...]:
    """The moments with their concepts renumbered: ``order`` has the present numbers as they are to follow."""
    position_of = {number: position for position, number in enumerate(order)}
    moments = []
    for frames, shot, strengths, cues in zip(
        grid.ranges, grid.shot_of, found.strengths, found.cues, strict=True
    ):
        numbers = map(position_of.__getitem__, strengths)
        names = [name for name in CUES if name in cues]
        levels = stored(map(cues.__getitem__, names))
        moments.append(
            Moment(
                frames,
                shot,
                tuple(sorted(zip(numbers, stored(strengths.values()), strict=True))),
                dict(zip(names, levels, strict=True)),
            )
        )
    return tuple(moments)


def stored(values: Iterable[float]) -> list[float]:
    """``round(value, PLACES)`` of each in a third of its time: that is most of what making moments takes.

    Only near the middle of two stored values does it take more care to find the nearer one.
    """
    return [
        nearest / _STORED
        if -_SURELY_NEAREST < (scaled := value * _STORED) - (nearest := int(scaled + 0.5)) < _SURELY_NEAREST
        else round(value, PLACES)
        for value in values
    ]
