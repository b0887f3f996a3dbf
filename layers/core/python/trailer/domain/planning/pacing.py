"""Exact clip lengths along the trailer's arc: calm, then faster and faster, then a last breath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import ceil
from typing import Final

from trailer.domain.planning.story import between

ARC: Final = (
    (0.0, 1.5),
    (0.08, 2.7),
    (0.30, 1.8),
    (0.65, 0.6),
    (0.90, 0.15),
    (0.93, 0.2),
    (1.0, 2.0),
)
"""Wished length at a position in the trailer (0 to 1), in mean clip lengths."""

_MIDDLE: Final = (0.08, 0.93)
"""Where the clips between hook and button lie in the arc."""

_SNAP_SHARE: Final = 0.35
_HALVINGS: Final = 8
_BALANCING: Final = 2
_MOST_PULL: Final = 1.3


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lengths that one clip may have, in frames; every length in between is allowed."""

    shortest: int
    longest: int
    ends_on_cut: bool
    """Whether at its longest the clip ends on a cut of the film."""


def arc(index: int, count: int) -> float:
    """The arc at a clip's place: the first is the hook, the last the button, the others lie between.

    Few clips have the same shape as many: the last breath is the button's, however long it takes.
    """
    if index == 0 or count < 3:
        return between(ARC, 0.0 if index == 0 else 1.0)
    if index == count - 1:
        return between(ARC, 1.0)
    return between(ARC, _MIDDLE[0] + (_MIDDLE[1] - _MIDDLE[0]) * (index - 0.5) / (count - 2))


def allocate(
    bounds: Sequence[Bounds], budget: int, stages: Sequence[int] = (), quotas: Sequence[float] = ()
) -> list[int]:
    """Lengths in trailer order whose sum is exactly the budget, or the nearest that can be reached.

    Minimises the sum of squared deviations from the arc, each relative to its wished length, so
    that all clips give way in proportion. Afterwards clips may still move onto a cut. The budget
    is met whenever it lies between the sums of the shortest and of the longest lengths.

    Args:
        bounds: of the clips.
        budget: frames.
        stages: part of the story that each clip shows; clips of a part that gets more than its
            quota are then wished shorter, those of a part that gets less longer.
        quotas: wished frames per part of the story.
    """
    count = len(bounds)
    mean = budget / count
    wished = [mean * arc(index, count) for index in range(count)]
    lengths = _nearest(bounds, wished, budget)
    for _ in range(_BALANCING if stages else 0):
        pull = _pull(lengths, stages, quotas)
        wished = [wish * pull[stage] for wish, stage in zip(wished, stages, strict=True)]
        lengths = _nearest(bounds, wished, budget)
    _snap(lengths, bounds)
    return lengths


def _pull(lengths: Sequence[int], stages: Sequence[int], quotas: Sequence[float]) -> list[float]:
    """Factor for the wished lengths of each part of the story that brings it nearer to its quota."""
    shown = [0] * len(quotas)
    for length, stage in zip(lengths, stages, strict=True):
        shown[stage] += length
    return [
        min(_MOST_PULL, max(1 / _MOST_PULL, quota / frames)) if frames else 1.0
        for quota, frames in zip(quotas, shown, strict=True)
    ]


def _nearest(bounds: Sequence[Bounds], wished: Sequence[float], budget: int) -> list[int]:
    lengths = [bound.shortest for bound in bounds]
    _spend(lengths, bounds, wished, budget - sum(lengths))
    return lengths


def _spend(lengths: list[int], bounds: Sequence[Bounds], wished: Sequence[float], left: int) -> None:
    """Give each frame to the clip that it brings most, or costs least.

    A clip's deviation is convex in its length, so going frame by frame reaches the exact
    minimum, without a table of clips by frames. All frames below a price are given at once; the
    price is found by halving, and the few that then remain go one by one.
    """
    budget = sum(lengths) + left
    low, high = -2.0, max(_one_more(bound.longest, wish) for bound, wish in zip(bounds, wished, strict=True))
    for _ in range(_HALVINGS):
        price = (low + high) / 2
        if sum(_at_price(price, bounds, wished)) <= budget:
            low = price
        else:
            high = price
    lengths[:] = _at_price(low, bounds, wished)
    left = budget - sum(lengths)
    heap = [
        (_one_more(lengths[i], wished[i]), i) for i, bound in enumerate(bounds) if lengths[i] < bound.longest
    ]
    heapify(heap)
    while left > 0 and heap:
        _, index = heappop(heap)
        lengths[index] += 1
        left -= 1
        if lengths[index] < bounds[index].longest:
            heappush(heap, (_one_more(lengths[index], wished[index]), index))


def _at_price(price: float, bounds: Sequence[Bounds], wished: Sequence[float]) -> list[int]:
    """Lengths when every frame that costs less than a price is given; see ``_one_more``."""
    return [
        min(bound.longest, max(bound.shortest, ceil(wish * (1 + price / 2) - 0.5)))
        for bound, wish in zip(bounds, wished, strict=True)
    ]


def _one_more(length: int, wish: float) -> float:
    """Change of ``(length - wish) ** 2 / wish`` when the length grows by one frame."""
    return (2 * (length - wish) + 1) / wish


def _snap(lengths: list[int], bounds: Sequence[Bounds]) -> None:
    """Let clips that nearly reach a cut end on it, at the cost of clips that end inside a shot anyway."""
    nearly = [
        i
        for i, bound in enumerate(bounds)
        if bound.ends_on_cut and 0 < bound.longest - lengths[i] <= _SNAP_SHARE * lengths[i]
    ]
    for index in sorted(nearly, key=lambda i: (bounds[i].longest - lengths[i], i)):
        if lengths[index] == bounds[index].longest:
            continue
        need = bounds[index].longest - lengths[index]
        givers = [
            i
            for i, bound in enumerate(bounds)
            if i != index and lengths[i] < bound.longest and lengths[i] - bound.shortest >= need
        ]
        if givers:
            giver = max(givers, key=lambda i: (lengths[i] - bounds[i].shortest, -i))
            lengths[giver] -= need
            lengths[index] += need
