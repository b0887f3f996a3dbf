"""Ranks within one film, for cues whose absolute values mean nothing across films."""

from __future__ import annotations

from collections.abc import Sequence


def ranked(values: Sequence[float]) -> tuple[float, ...]:
    """Each value's rank as 0 to 1; equal values share the middle of their ranks.

    Ranks need no constants that would have to hold for every film. All equal gives 0.5.
    """
    if len(values) < 2:
        return (0.5,) * len(values)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for position, value in enumerate(sorted(values)):
        first.setdefault(value, position)
        last[value] = position
    return tuple((first[value] + last[value]) / 2 / (len(values) - 1) for value in values)
