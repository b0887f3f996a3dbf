"""Clips that show the same: of a scene that goes back and forth, one picture of each kind is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.numbers import dot, unit
from trailer.domain.planning.candidates import NO_LOOK, Candidate
from trailer.domain.taste.relevance import RelevanceTrack

_ALIKE: Final = 0.95
"""Cosine of two clips' labels from which a viewer sees the same twice."""

Vector = dict[int, float]


def looks(analysis: Analysis, found: Sequence[Candidate], track: RelevanceTrack) -> list[int]:
    """A number for what each candidate shows, the same for those of a scene that show the same.

    Candidates are compared by their labels, each weighed by its rarity, with the first of every look
    that the scene has so far.
    """
    rarity = {
        number: concept.rarity
        for number, concept in enumerate(analysis.concepts)
        if concept.kind == "label" and concept.rarity > 0
    }
    firsts: dict[int, list[tuple[Vector, int]]] = {}
    numbers: list[int] = []
    for number, one in enumerate(found):
        vector = _labels(one, rarity, track)
        if not vector:
            numbers.append(NO_LOOK)
            continue
        known = firsts.setdefault(one.scene, [])
        look = next((look for first, look in known if dot(vector, first) >= _ALIKE), None)
        if look is None:
            known.append((vector, number))
        numbers.append(number if look is None else look)
    return numbers


def _labels(one: Candidate, rarity: dict[int, float], track: RelevanceTrack) -> Vector:
    """The candidate's labels as a vector of length 1; empty where it has none."""
    strongest: Vector = {}
    for position in track.overlapping(one.range):
        for concept, value in track.moments[position].strengths:
            if concept in rarity and value > strongest.get(concept, 0.0):
                strongest[concept] = value
    return unit({concept: value * rarity[concept] for concept, value in strongest.items()})
