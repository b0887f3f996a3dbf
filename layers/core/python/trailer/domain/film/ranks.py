"""Ranks within one film, for cues whose absolute values mean nothing across films."""

from __future__ import annotations

from collections.abc import Sequence


def ranked(values: Sequence[float]) -> tuple[float, ...]:
    """Each value's rank as 0 to 1; equal values share the middle of their ranks.

    Ranks need no constants that would have to hold for every film. All equal gives 0.5.
    """
    if len(values) < 2:
        return (0.5,) * len(values)
    ordered, most = sorted(values), len(values) - 1
    last = dict(zip(ordered, range(most + 1), strict=True))
    first = dict(zip(reversed(ordered), range(most, -1, -1), strict=True))
    return tuple([(first[value] + last[value]) / 2 / most for value in values])
