"""Ranks within one film, for cues whose absolute values mean nothing across films."""

from __future__ import annotations

from collections.abc import Sequence


def ranked(values: Sequence[float]) -> tuple[float, ...]:
    """Each value's rank as 0 to 1; equal values share the middle of their ranks.

    Ranks need no constants that would have to hold for every film. All equal gives 0.5.
    """
    if len(values) < 2:
        return (0.5,) * len(values)
    ordered = sorted(values)
    last = {value: position for position, value in enumerate(ordered)}
    first = {value: -position for position, value in enumerate(reversed(ordered), 1 - len(values))}
    return tuple((first[value] + last[value]) / 2 / (len(values) - 1) for value in values)
