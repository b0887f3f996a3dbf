"""What a good set of clips is: a monotone submodular function with five named terms.

- relevance: how much of the most relevant material that could fit is in;
- coverage: the profile's welcome words that occur in the film, each counted once;
- diversity: relevance per scene with falling returns;
- stage: how far the wished share of each part of the story is filled;
- rise: how far the energy of what is shown is that of its place in the story.

All terms lie in [0, 1]. Falling returns are piecewise linear, so that an integer program
can check the planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from trailer.domain.planning.candidates import Candidate
from trailer.domain.taste.profiles import ObjectiveWeights

_FLOOR: Final = 0.05
"""Relevance that every frame has for diversity, so that scenes are spread even without evidence."""


class Shape(NamedTuple):
    """A candidate as the objective sees it; read millions of times for a long film."""

    candidate: Candidate
    """Kept, so that its identity stays its own."""
    cost: int
    fixed: float
    """Gain by relevance and rise, whatever else is chosen."""
    words: list[tuple[int, float]]
    """Position of each of its words in the objective's, and the share of all coverage that it brings."""
    worth: float
    """What it counts for its scene, in frames."""
    opening: float
    """Gain by diversity where nothing of its scene is chosen yet."""
    scene: int
    stage: int


@dataclass(frozen=True)
class Objective:
    """The function to maximise, with everything in it that does not depend on the choice."""

    weights: ObjectiveWeights
    relevance_bound: float
    """The most relevance that fits the budget, in frames; positive."""
    concept_weights: Mapping[str, float]
    """Welcome words that the pool shows; the weights sum to 1 or there are none. Others count nothing."""
    scene_step: float
    """Worth of one scene, in frames, after which more of it counts half, then a quarter."""
    quotas: tuple[float, ...]
    """Wished frames per part of the story."""
    quota_total: float

    _shapes: dict[int, Shape] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {word: position for position, word in enumerate(self.concept_weights)}

    def shape(self, candidate: Candidate) -> Shape:
        """What of a candidate's gain does not depend on the choice, worked out once."""
        shape = self._shapes.get(id(candidate))
        if shape is None:
            shape = self._shapes[id(candidate)] = self._shaped(candidate)
        return shape

    def _shaped(self, candidate: Candidate) -> Shape:
        weights, cost = self.weights, candidate.cost
        worth = candidate.value + _FLOOR * cost
        return Shape(
            candidate,
            cost,
            weights.relevance * candidate.value / self.relevance_bound
            + weights.rise * candidate.rising * cost / self.quota_total,
            [
                (self._positions[word], self.concept_weights[word] * min(1.0, strength))
                for word, strength in candidate.concepts.items()
                if word in self._positions
            ],
            worth,
            weights.diversity * self.spread(worth),
            candidate.scene,
            candidate.stage,
        )

    def spread(self, worth: float) -> float:
        """What a scene's worth brings: slopes 1, 1/2, 1/4 with the breaks one and two steps up."""
        step = self.scene_step
        if worth > step:
            second = worth - step
            worth = step + (second / 2 if second <= step else step / 2 + (second - step) / 4)
        return worth / (self.relevance_bound * (1 + _FLOOR))

    def terms(self, chosen: Iterable[Candidate]) -> dict[str, float]:
        """The five terms, unweighted, for explanation and tests."""
        state = State(self)
        for candidate in chosen:
            state.add(candidate)
        return state.terms()

    def value(self, chosen: Iterable[Candidate]) -> float:
        """The weighted sum of the terms."""
        state = State(self)
        for candidate in chosen:
            state.add(candidate)
        return state.value


class State:
    """The objective of a growing set, with cheap gains."""

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self._weights = objective.weights
        self._relevance = 0.0
        self._rise = 0.0
        self._uncovered = list(objective.concept_weights.values())
        self._scenes: dict[int, tuple[float, float]] = {}
        """What is shown of each scene, in frames, and what that brings."""
        self._missing: list[float] = list(objective.quotas)
        self.value = 0.0

    def gain(self, candidate: Candidate) -> float:
        """How much adding the candidate raises the value; never negative."""
        return self.gain_of(self._objective.shape(candidate))

    def gain_of(self, shape: Shape) -> float:
        """The same of a candidate whose shape is at hand."""
        _, cost, gain, words, worth, opening, scene, stage = shape
        if words:
            covered, uncovered = 0.0, self._uncovered
            for word, share in words:
                left = uncovered[word]
                covered += share if share < left else left
            gain += self._weights.coverage * covered
        if scene in self._scenes:
            shown, brought = self._scenes[scene]
            gain += self._weights.diversity * (self._objective.spread(shown + worth) - brought)
        else:
            gain += opening
        missing = self._missing[stage]
        if missing > 0:
            gain += self._weights.stage * (missing if missing < cost else cost) / self._objective.quota_total
        return gain

    def add(self, candidate: Candidate) -> None:
        """Take the candidate into the set."""
        shape = self._objective.shape(candidate)
        self.value += self.gain_of(shape)
        self._relevance += candidate.value
        self._rise += candidate.rising * shape.cost
        for word, share in shape.words:
            self._uncovered[word] = max(0.0, self._uncovered[word] - share)
        shown = self._scenes.get(candidate.scene, (0.0, 0.0))[0] + shape.worth
        self._scenes[candidate.scene] = shown, self._objective.spread(shown)
        self._missing[candidate.stage] -= shape.cost

    def terms(self) -> dict[str, float]:
        """The five terms, unweighted."""
        objective = self._objective
        missed = sum(max(0.0, missing) for missing in self._missing)
        return {
            "relevance": self._relevance / objective.relevance_bound,
            "coverage": sum(objective.concept_weights.values()) - sum(self._uncovered),
            "diversity": sum(self._scenes[scene][1] for scene in sorted(self._scenes)),
            "stage": 1 - missed / objective.quota_total,
            "rise": self._rise / objective.quota_total,
        }


def build_objective(
    weights: ObjectiveWeights,
    pool: Sequence[Candidate],
    concept_weights: Mapping[str, float],
    stage_quota: Sequence[float],
    budget: int,
) -> Objective:
    """Fit the objective to a film: its best material, its words, its reachable parts."""
    shown = {word for candidate in pool for word in candidate.concepts}
    total = sum(weight for word, weight in sorted(concept_weights.items()) if word in shown)
    words = {word: weight / total for word, weight in sorted(concept_weights.items()) if word in shown}
    bound = max(_best_material(pool, budget), _FLOOR * budget)
    reachable = {candidate.stage for candidate in pool}
    wished = [share if stage in reachable else 0.0 for stage, share in enumerate(stage_quota)]
    scale = budget / sum(wished) if sum(wished) > 0 else 0.0
    quotas = tuple(share * scale for share in wished) if scale else tuple(budget / 6 for _ in wished)
    scenes = len({candidate.scene for candidate in pool})
    step = bound * (1 + _FLOOR) / max(1, min(scenes, 10))
    return Objective(weights, bound, words, step, quotas, sum(quotas))


def _best_material(pool: Sequence[Candidate], budget: int) -> float:
    """Relevance of the densest candidates that fill the budget, the last one in part."""
    left, bound = budget, 0.0
    taken: set[int] = set()
    for candidate in sorted(pool, key=lambda one: (-one.value / one.cost, one.range, one.room)):
        if candidate.room.start in taken:
            continue
        taken.add(candidate.room.start)
        frames = min(left, candidate.cost)
        bound += candidate.value * frames / candidate.cost
        left -= frames
        if left == 0:
            break
    return bound
