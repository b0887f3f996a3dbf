"""The candidates worth comparing: each with its words, and in a long film only the promising ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.ranks import ranked
from trailer.domain.planning.acts import energy_track
from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.story import stage_of
from trailer.domain.taste.relevance import Opinion, RelevanceTrack
from trailer.domain.time.timecode import FrameRange

LARGEST_POOL: Final = 1200

_PER_WORD: Final = 3
_PER_SCENE: Final = 2


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
    opinion_of: Mapping[int, Opinion],
) -> list[Candidate]:
    """Annotate the candidates with stage and words, and thin them out where there are too many.

    Kept are the densest of each part of the story, of each scene, and the best for each
    welcome word, so that thinning costs no term of the objective its material.
    """
    levels = energy_track(analysis.moments)
    ranks = ranked([round(levels.mean(one.range), 6) for one in found])
    staged = [
        replace(
            one,
            stage=stage_of(one.range.start, analysis.content),
            rising=_rising(one, rank, analysis.content),
        )
        for one, rank in zip(found, ranks, strict=True)
    ]
    if len(staged) > LARGEST_POOL:
        staged = _thinned(analysis, staged, track, opinion_of)
    return [replace(one, concepts=words_of(analysis, one, track, opinion_of)) for one in staged]


def _rising(one: Candidate, rank: float, content: FrameRange) -> float:
    """How near the candidate's rank by energy comes to its place in the content, 0 to 1."""
    return 1 - abs(rank - (one.range.start - content.start) / content.length)


def words_of(
    analysis: Analysis, one: Candidate, track: RelevanceTrack, opinion_of: Mapping[int, Opinion]
) -> dict[str, float]:
    """Welcome words that a candidate shows, with their greatest strength."""
    words: dict[str, float] = {}
    for position in track.overlapping(one.range):
        for index, value in track.moments[position].strengths:
            opinion = opinion_of.get(index)
            if opinion is not None and opinion.weight > 0:
                key = analysis.concepts[index].key
                words[key] = max(value, words.get(key, 0.0))
    return dict(sorted(words.items()))


def _thinned(
    analysis: Analysis,
    staged: Sequence[Candidate],
    track: RelevanceTrack,
    opinion_of: Mapping[int, Opinion],
) -> list[Candidate]:
    order = sorted(range(len(staged)), key=lambda i: (-round(staged[i].value / staged[i].cost, 9), i))
    kept: set[int] = set()
    scenes: dict[int, int] = {}
    stages: dict[int, int] = {}
    per_stage = LARGEST_POOL // max(1, len({one.stage for one in staged}))
    for index in order:
        scene, stage = staged[index].scene, staged[index].stage
        best_of_scene = scenes.get(scene, 0) < _PER_SCENE
        if best_of_scene or stages.get(stage, 0) < per_stage:
            scenes[scene] = scenes.get(scene, 0) + 1
            stages[stage] = stages.get(stage, 0) + 1
            kept.add(index)
    kept.update(_best_by_word(staged, order, track, opinion_of))
    return [staged[index] for index in sorted(kept)]


def _best_by_word(
    staged: Sequence[Candidate],
    order: Sequence[int],
    track: RelevanceTrack,
    opinion_of: Mapping[int, Opinion],
) -> set[int]:
    count: dict[int, int] = {}
    kept: set[int] = set()
    for index in order:
        for position in track.overlapping(staged[index].range):
            for concept, value in track.moments[position].strengths:
                opinion = opinion_of.get(concept)
                liked = opinion is not None and opinion.weight > 0
                if liked and value >= 0.5 and count.get(concept, 0) < _PER_WORD:
                    count[concept] = count.get(concept, 0) + 1
                    kept.add(index)
    return kept
