"""Scenes: adjacent shots that share place and people, which no detector returns.

The film is cut where the evidence before and after differs most, scenes keep a natural
length, and a technical cue always separates. Without any evidence time alone decides.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, pairwise
from math import fsum, sqrt
from typing import Final

from trailer.domain.film.concepts import Concept
from trailer.domain.film.detections import CueDetection
from trailer.domain.film.evidence import PLACES, Evidence, Moment
from trailer.domain.film.shots import Shot
from trailer.domain.time.timecode import FrameRange

MAX_SHOTS: Final = 20
MAX_SECONDS: Final = 90

_NATURAL_SECONDS: Final = 45
_NATURAL_SHOTS: Final = 12
_NATURAL_COUNT: Final = 12
"""A short film still has about this many scenes, so that a trailer can spread over it."""
_SHORTEST_NATURAL_SECONDS: Final = 5
_CONTEXT_SHOTS: Final = 4
_NOVELTY_WEIGHT: Final = 2.0
_SOFT_TRANSITION_NOVELTY: Final = 0.25
_SEPARATION: Final = 1e6

Vector = dict[int, float]


@dataclass(frozen=True, slots=True)
class Scene:
    """A run of shots; scenes are in order and every shot is in exactly one."""

    index: int
    range: FrameRange
    """From the first frame of the first shot to the last frame of the last one."""
    first_shot: int
    end_shot: int
    """Index after the last shot."""
    concepts: Mapping[str, float] = field(default_factory=dict)
    """Strongest strength of each concept by key such as "label:Car", ancestors included, sorted by key."""
    faces: float = 0.0
    """Mean prominence of faces, 0 to 1."""
    cuts_per_minute: float = 0.0


def group_scenes(
    shots: Sequence[Shot], evidence: Evidence, cues: Sequence[CueDetection], rate: Fraction
) -> tuple[Scene, ...]:
    """Group consecutive shots into scenes; never fewer than one scene."""
    strongest = _strongest(len(shots), evidence.moments)
    vectors = _weighed(strongest, evidence.concepts)
    novelty = _novelties(shots, vectors)
    separated = _separations(shots, cues)
    bounds = _best_bounds(shots, novelty, separated, rate)
    moments = _moments_by_shot(len(shots), evidence)
    names = [_names(concept) for concept in evidence.concepts]
    spelled = sorted(set(chain.from_iterable(names)))
    number_of = {name: number for number, name in enumerate(spelled)}
    numbers = [[number_of[name] for name in own] for own in names]
    return tuple(
        _describe(
            index,
            shots[first:end],
            moments[first:end],
            _named(_greatest(strongest[first:end]), numbers, spelled),
            rate,
        )
        for index, (first, end) in enumerate(pairwise(bounds))
    )


def _strongest(shot_count: int, moments: Iterable[Moment]) -> list[Vector]:
    """Per shot: the greatest strength of each concept."""
    vectors: list[Vector] = [{} for _ in range(shot_count)]
    for moment in moments:
        vector = vectors[moment.shot]
        if not vector:
            vector.update(moment.strengths)
            continue
        for concept, value in moment.strengths:
            if value > vector.get(concept, 0.0):
                vector[concept] = value
    return vectors


def _weighed(vectors: Iterable[Vector], concepts: Sequence[Concept]) -> list[Vector]:
    """The vectors with each strength times the rarity of its concept; ubiquitous labels vanish."""
    rarity = [concept.rarity for concept in concepts]
    return [
        {concept: weighed for concept, value in vector.items() if (weighed := value * rarity[concept]) > 0.0}
        for vector in vectors
    ]


def _novelties(shots: Sequence[Shot], vectors: Sequence[Vector]) -> list[float]:
    """Of each cut, how much the shots after it differ from those before: 0 same, 1 nothing in common."""
    ahead = [_Context(vectors[first : first + _CONTEXT_SHOTS]) for first in range(len(vectors))]
    opening = [_Context(vectors[:end]) for end in range(min(_CONTEXT_SHOTS, len(vectors)))]
    return [
        _novelty(
            opening[cut] if cut < _CONTEXT_SHOTS else ahead[cut - _CONTEXT_SHOTS],
            ahead[cut],
            soft=shots[cut].range.start > shots[cut - 1].range.end,
        )
        for cut in range(1, len(shots))
    ]


class _Context:
    """A few shots as one vector."""

    def __init__(self, vectors: Sequence[Vector]) -> None:
        self.total = _sum(vectors)
        self.square = fsum([value * value for value in self.total.values()])


def _novelty(before: _Context, after: _Context, *, soft: bool) -> float:
    transition = _SOFT_TRANSITION_NOVELTY if soft else 0.0
    if not before.total or not after.total:
        return transition
    return min(1.0, 1 - _cosine(before, after) + transition)


def _sum(vectors: Sequence[Vector]) -> Vector:
    total = dict(vectors[0]) if vectors else {}
    for vector in vectors[1:]:
        for concept, value in vector.items():
            total[concept] = total.get(concept, 0.0) + value
    return total


def _cosine(one: _Context, other: _Context) -> float:
    values = other.total
    shared = fsum([value * values[concept] for concept, value in one.total.items() if concept in values])
    norms = one.square * other.square
    return shared / sqrt(norms) if norms > 0 else 0.0


def _separations(shots: Sequence[Shot], cues: Sequence[CueDetection]) -> frozenset[int]:
    """Cuts that must separate scenes: a technical cue starts or ends there, or lies between."""
    starts = [shot.range.start for shot in shots]
    cuts: set[int] = set()
    for cue in cues:
        for frame in (cue.range.start, cue.range.end):
            cut = bisect_left(starts, frame)
            cuts.add(cut)
    return frozenset(cut for cut in cuts if 0 < cut < len(shots))


def _best_bounds(
    shots: Sequence[Shot], novelty: Sequence[float], separated: frozenset[int], rate: Fraction
) -> list[int]:
    """Scene bounds as shot indexes, by dynamic programming over all allowed scenes.

    A scene costs its squared deviation from the natural length and a bound earns its
    novelty. A shot longer than the limit is a scene of its own.
    """
    length = shots[-1].range.end - shots[0].range.start
    seconds = float(length / rate)
    natural = min(_NATURAL_SECONDS, max(_SHORTEST_NATURAL_SECONDS, seconds / _NATURAL_COUNT))
    natural_frames = natural * float(rate)
    limit = int(MAX_SECONDS * rate)
    best = [0.0] + [float("inf")] * len(shots)
    back = [0] * (len(shots) + 1)
    starts = [shot.range.start for shot in shots]
    crowd = [(count / _NATURAL_SHOTS) ** 2 / 4 for count in range(MAX_SHOTS + 1)]
    earned = [0.0, *(_NOVELTY_WEIGHT * new for new in novelty)]
    earliest = 0
    for end in range(1, len(shots) + 1):
        last, least = shots[end - 1].range.end, best[end]
        # A scene begins no earlier than the cut that separates, and lasts no longer than the limits.
        earliest = end - 1 if end - 1 in separated else max(earliest, end - MAX_SHOTS)
        while earliest < end - 1 and last - starts[earliest] > limit:
            earliest += 1
        for first in range(end - 1, earliest - 1, -1):
            deviation = (last - starts[first] - natural_frames) / natural_frames
            cost = best[first] + deviation * deviation + crowd[end - first] - earned[first]
            if cost < least - 1e-12:
                least, back[end] = cost, first
        best[end] = least
    bounds = [len(shots)]
    while bounds[-1] > 0:
        bounds.append(back[bounds[-1]])
    return bounds[::-1]


def _moments_by_shot(shot_count: int, evidence: Evidence) -> list[list[Moment]]:
    moments: list[list[Moment]] = [[] for _ in range(shot_count)]
    for moment in evidence.moments:
        moments[moment.shot].append(moment)
    return moments


def _names(concept: Concept) -> list[str]:
    """The concept's key and those of its ancestors."""
    return [f"{concept.kind}:{name}" for name in (concept.name, *concept.parents)]


