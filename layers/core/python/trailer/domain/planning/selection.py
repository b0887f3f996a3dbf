"""Choosing the clips: lazy greedy from several seeds and plain orders, improved by exchanges.

Deterministic: integers for cost, rounded gains, and ties broken by position in the film.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappushpop
from itertools import combinations
from typing import Final

from trailer.domain.numbers import rounded
from trailer.domain.planning.candidates import NO_LOOK, Candidate, CutRules
from trailer.domain.planning.objective import Objective, Shape, State

_SEEDS: Final = 12
_GROUPS: Final = ((2, 24), (3, 16))
"""Sizes of groups that are seeds, too, each with the largest pool of which all are tried."""
_SEED_POOL: Final = 400
_SWAP_POOL: Final = 150
_SWAP_ROUNDS: Final = 3
_FORCE_POOL: Final = 80
_EPSILON: Final = 1e-9


class Choice:
    """A set of clips whose rooms keep apart, with what it is worth and what it is charged."""

    def __init__(self, rules: CutRules, objective: Objective, chosen: Iterable[Candidate] = ()) -> None:
        self.rules = rules
        self.objective = objective
        self.state = State(objective)
        self._spacing, self._most = rules.spacing, rules.clips_per_scene
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._scenes: dict[int, int] = {}
        self._looks: set[int] = set()
        self.clips: list[Candidate] = []
        self.charged = 0
        self.reused = 0
        for candidate in chosen:
            self.add(candidate)

    def allows(self, candidate: Candidate) -> bool:
        """Whether the candidate keeps its distance, is new in its scene, has a place there, may repeat."""
        if self._scenes.get(candidate.scene, 0) >= self._most or candidate.look in self._looks:
            return False
        if candidate.reused and self.reused + candidate.reused > self.rules.reusable:
            return False
        room, starts = candidate.room, self._starts
        start = room.start - self._spacing
        index = bisect_left(starts, start)
        if index and self._ends[index - 1] > start:
            return False
        return index == len(starts) or starts[index] >= room.end + self._spacing

    def add(self, candidate: Candidate) -> None:
        """Take the candidate in."""
        # Rooms keep apart, so that their ends are in the order of their starts.
        insort(self._starts, candidate.room.start)
        insort(self._ends, candidate.room.end)
        self._scenes[candidate.scene] = self._scenes.get(candidate.scene, 0) + 1
        if candidate.look != NO_LOOK and not self.rules.repeats_looks:
            self._looks.add(candidate.look)
        self.clips.append(candidate)
        self.state.add(candidate)
        self.charged += self.rules.charge(candidate)
        self.reused += candidate.reused

    def affords(self, candidate: Candidate, budget: int) -> bool:
        """Whether the candidate's charge still fits."""
        return self.charged + self.rules.charge(candidate) <= budget

    def without(self, clip: Candidate) -> Choice:
        """The same choice less one clip."""
        return self.only(other for other in self.clips if other is not clip)

    def only(self, clips: Iterable[Candidate]) -> Choice:
        """A choice of these clips under the same rules."""
        return Choice(self.rules, self.objective, clips)

    @property
    def value(self) -> float:
        """What the choice is worth, rounded so that the order of its clips does not show."""
        return round(self.state.value, 9)


@dataclass(frozen=True, slots=True)
class _Arena:
    """What all greedy runs of one selection share, computed once."""

    pool: Sequence[Candidate]
    shapes: Sequence[Shape]
    gains: Sequence[float]
    """Gain of each candidate over the pinned clips alone."""
    charges: Sequence[int]
    ranking: Sequence[tuple[float, int]]
    """Negative gain per charge and index into the pool, best first; sorted, so also a heap."""
    budget: int

    def key(self, gain: float, index: int) -> tuple[float, int]:
        """Place of a candidate in the ranking, were this its gain."""
        return -rounded(gain / self.charges[index], 12), index

    def best(self, count: int) -> _Arena:
        """The same with only the best-ranked candidates."""
        return replace(self, ranking=self.ranking[:count])


def select(
    pool: Sequence[Candidate],
    pinned: Sequence[Candidate],
    objective: Objective,
    rules: CutRules,
    budget: int,
) -> Choice:
    """The best set found whose charges fit the budget; pinned clips are always in.

    Args:
        pool: candidates in film order.
        pinned: clips that must be in; their cost is within the budget.
        objective: what to maximise.
        rules: distances between clips, and what a clip is charged.
        budget: frames.
    """
    start = Choice(rules, objective, pinned)
    shapes = [objective.shape(candidate) for candidate in pool]
    gains = list(map(start.state.gain_of, shapes))
    charges = [rules.charge(candidate) for candidate in pool]
    ranking = sorted([(-rounded(gains[i] / charges[i], 12), i) for i in range(len(pool))])
    arena = _Arena(pool, shapes, gains, charges, ranking, budget)
    best = max(_starts(arena, start), key=lambda choice: choice.value)
    return _forced(arena.best(_FORCE_POOL), _swapped(arena.best(_SWAP_POOL), best))


