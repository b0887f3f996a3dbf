"""The selection objective written a second time, as matrices, and solved exactly.

``Instance`` holds what the planner's selection gets. ``Matrices`` states the same objective and
the same rules independently of it, for brute force (every subset) and for an integer program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]
from scipy.sparse import coo_matrix  # type: ignore[import-untyped]

from tests.quality.fixtures import titles
from trailer.domain.planning.acts import energy_track
from trailer.domain.planning.brief import SPOILER_CUT
from trailer.domain.planning.candidates import Candidate, CutRules, candidates, pieces
from trailer.domain.planning.ground import showable
from trailer.domain.planning.objective import _FLOOR, Objective, build_objective
from trailer.domain.planning.pool import shortlist, welcome_concepts, welcome_words
from trailer.domain.planning.selection import Choice, select
from trailer.domain.planning.story import Tempo
from trailer.domain.taste.profiles import ObjectiveWeights, get_profile
from trailer.domain.taste.relevance import opinions, relevance_track

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Material:
    """All candidates of one title for one profile, as the planner prepares them."""

    pool: tuple[Candidate, ...]
    words: dict[str, float]
    rules: CutRules
    quota: tuple[float, ...]
    weights: ObjectiveWeights


@dataclass(frozen=True)
class Instance:
    """One selection problem."""

    pool: tuple[Candidate, ...]
    objective: Objective
    rules: CutRules
    budget: int

    def ours(self) -> Choice:
        return select(self.pool, (), self.objective, self.rules, self.budget)


@cache
def material(title: str, profile_id: str) -> Material:
    analysis, profile = titles()[title].analysis(), get_profile(profile_id)
    rules = CutRules.of(profile.pace, analysis.media.frame_rate, Tempo(analysis.content))
    track, opinion_of = relevance_track(analysis, profile), opinions(analysis.concepts, profile)
    ground = showable(analysis, profile, (), SPOILER_CUT)
    found = candidates(pieces(analysis, ground.eligible, rules), rules, track)
    pool = tuple(
        shortlist(
            analysis,
            found,
            track,
            energy_track(analysis.moments),
            welcome_concepts(analysis.moments, opinion_of),
        )
    )
    words = welcome_words(analysis, opinion_of)
    return Material(pool, words, rules, profile.stage_quota, profile.objective)


def instance(
    own: Material, pool: Sequence[Candidate], budget: int, weights: ObjectiveWeights | None = None
) -> Instance:
    objective = build_objective(weights or own.weights, pool, own.words, own.quota, budget)
    known = set(objective.concept_weights)
    assert all(set(one.concepts) <= known for one in pool)
    return Instance(tuple(pool), objective, own.rules, budget)


def drawn(own: Material, random: Random, size: int) -> list[Candidate]:
    """Candidates in film order: half of them neighbours who get in each other's way."""
    near = size // 2
    start = random.randrange(max(1, len(own.pool) - near))
    indexes = set(range(start, min(len(own.pool), start + near)))
    others = [index for index in range(len(own.pool)) if index not in indexes]
    indexes.update(random.sample(others, min(len(others), size - len(indexes))))
    return [own.pool[index] for index in sorted(indexes)]


