"""Rounding, and the few statistics that the metrics need; each is None where it has no meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum, sqrt
from typing import Final, TypeVar

Name = TypeVar("Name")

_UNITS: Final = tuple(float(10**places) for places in range(13))
_SURE: Final = 1e12
"""Below this, a product of a value and a unit is right to a thousandth."""
_SURELY_NEAREST: Final = 0.499


def rounded(value: float, places: int) -> float:
    """``round(value, places)`` in a third of its time; planning does that a hundred thousand times.

    Only near the middle of two results, and for the negative and the huge, it is left to Python.
    """
    unit = _UNITS[places]
    scaled = value * unit
    if 0 <= scaled < _SURE:
        nearest = int(scaled + 0.5)
        if -_SURELY_NEAREST < scaled - nearest < _SURELY_NEAREST:
            return nearest / unit
    return round(value, places)


def mean(values: Sequence[float]) -> float | None:
    """Arithmetic mean; None of nothing."""
    return fsum(values) / len(values) if values else None


def ratio(part: float, whole: float) -> float | None:
    """A quotient; None where there is nothing to compare with."""
    return part / whole if whole > 0 else None


def variation(values: Sequence[float]) -> float | None:
    """Standard deviation (of the whole population) divided by the mean."""
    middle = mean(values)
    if middle is None or len(values) < 2 or middle <= 0:
        return None
    return sqrt(fsum((value - middle) ** 2 for value in values) / len(values)) / middle


def pearson(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Linear correlation, -1 to 1; None when fewer than three pairs or a constant side."""
    if len(one) < 3:
        return None
    left, right = fsum(one) / len(one), fsum(other) / len(other)
    shared = fsum((a - left) * (b - right) for a, b in zip(one, other, strict=True))
    spread = fsum((a - left) ** 2 for a in one) * fsum((b - right) ** 2 for b in other)
    return shared / sqrt(spread) if spread > 1e-18 else None


def spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Correlation of the ranks; equal values share the middle of their ranks."""
    return pearson(_ranks(one), _ranks(other))


def _ranks(values: Sequence[float]) -> list[float]:
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for position, value in enumerate(sorted(values)):
        first.setdefault(value, position)
        last[value] = position
    return [(first[value] + last[value]) / 2 for value in values]


def kendall(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Kendall's tau-b: agreeing less disagreeing pairs, corrected for ties."""
    agree = ties_one = ties_other = pairs = 0
    for index, (a, b) in enumerate(zip(one, other, strict=True)):
        for c, d in zip(one[:index], other[:index], strict=True):
            pairs += 1
            ties_one += a == c
            ties_other += b == d
            agree += (a > c) - (a < c) if b > d else (a < c) - (a > c) if b < d else 0
    bottom = (pairs - ties_one) * (pairs - ties_other)
    return agree / sqrt(bottom) if bottom > 0 else None


def unit(vector: Mapping[Name, float]) -> dict[Name, float]:
    """The vector at length 1; empty when it has none."""
    length = sqrt(fsum(value * value for value in vector.values()))
    return {name: value / length for name, value in vector.items()} if length > 0 else {}


def dot(one: Mapping[Name, float], other: Mapping[Name, float]) -> float:
    """Scalar product; of unit vectors it is their cosine."""
    if len(one) > len(other):
        one, other = other, one
    return fsum(value * other[name] for name, value in one.items() if name in other)
