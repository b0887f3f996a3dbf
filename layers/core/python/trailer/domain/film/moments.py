"""Moments: shots cut into slices of about one second, the grain at which evidence is kept.

Rekognition samples about twice a second, so a finer grain would hold nothing new,
and a coarser one could not find the best part of a long shot.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from trailer.domain.film.shots import Shot
from trailer.domain.time.timecode import FrameRange, frame_reader

_SAMPLES_BOTH_SIDES: Final = 4
"""A sample speaks for one second divided by this before and after it."""


class MomentGrid:
    """The moments of a film in order; each lies inside one shot and together they are the shots."""

    def __init__(self, shots: Sequence[Shot], rate: Fraction) -> None:
        self.ranges: list[FrameRange] = []
        self.shot_of: list[int] = []
        for shot in shots:
            for frames in slices(shot.range, rate):
                self.ranges.append(frames)
                self.shot_of.append(shot.index)
        self.lengths = [frames.length for frames in self.ranges]
        self._starts = [frames.start for frames in self.ranges]
        self._ends = [frames.end for frames in self.ranges]
        self._shots = shots
        self._half = -(-rate.numerator // (_SAMPLES_BOTH_SIDES * rate.denominator))
        self.frame_at = frame_reader(rate)
        """The frame that a detector's milliseconds mean; see ``frame_reader``."""

    def __len__(self) -> int:
        return len(self.ranges)

    def at(self, frame: int) -> int | None:
        """Index of the moment that holds a frame; None in a gap between shots."""
        index = bisect_right(self._starts, frame) - 1
        return index if index >= 0 and frame < self._ends[index] else None

    def overlapping(self, start: int, end: int) -> list[tuple[int, int]]:
        """Moments that share frames with those from ``start`` up to ``end``: index and shared frames."""
        starts, ends = self._starts, self._ends
        found = []
        for moment in range(max(0, bisect_right(starts, start) - 1), len(starts)):
            own_start, own_end = starts[moment], ends[moment]
            if own_start >= end:
                break
            shared = (own_end if own_end < end else end) - (own_start if own_start > start else start)
            if shared > 0:
                found.append((moment, shared))
        return found

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """The frames, from one up to another, that milliseconds up to later ones mean; at least one."""
        first, last = self.frame_at(start), self.frame_at(end)
        return first, last if last > first else first + 1

    def around(self, at: int) -> tuple[int, int] | None:
        """The frames, from one up to another, that a sample speaks for; None when it is outside all shots.

        These are a quarter of a second on both sides (the detector looks twice a second), but none
        beyond its shot: no finding leaks over a cut.
        """
        frame = self.frame_at(at)
        moment = self.at(frame)
        if moment is None:
            return None
        shot = self._shots[self.shot_of[moment]].range
        return max(shot.start, frame - self._half), min(shot.end, frame + self._half)


def slices(frames: FrameRange, rate: Fraction) -> Iterator[FrameRange]:
    """Cut a range into equal parts (to the frame) of about one second; never an empty one."""
    length = frames.length
    # Seconds to the nearest whole, half up, in integers: Fractions take a tenth of a long film's analysis.
    rounded = (2 * length * rate.denominator + rate.numerator) // (2 * rate.numerator)
    count = max(1, min(length, rounded))
    if count == 1:
        yield frames
        return
    edges = [frames.start + length * part // count for part in range(count + 1)]
    for start, end in pairwise(edges):
        yield FrameRange(start, end)