class Matrices:
    """An instance as arrays; rows are candidates."""

    def __init__(self, problem: Instance) -> None:
        pool, objective = problem.pool, problem.objective
        self.problem = problem
        self.values = np.array([one.value for one in pool])
        self.costs = np.array([one.cost for one in pool])
        mean = problem.rules.mean
        wished = [problem.rules.wished(one.range.start) for one in pool]
        self.charges = np.array(
            [
                max(one.cost, wish * 3 // 4) + one.inner_cuts * mean // 14
                for one, wish in zip(pool, wished, strict=True)
            ]
        )
        words = sorted(objective.concept_weights)
        self.word_weights = np.array([objective.concept_weights[word] for word in words])
        self.words = np.array([[one.concepts.get(word, 0.0) for word in words] for one in pool])
        self.words = self.words.reshape(len(pool), len(words))
        scenes = sorted({one.scene for one in pool})
        looks = sorted({one.look for one in pool if one.look >= 0})
        self.looks = np.array([[one.look == look for look in looks] for one in pool], dtype=float)
        self.scenes = np.array([[one.scene == scene for scene in scenes] for one in pool], dtype=float)
        self.stages = np.array([[one.stage == s for s in range(len(objective.quotas))] for one in pool])
        self.worths = self.values + _FLOOR * self.costs
        self.rising = np.array([one.rising for one in pool]) * self.costs

    def value(self, chosen: Array) -> Array:
        """The objective of each row of 0 and 1."""
        weights, objective = self.problem.objective.weights, self.problem.objective
        step, bound = objective.scene_step, objective.relevance_bound
        relevance = chosen @ self.values / bound
        coverage = np.minimum(1, chosen @ self.words) @ self.word_weights
        worth = chosen @ (self.scenes * self.worths[:, None])
        spread = np.minimum(worth, step) + np.clip(worth - step, 0, step) / 2
        spread += np.maximum(worth - 2 * step, 0) / 4
        diversity = spread.sum(axis=1) / (bound * (1 + _FLOOR))
        frames = chosen @ (self.stages * self.costs[:, None])
        stage = np.minimum(frames, np.array(objective.quotas)).sum(axis=1) / objective.quota_total
        value: Array = weights.relevance * relevance + weights.coverage * coverage
        rise = chosen @ self.rising / objective.quota_total
        value += weights.diversity * diversity + weights.stage * stage + weights.rise * rise
        return value

    def crowds(self) -> list[list[int]]:
        """Sets of candidates of which at most one may be chosen: all whose guarded rooms hold one frame.

        Rooms that keep apart from each other pairwise are exactly those that share no such frame.
        """
        spacing = self.problem.rules.spacing
        rooms = [(one.room.start, one.room.end + spacing) for one in self.problem.pool]
        found = {
            tuple(index for index, (start, end) in enumerate(rooms) if start <= frame < end)
            for frame, _ in rooms
        }
        return [list(crowd) for crowd in sorted(found) if len(crowd) > 1]

    def brute_force(self, budget: int | None = None) -> float:
        """The best value of all subsets that obey the rules."""
        count = len(self.values)
        chosen = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
        chosen = chosen[chosen @ self.charges <= (self.problem.budget if budget is None else budget)]
        chosen = chosen[(chosen @ self.scenes <= self.problem.rules.clips_per_scene).all(axis=1)]
        chosen = chosen[(chosen @ self.looks <= 1).all(axis=1)]
        for crowd in self.crowds():
            chosen = chosen[chosen[:, crowd].sum(axis=1) <= 1]
        return float(self.value(chosen.astype(float)).max())

    def integer_program(self, seconds: float) -> float:
        """An upper bound on the best value: the optimum, or the solver's proof when time runs out."""
        program = _Program(self)
        result = milp(
            -program.gains,
            integrality=program.integral,
            bounds=Bounds(np.zeros(len(program.gains)), program.upper),
            constraints=program.constraints(),
            options={"time_limit": seconds, "mip_rel_gap": 1e-4},
        )
        return -float(result.mip_dual_bound)


class _Program:
    """Columns: candidates, then words covered, three pieces per scene, frames per part of the story."""

    def __init__(self, own: Matrices) -> None:
        objective, weights = own.problem.objective, own.problem.objective.weights
        count, words = own.words.shape
        scenes, stages = own.scenes.shape[1], own.stages.shape[1]
        slope = weights.diversity / (objective.relevance_bound * (1 + _FLOOR))
        step = objective.scene_step
        self.gains = np.concatenate(
            [
                weights.relevance * own.values / objective.relevance_bound
                + weights.rise * own.rising / objective.quota_total,
                weights.coverage * own.word_weights,
                np.repeat([slope, slope / 2, slope / 4], scenes),
                np.full(stages, weights.stage / objective.quota_total),
            ]
        )
        self.upper = np.concatenate(
            [
                np.ones(count + words),
                np.repeat([step, step, np.inf], scenes),
                np.array(objective.quotas),
            ]
        )
        self.integral = np.concatenate([np.ones(count), np.zeros(len(self.gains) - count)])
        self._rows: list[tuple[int, int, float]] = []
        self._most: list[float] = []
        self._rules(own)
        self._terms(own, count, words, scenes, stages)

    def _rules(self, own: Matrices) -> None:
        self._row(dict(enumerate(own.charges)), own.problem.budget)
        for crowd in own.crowds():
            self._row(dict.fromkeys(crowd, 1.0), 1)
        for scene in own.scenes.T:
            self._row(dict.fromkeys(np.flatnonzero(scene), 1.0), own.problem.rules.clips_per_scene)
        for look in own.looks.T:
            self._row(dict.fromkeys(np.flatnonzero(look), 1.0), 1)

    def _terms(self, own: Matrices, count: int, words: int, scenes: int, stages: int) -> None:
        """Each term's column is at most what the chosen candidates bring it."""
        for word in range(words):
            self._row({count + word: 1.0, **_negative(own.words[:, word])}, 0)
        first = count + words
        for scene in range(scenes):
            pieces_of = {first + part * scenes + scene: 1.0 for part in range(3)}
            self._row({**pieces_of, **_negative(own.scenes[:, scene] * own.worths)}, 0)
        for stage in range(stages):
            column = first + 3 * scenes + stage
            self._row({column: 1.0, **_negative(own.stages[:, stage] * own.costs)}, 0)

    def _row(self, entries: dict[Any, Any], most: float) -> None:
        row = len(self._most)
        self._rows += [(row, int(column), float(entry)) for column, entry in entries.items()]
        self._most.append(most)

    def constraints(self) -> LinearConstraint:
        rows, columns, entries = zip(*self._rows, strict=True)
        matrix = coo_matrix((entries, (rows, columns)), shape=(len(self._most), len(self.gains)))
        return LinearConstraint(matrix.tocsr(), -np.inf, np.array(self._most))


def _negative(column: Array) -> dict[Any, Any]:
    return {index: -column[index] for index in np.flatnonzero(column)}


def heavier(weights: ObjectiveWeights, term: str) -> ObjectiveWeights:
    """The same weights with one term counting as much as relevance."""
    return replace(weights, **{term: 1.0})
