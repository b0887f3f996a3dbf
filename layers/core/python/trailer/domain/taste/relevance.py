"""How much a viewer would want to see each moment, with the reasons.

A moment's relevance is ``1 - exp(-k * wish)`` with ``wish`` the sum of its cues, never below
zero: a second cue adds less than the first, and the score stays below one. The parts of a
score share it out in proportion to the cues, so they add up to it exactly.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import exp, fsum
from operator import mul
from typing import Final, NamedTuple

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.concepts import Concept
from trailer.domain.film.evidence import Moment
from trailer.domain.taste.profiles import ViewerProfile
from trailer.domain.time.timecode import FrameRange

_STEEPNESS: Final = 1.0
_RANKED_CUES: Final = ("cut_rate", "brightness", "sharpness")
"""Cues that are ranks in the film: their middle is no evidence either way."""


class Opinion(NamedTuple):
    """What a profile thinks of one concept of a film; read once for each of its moments."""

    source: str
    """The word of the profile that speaks, such as "label:Weapon" or "category:Sports"."""
    weight: float
    """Signed; rarity included."""


def opinions(concepts: Sequence[Concept], profile: ViewerProfile) -> dict[int, Opinion]:
    """The profile's opinion on each concept that it has one on, by concept index."""
    found: dict[int, Opinion] = {}
    for index, concept in enumerate(concepts):
        opinion = _opinion(concept, profile)
        if opinion is not None and opinion.weight != 0:
            found[index] = opinion
    return found


def _opinion(concept: Concept, profile: ViewerProfile) -> Opinion | None:
    if concept.kind == "label":
        return _label_opinion(concept, profile)
    if concept.kind == "emotion":
        weights, names = profile.emotions, [concept.name]
    elif concept.kind == "celebrity":
        weights, names = profile.celebrities, [concept.name, "*"]
    else:
        weights = profile.moderation
        names = [concept.name.lower(), *(name.lower() for name in concept.parents), "*"]
    for name in names:
        if name in weights:
            return Opinion(concept.key, weights[name])
    return None


def _label_opinion(concept: Concept, profile: ViewerProfile) -> Opinion | None:
    """The strongest word along the label's ancestry; only where there is none, its category.

    Counting Gun, Weapon and Weapons and Military for one pistol would be counting it thrice.
    """
    lineage = [name for name in (concept.name, *concept.parents) if name in profile.labels]
    if lineage:
        name = max(lineage, key=lambda word: (abs(profile.labels[word]), word == concept.name, word))
        return Opinion(f"label:{name}", profile.labels[name] * concept.rarity)
    known = [name for name in concept.categories if name in profile.categories]
    if known:
        name = max(known, key=lambda word: (abs(profile.categories[word]), word))
        return Opinion(f"category:{name}", profile.categories[name] * concept.rarity)
    return None


class Taste(NamedTuple):
    """What a profile thinks of a continuous cue."""

    cue: str
    source: str
    weight: float
    middle: float
    """The level that is no evidence either way."""
    skips_zero: bool
    """Whether a level of zero says nothing at all."""


def tastes(profile: ViewerProfile) -> list[Taste]:
    """What a profile thinks of the continuous cues, those that it is indifferent to left out."""
    said = (("faces", profile.faces), ("two_shot", profile.two_shot), ("speech", profile.speech))
    found = [Taste(name, name, weight, 0.0, True) for name, weight in said]
    for name, weight in profile.energy.items():
        middle = 0.5 if name in _RANKED_CUES else 0.0
        found.append(Taste(name, f"energy:{name}", weight, middle, False))
    return [taste for taste in found if taste.weight]


def wishes(moment: Moment, opinion_of: Mapping[int, Opinion], liking: Sequence[Taste]) -> dict[str, float]:
    """Signed contribution of each cue to the wish to see a moment; each source speaks once."""
    found: dict[str, float] = {}
    for concept, value in moment.strengths:
        if concept in opinion_of:
            source, weight = opinion_of[concept]
            wish = weight * value
            if source not in found or abs(wish) > abs(found[source]):
                found[source] = wish
    cues = moment.cues
    for cue, source, weight, middle, skips_zero in liking:
        level = cues.get(cue)
        if level is not None and (level or not skips_zero):
            found[source] = weight * (level - middle)
    return found


