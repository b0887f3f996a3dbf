"""The candidates worth comparing: each with its words, and in a long film only the promising ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.evidence import Moment
from trailer.domain.film.ranks import ranked
from trailer.domain.numbers import rounded
from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.looks import looks
from trailer.domain.planning.story import stage_of
from trailer.domain.taste.relevance import Opinion, RelevanceTrack
from trailer.domain.time.timecode import FrameRange

LARGEST_POOL: Final = 1200

_PER_WORD: Final = 3
_PER_SCENE: Final = 2
_STRONG: Final = 0.5
"""A concept that is at least so strong counts as shown when the best for its word are kept."""

Welcome = Sequence[Sequence[tuple[int, float]]]
"""By moment: index of a concept that the profile likes, and its strength."""


def welcome_words(analysis: Analysis, opinion_of: Mapping[int, Opinion]) -> dict[str, float]:
    """Concept key to positive weight, for everything in the film that the profile likes."""
    return {
        analysis.concepts[index].key: opinion.weight
        for index, opinion in sorted(opinion_of.items())
        if opinion.weight > 0
    }


def shortlist(
    analysis: Analysis,
    found: Sequence[Candidate],
    track: RelevanceTrack,
    energy: RelevanceTrack,
    welcome: Welcome,
) -> list[Candidate]:
    """Annotate the candidates with stage and words, and thin them out where there are too many.

    Kept are the densest of each part of the story, of each scene, and the best for each
    welcome word, so that thinning costs no term of the objective its material.
    """
    ranks = ranked([rounded(energy.mean(one.range), 6) for one in found])
    stages = [stage_of(one.range.start, analysis.content) for one in found]
    kept: Sequence[int] = range(len(found))
    if len(found) > LARGEST_POOL:
        kept = _thinned(found, stages, track, welcome)
    shown = [found[index] for index in kept]
    look_of = dict(zip(kept, looks(analysis, shown, track), strict=True))
    return [
        replace(
            found[index],
            look=look_of[index],
            stage=stages[index],
            rising=_rising(found[index], ranks[index], analysis.content),
            concepts=words_of(analysis, found[index], track, welcome),
        )
        for index in kept
    ]


def _rising(one: Candidate, rank: float, content: FrameRange) -> float:
    """How near the candidate's rank by energy comes to its place in the content, 0 to 1."""
    return 1 - abs(rank - (one.range.start - content.start) / content.length)


def welcome_concepts(
    moments: Sequence[Moment], opinion_of: Mapping[int, Opinion]
) -> list[list[tuple[int, float]]]:
    """Of each moment, the concepts that the profile likes, with their strengths."""
    liked = frozenset(index for index, opinion in opinion_of.items() if opinion.weight > 0)
    return [[one for one in moment.strengths if one[0] in liked] for moment in moments]


def words_of(analysis: Analysis, one: Candidate, track: RelevanceTrack, welcome: Welcome) -> dict[str, float]:
    """Welcome words that a candidate shows, with their greatest strength."""
    strongest: dict[int, float] = {}
    for position in track.overlapping(one.range):
        for concept, value in welcome[position]:
            if value > strongest.get(concept, 0.0):
                strongest[concept] = value
    return dict(sorted((analysis.concepts[index].key, value) for index, value in strongest.items()))


def _thinned(
    found: Sequence[Candidate], stage_of_one: Sequence[int], track: RelevanceTrack, welcome: Welcome
) -> list[int]:
    """Which candidates to keep, in order."""
    densities = [-rounded(one.value / one.cost, 9) for one in found]
    order = sorted(range(len(found)), key=densities.__getitem__)
    kept: set[int] = set()
    scenes: dict[int, int] = {}
    stages: dict[int, int] = {}
    per_stage = LARGEST_POOL // max(1, len(set(stage_of_one)))
    for index in order:
        scene, stage = found[index].scene, stage_of_one[index]
        best_of_scene = scenes.get(scene, 0) < _PER_SCENE
        if best_of_scene or stages.get(stage, 0) < per_stage:
            scenes[scene] = scenes.get(scene, 0) + 1
            stages[stage] = stages.get(stage, 0) + 1
            kept.add(index)
    kept.update(_best_by_word(found, order, track, welcome))
    return sorted(kept)


def _best_by_word(
    found: Sequence[Candidate], order: Sequence[int], track: RelevanceTrack, welcome: Welcome
) -> set[int]:
    strong = [[concept for concept, value in own if value >= _STRONG] for own in welcome]
    count: dict[int, int] = {}
    kept: set[int] = set()
    for index in order:
        for position in track.overlapping(found[index].range):
            for concept in strong[position]:
                if count.get(concept, 0) < _PER_WORD:
                    count[concept] = count.get(concept, 0) + 1
                    kept.add(index)
    return kept
