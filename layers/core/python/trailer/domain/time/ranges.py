"""Sets of frames as sorted, disjoint frame ranges."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from trailer.domain.time.timecode import FrameRange


def union(ranges: Iterable[FrameRange]) -> tuple[FrameRange, ...]:
    """The same frames as sorted ranges that neither overlap nor touch."""
    merged: list[FrameRange] = []
    for frames in sorted(ranges):
        if merged and frames.start <= merged[-1].end:
            if frames.end > merged[-1].end:
                merged[-1] = FrameRange(merged[-1].start, frames.end)
        else:
            merged.append(frames)
    return tuple(merged)


def subtract(whole: Sequence[FrameRange], removed: Iterable[FrameRange]) -> tuple[FrameRange, ...]:
    """The frames of ``whole`` that are in none of ``removed``; ``whole`` is sorted and disjoint."""
    holes = union(removed)
    kept: list[FrameRange] = []
    position = 0
    for frames in whole:
        start = frames.start
        while position < len(holes) and holes[position].end <= start:
            position += 1
        index = position
        while index < len(holes) and holes[index].start < frames.end:
            if holes[index].start > start:
                kept.append(FrameRange(start, holes[index].start))
            start = max(start, holes[index].end)
            index += 1
        if start < frames.end:
            kept.append(FrameRange(start, frames.end))
    return tuple(kept)


def total(ranges: Iterable[FrameRange]) -> int:
    """Number of frames in disjoint ranges."""
    return sum(frames.length for frames in ranges)


def covering(ranges: Sequence[FrameRange], frame: int) -> FrameRange | None:
    """The range of a sorted, disjoint sequence that holds the frame, if any."""
    index = bisect_right(ranges, frame, key=lambda frames: frames.start) - 1
    if index >= 0 and frame < ranges[index].end:
        return ranges[index]
    return None


def touches(ranges: Sequence[FrameRange], frames: FrameRange) -> bool:
    """Whether any range of a sorted, disjoint sequence shares a frame with another range."""
    index = bisect_left(ranges, frames.end, key=lambda own: own.start) - 1
    return index >= 0 and ranges[index].end > frames.start
