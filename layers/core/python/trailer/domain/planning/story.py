"""Where a frame stands in the story, and how long a clip from there is wished."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Final

from trailer.domain.time.timecode import FrameRange

STAGE_ENDS: Final = (
    Fraction(10, 100),
    Fraction(25, 100),
    Fraction(50, 100),
    Fraction(75, 100),
    Fraction(945, 1000),
)
"""Where the parts of the story end, as shares of the content: set-up, new situation, progress,
complications, final push and aftermath."""

TEMPO: Final = ((0.0, 2.4), (0.25, 1.6), (0.5, 1.0), (0.75, 0.5), (1.0, 0.35))
"""Wished length of a clip by its place in the content (0 to 1), in mean clip lengths."""


def stage_of(frame: int, content: FrameRange) -> int:
    """Part of the story, 0 to 5, that a frame belongs to."""
    return bisect_right(_stage_starts(content.start, content.length), frame)


@lru_cache(maxsize=8)
def _stage_starts(start: int, length: int) -> tuple[int, ...]:
    """First frame of each part of the story but the first, in content from a frame on."""
    return tuple(ceil(start + length * end) for end in STAGE_ENDS)


@dataclass(frozen=True, slots=True)
class Tempo:
    """The pace along the film.

    A trailer roughly follows its film and gets faster and faster, so what comes early in the film is
    offered in long clips and what comes late in short ones.
    """

    content: FrameRange
    quotas: tuple[float, ...] = ()
    """Wished frames per part of the story, which no clip of that part is wished to exceed; or none."""

    def length(self, frame: int, mean: int) -> int:
        """Wished frames of a clip that starts at a frame, where clips have ``mean`` frames on average."""
        wished = mean * between(TEMPO, (frame - self.content.start) / self.content.length)
        if self.quotas:
            quota = self.quotas[stage_of(frame, self.content)]
            wished = min(wished, quota) if quota > 0 else wished
        return round(wished)


def between(corners: Sequence[tuple[float, float]], position: float) -> float:
    """A curve of straight lines between corners, level beyond the first and the last."""
    if position <= corners[0][0]:
        return corners[0][1]
    for index, (right, high) in enumerate(corners):
        if position <= right:
            left, low = corners[index - 1]
            return low + (high - low) * (position - left) / (right - left)
    return corners[-1][1]