def _greatest(vectors: Iterable[Vector]) -> Vector:
    greatest: Vector = {}
    for vector in vectors:
        for concept, value in vector.items():
            if value > greatest.get(concept, 0.0):
                greatest[concept] = value
    return greatest


def _named(vector: Vector, numbers: Sequence[Sequence[int]], spelled: Sequence[str]) -> dict[str, float]:
    """Each name with the greatest value of the concepts that bear it, sorted by name.

    Args:
        vector: value by concept.
        numbers: of each concept, the places of its names in ``spelled``.
        spelled: all names, sorted; their places are compared faster than they are.
    """
    named: Vector = {}
    for concept, value in vector.items():
        for number in numbers[concept]:
            if value > named.get(number, 0.0):
                named[number] = value
    return {spelled[number]: named[number] for number in sorted(named)}


def _describe(
    index: int,
    shots: Sequence[Shot],
    moments: Sequence[Sequence[Moment]],
    concepts: Mapping[str, float],
    rate: Fraction,
) -> Scene:
    frames = FrameRange(shots[0].range.start, shots[-1].range.end)
    faces = [
        moment.cues["faces"] * moment.range.length
        for own in moments
        for moment in own
        if "faces" in moment.cues
    ]
    return Scene(
        index=index,
        range=frames,
        first_shot=shots[0].index,
        end_shot=shots[-1].index + 1,
        concepts=concepts,
        faces=round(fsum(faces) / frames.length, PLACES),
        cuts_per_minute=round(
            (len(shots) - 1) * 60 * rate.numerator / (rate.denominator * frames.length), PLACES
        ),
    )