def score(found: Mapping[str, float]) -> tuple[float, dict[str, float]]:
    """Relevance of a moment in [0, 1) and its parts by cue; the parts add up to it."""
    wish = fsum(found.values())
    relevance = _relevance(wish)
    if not relevance:
        return 0.0, {}
    return relevance, {name: relevance * part / wish for name, part in found.items() if part}


def _relevance(wish: float) -> float:
    return 1 - exp(-_STEEPNESS * wish) if wish > 0 else 0.0


@dataclass(frozen=True)
class RelevanceTrack:
    """Relevance along the film for one profile. Integrals are in frames of full relevance."""

    moments: tuple[Moment, ...]
    scores: tuple[float, ...]
    wishes: tuple[Mapping[str, float], ...]
    """Of each moment; shared out into parts only where somebody asks for an explanation."""

    @cached_property
    def _starts(self) -> list[int]:
        return [moment.range.start for moment in self.moments]

    @cached_property
    def _ends(self) -> list[int]:
        return [moment.range.end for moment in self.moments]

    @cached_property
    def _index_of(self) -> dict[int, int]:
        """Of the moment that starts at a frame; clips mostly begin and end where a moment starts."""
        return {start: index for index, start in enumerate(self._starts)}

    @cached_property
    def _sums(self) -> list[float]:
        lengths = [end - start for start, end in zip(self._starts, self._ends, strict=True)]
        return list(accumulate(map(mul, self.scores, lengths), initial=0.0))

    def until(self, frame: int) -> float:
        """Integral from the start of the film up to a frame."""
        if frame in self._index_of:
            return self._sums[self._index_of[frame]]
        index = bisect_right(self._starts, frame) - 1
        if index < 0:
            return 0.0
        inside = min(frame, self._ends[index]) - self._starts[index]
        return self._sums[index] + inside * self.scores[index]

    def between(self, start: int, end: int) -> float:
        """Integral of the relevance from a frame up to another, not negative."""
        return max(0.0, self.until(end) - self.until(start))

    def integral(self, frames: FrameRange) -> float:
        """Integral of the relevance over a range, not negative."""
        return self.between(frames.start, frames.end)

    def mean(self, frames: FrameRange) -> float:
        """Mean over a range."""
        return self.between(frames.start, frames.end) / frames.length

    def overlapping(self, frames: FrameRange) -> range:
        """Indexes of the moments that share frames with a range."""
        first = self._index_of.get(frames.start)
        if first is None:
            first = max(0, bisect_right(self._starts, frames.start) - 1)
            if self.moments and self._ends[first] <= frames.start:
                first += 1
        end = self._index_of.get(frames.end)
        return range(first, bisect_left(self._starts, frames.end) if end is None else end)

    def explain(self, frames: FrameRange) -> tuple[float, dict[str, float]]:
        """Mean relevance over a range and its parts by cue; the parts add up to it."""
        shares: dict[str, list[float]] = {}
        for index in self.overlapping(frames):
            own = self.moments[index].range
            shared = min(own.end, frames.end) - max(own.start, frames.start)
            for name, part in score(self.wishes[index])[1].items():
                shares.setdefault(name, []).append(part * shared)
        parts = {name: fsum(values) / frames.length for name, values in sorted(shares.items())}
        return fsum(parts.values()), parts


def relevance_track(analysis: Analysis, profile: ViewerProfile) -> RelevanceTrack:
    """Score every moment of a film for one profile."""
    opinion_of = opinions(analysis.concepts, profile)
    liking = tastes(profile)
    wished = tuple(wishes(moment, opinion_of, liking) for moment in analysis.moments)
    return RelevanceTrack(
        analysis.moments, tuple(_relevance(fsum(found.values())) for found in wished), wished
    )
