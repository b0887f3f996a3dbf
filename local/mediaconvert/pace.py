"""How fast a track's pictures follow each other: the rate it declares, and the one it keeps.

MediaConvert's user guide ("Using variable frame rate inputs"): a variable rate is laid on a constant grid,
"the average of the input frame rates, rounded up to the nearest whole number standard frame rate", in
MP4, MOV, WebM and MKV; other containers have none.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import av
from av.container import InputContainer
from av.stream import Discard
from av.video.stream import VideoStream

STANDARD_RATES = tuple(
    Fraction(numerator, denominator)
    for numerator, denominator in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1), (60000, 1001), (60, 1),
        (100, 1), (120000, 1001), (120, 1), (15, 1), (12, 1), (10, 1), (15000, 1001), (20, 1), (12000, 1001),
    )
)  # fmt: skip
_GRIDS = (1, 5, 10, 15, 24, 30, 50, 60)
_ROUNDING_TICKS = Fraction(3, 2)
"""A container's clock ticks between pictures may differ by one at a constant rate."""
_SAME = Fraction(1, 1000)
_FALLBACK = Fraction(25)


@dataclass(frozen=True, slots=True)
class Pace:
    """The rate that frames are counted at, and whether the pictures themselves keep it."""

    rate: Fraction
    constant: bool


def declared_rate(stream: VideoStream) -> Fraction:
    """The rate that a header states, as the Probe operation tells it: an average where rates vary.

    Containers round: 24000/1001 may read 2997/125. A rate within 0.01 % of a standard one is that one.
    """
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate or _FALLBACK
    return _snap(rate) or rate.limit_denominator(100_000)


def measured(container: InputContainer, stream: VideoStream) -> Pace:
    """The pace of a track by its own time stamps; may read the container to its end.

    A container that holds no variable rates is believed.
    """
    declared = declared_rate(stream)
    name = container.format.name
    if not name.startswith(("mov,mp4", "matroska")):
        return Pace(declared, True)
    times = sorted(_times(container, stream))
    if len(times) < 3 or times[0] == times[-1]:
        return Pace(declared, True)
    assert stream.time_base is not None
    mean = Fraction(times[-1] - times[0], len(times) - 1)
    average = 1 / (mean * stream.time_base)
    if all(
        abs(after - before - mean) <= max(_ROUNDING_TICKS, mean / 50) for before, after in pairwise(times)
    ):
        agrees = abs(declared - average) <= declared * _SAME
        return Pace(declared if agrees else _snap(average) or average.limit_denominator(1001), True)
    grid = next((Fraction(rate) for rate in _GRIDS if rate >= average), Fraction(_GRIDS[-1]))
    return Pace(grid, False)


def _times(container: InputContainer, stream: VideoStream) -> list[int]:
    """Time stamps of all pictures: from the index where it is whole, else by reading every packet."""
    indexed = [entry.timestamp for entry in stream.index_entries]
    if indexed and len(indexed) == stream.frames:
        return indexed
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    found: list[int] = []
    with contextlib.suppress(av.error.FFmpegError):  # Damage is noticed when it is decoded.
        found.extend(packet.pts for packet in container.demux(stream) if packet.pts is not None)
    return found


def _snap(rate: Fraction) -> Fraction | None:
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= nearest / 10000 else None
