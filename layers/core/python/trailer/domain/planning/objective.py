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
    words: list[tuple[str, float, float]]
    """Word, its weight in the objective, its strength."""
    worth: float
    """What it counts for its scene, in frames."""


@dataclass(frozen=True)
class Objective:
    """The function to maximise, with everything in it that does not depend on the choice."""

    weights: ObjectiveWeights
    relevance_bound: float
    """The most relevance that fits the budget, in frames; positive."""
    concept_weights: Mapping[str, float]
    """Welcome words that the eligible material shows; the weights sum to 1 or there are none."""
    scene_step: float
    """Worth of one scene, in frames, after which more of it counts half, then a quarter."""
    quotas: tuple[float, ...]
    """Wished frames per part of the story."""
    quota_total: float

    _shapes: dict[int, Shape] = field(default_factory=dict, compare=False, repr=False)

    def shape(self, candidate: Candidate) -> Shape:
        """What of a candidate's gain does not depend on the choice, worked out once."""
        shape = self._shapes.get(id(candidate))
        if shape is None:
            weights = self.weights
            shape = Shape(
                candidate,
                candidate.cost,
                weights.relevance * candidate.value / self.relevance_bound
                + weights.rise * candidate.rising * candidate.cost / self.quota_total,
                [
                    (word, weights.coverage * self.concept_weights[word], strength)
                    for word, strength in candidate.concepts.items()
                ],
                candidate.value + _FLOOR * candidate.cost,
            )
            self._shapes[id(candidate)] = shape
        return shape

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
        self._relevance = 0.0
        self._rise = 0.0
        self._covered: dict[str, float] = {}
        self._scenes: dict[int, float] = {}
        self._stages = [0] * len(objective.quotas)
        self.value = 0.0

    def gain(self, candidate: Candidate) -> float:
        """How much adding the candidate raises the value; never negative."""
        objective, weights, covered = self._objective, self._objective.weights, self._covered
        shape = objective.shape(candidate)
        gain = shape.fixed
        for word, weight, strength in shape.words:
            left = 1 - covered.get(word, 0.0)
            if left > 0:
                gain += weight * (strength if strength < left else left)
        before = self._scenes.get(candidate.scene, 0.0)
        gain += weights.diversity * (self._spread(before + shape.worth) - self._spread(before))
        missing = objective.quotas[candidate.stage] - self._stages[candidate.stage]
        if missing > 0:
            gain += weights.stage * (missing if missing < shape.cost else shape.cost) / objective.quota_total
        return gain

    def add(self, candidate: Candidate) -> None:
        """Take the candidate into the set."""
        self.value += self.gain(candidate)
        self._relevance += candidate.value
        self._rise += candidate.rising * candidate.cost
        for word, strength in candidate.concepts.items():
            self._covered[word] = min(1.0, self._covered.get(word, 0.0) + strength)
        self._scenes[candidate.scene] = (
            self._scenes.get(candidate.scene, 0.0) + self._objective.shape(candidate).worth
        )
        self._stages[candidate.stage] += candidate.cost

    def terms(self) -> dict[str, float]:
        """The five terms, unweighted."""
        objective = self._objective
        quotas = zip(self._stages, objective.quotas, strict=True)
        return {
            "relevance": self._relevance / objective.relevance_bound,
            "coverage": sum(
                weight * self._covered.get(word, 0.0) for word, weight in objective.concept_weights.items()
            ),
            "diversity": sum(self._spread(self._scenes[scene]) for scene in sorted(self._scenes)),
            "stage": sum(min(frames, quota) for frames, quota in quotas) / objective.quota_total,
            "rise": self._rise / objective.quota_total,
        }

    def _spread(self, worth: float) -> float:
        """Slopes 1, 1/2, 1/4 with the breaks one and two steps up, scaled to the bound."""
        step = self._objective.scene_step
        if worth > step:
            second = worth - step
            worth = step + (second / 2 if second <= step else step / 2 + (second - step) / 4)
        return worth / (self._objective.relevance_bound * (1 + _FLOOR))


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