def _starts(arena: _Arena, pinned: Choice) -> Iterator[Choice]:
    """Greedy alone and from the best seed, then three plain orders.

    The orders win where a trailer takes much of a short film: there, how clips fit beside each
    other decides, and gain per frame is blind to that. Of a large pool the seeds are tried with
    its best part only, which finds the same seed and saves half of the time.
    """
    yield _greedy(arena, pinned.only(pinned.clips))
    seeds = [start for seed in _seeds(arena) if (start := _seeded(arena, pinned, seed)) is not None]
    if seeds:
        near = arena.best(_SEED_POOL)
        best = max(seeds, key=lambda start: _greedy(near, start.only(start.clips)).value)
        yield _greedy(arena, best)
    pool, gains = arena.pool, arena.gains
    for order in (gains, [one.value for one in pool], [one.value / one.cost for one in pool]):
        best_first = sorted((-rounded(value, 12), index) for index, value in enumerate(order))
        yield _taken(pinned.only(pinned.clips), (pool[index] for _, index in best_first), arena.budget)


def _seeded(arena: _Arena, pinned: Choice, seed: Iterable[Candidate]) -> Choice | None:
    """The pinned clips and a seed; None where they don't fit together."""
    start = pinned.only(pinned.clips)
    return start if all(_admitted(start, one, arena.budget) for one in seed) else None


def _taken(choice: Choice, order: Iterable[Candidate], budget: int) -> Choice:
    """Add whatever of an order still fits, and return the choice."""
    for candidate in order:
        _admitted(choice, candidate, budget)
    return choice


def _admitted(choice: Choice, candidate: Candidate, budget: int) -> bool:
    """Whether a candidate fits; then it is in."""
    fits = choice.affords(candidate, budget) and choice.allows(candidate)
    if fits:
        choice.add(candidate)
    return fits


def _seeds(arena: _Arena) -> list[tuple[Candidate, ...]]:
    """The candidates with the greatest gains, and those with the greatest gains per charge.

    Of a small pool all pairs and threes, too: there a greedy start has few later choices to make up for it.
    """
    by_gain = sorted(range(len(arena.pool)), key=lambda i: (-rounded(arena.gains[i], 12), i))[:_SEEDS]
    by_rate = [index for _, index in arena.ranking[:_SEEDS]]
    # The best by rate is what greedy alone begins with.
    singles = [(arena.pool[index],) for index in dict.fromkeys([*by_gain, *by_rate]) if index != by_rate[0]]
    sizes = [size for size, most in _GROUPS if len(arena.pool) <= most]
    return [*singles, *(group for size in sizes for group in combinations(arena.pool, size))]


def _greedy(arena: _Arena, choice: Choice) -> Choice:
    """Add the best gain per charge until nothing fits, and return the choice.

    Gains only fall as the set grows, so an old gain bounds the new one and few are recomputed.
    """
    gain_of, heap = choice.state.gain_of, list(arena.ranking)
    pool, shapes, charges, budget = arena.pool, arena.shapes, arena.charges, arena.budget
    cheapest = min([charges[index] for _, index in heap], default=0)
    best = heappop(heap) if heap else None
    while best is not None and choice.charged + cheapest <= budget:
        index = best[1]
        if choice.charged + charges[index] <= budget and choice.allows(pool[index]):
            key = arena.key(gain_of(shapes[index]), index)
            best = heappushpop(heap, key)
            if best is not key:
                continue
            choice.add(pool[index])
        best = heappop(heap) if heap else None
    return choice


def _swapped(arena: _Arena, choice: Choice) -> Choice:
    """Replace single clips while that helps, refilling what becomes free."""
    for _ in range(_SWAP_ROUNDS):
        improved = False
        for clip in sorted(choice.clips, key=lambda one: one.range):
            swapped = None if clip.pinned else _swap(arena, choice, clip)
            if swapped is not None and swapped.value > choice.value + _EPSILON:
                choice, improved = swapped, True
        if not improved:
            break
    return choice


def _swap(arena: _Arena, choice: Choice, clip: Candidate) -> Choice | None:
    """The choice with the best replacement for one clip, refilled; None where nothing fits.

    The clip itself is no replacement. A clip that an earlier swap of the round took out is
    not in the choice any more and has none.
    """
    if all(clip is not other for other in choice.clips):
        return None
    rest = choice.without(clip)
    fitting = [
        index
        for _, index in arena.ranking
        if arena.pool[index] is not clip
        and rest.charged + arena.charges[index] <= arena.budget
        and rest.allows(arena.pool[index])
    ]
    if not fitting:
        return None
    gain_of = rest.state.gain_of
    best = max(fitting, key=lambda i: (rounded(gain_of(arena.shapes[i]), 12), -i))
    rest.add(arena.pool[best])
    return _greedy(arena, rest)


def _forced(arena: _Arena, choice: Choice) -> Choice:
    """Put in candidates at the cost of whatever is in their way, where that helps.

    A swap frees one place only; a good clip between two middling ones needs both of theirs.
    """
    for _, index in arena.ranking:
        candidate = arena.pool[index]
        if any(candidate is clip for clip in choice.clips):
            continue
        forced = choice.only(clip for clip in choice.clips if clip.pinned)
        if not forced.allows(candidate) or not forced.affords(candidate, arena.budget):
            continue
        forced.add(candidate)
        rest = (clip for clip in choice.clips if not clip.pinned)
        densest = sorted(rest, key=lambda clip: (-rounded(clip.value / clip.cost, 9), clip.range))
        forced = _greedy(arena, _taken(forced, densest, arena.budget))
        if forced.value > choice.value + _EPSILON:
            choice = forced
    return choice
