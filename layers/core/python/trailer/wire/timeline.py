"""The rate at which a film's frames are counted: one timeline for proxy, plan and trailer.

Probe states one frame rate and does not say whether it is constant. Of a
variable one it can only be an average, and an average is practically never a
round number. MediaConvert (user guide, "Using variable frame rate inputs") lays
such a film over a constant grid: the average "rounded up to the nearest whole
number standard frame rate". We reckon with the same grid, to know the length
and the price of the film; the proxy, which every such film gets, then shows the
grid that MediaConvert really took (``SourceMedia.on_timeline_of``). On a grid of
whole numbers a timecode is also the clock time, whoever counts it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

_BROADCAST_RATES: Final = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48000, 1001),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)
_GRIDS: Final = (1, 5, 10, 15, 24, 30, 50, 60)
"""MediaConvert's whole-number standard rates for variable input."""
_TOLERANCE: Final = Fraction(5, 100_000)
"""29.97 and 30000/1001 differ by a millionth, 24 and 23.976 by a thousandth."""
_MAY_VARY: Final = frozenset({"mp4", "quicktime", "webm", "matroska"})
"""Containers in which MediaConvert takes variable rates (user guide); elsewhere a rate is what it says."""


def timeline_rate(declared: Fraction, container: str) -> tuple[Fraction, bool]:
    """The exact rate of a film's timeline, and whether its pictures come at a variable rate.

    Args:
        declared: frames per second as the file or Probe states them, often rounded.
        container: as Probe calls it.

    Returns:
        A broadcast rate for whatever is near to one; other round rates (12.5, 18,
        15000/1001) as they are; of the rest, averages of a variable rate, the next
        grid above. Rates outside 1 to 60 are left alone: they are refused later.
    """
    exact = _nearest(declared, _BROADCAST_RATES)
    if exact is not None:
        return exact, False
    whole = Fraction(round(declared))
    exact = _nearest(declared, (whole, Fraction(round(declared * 2), 2), _ntsc(declared)))
    if exact is not None:
        return exact, False
    grid = next((Fraction(rate) for rate in _GRIDS if rate >= declared), None)
    if container not in _MAY_VARY or declared < 1 or grid is None:
        return declared, False
    return grid, True


def _ntsc(declared: Fraction) -> Fraction:
    return Fraction(round(declared * Fraction(1001, 1000)) * 1000, 1001)


def _nearest(declared: Fraction, rates: tuple[Fraction, ...]) -> Fraction | None:
    return next((rate for rate in rates if rate and abs(declared - rate) <= rate * _TOLERANCE), None)
