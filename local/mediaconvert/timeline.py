"""Inputs and their clippings, resolved to frames and laid end to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from local.mediaconvert.errors import JobError
from local.mediaconvert.source import Track
from local.mediaconvert.spec import InputSpec
from local.mediaconvert.timecode import Timecode, TimecodeError


@dataclass(frozen=True, slots=True)
class Source:
    """A fetched input: its local copy, its video track and the name for messages."""

    path: Path
    name: str
    track: Track


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames ``[start, end)`` of one input; ``open_end`` when they run to wherever the track ends."""

    input: InputSpec
    source: Source
    start: int
    end: int
    open_end: bool

    @property
    def seconds(self) -> Fraction:
        """Length, as far as it is known before decoding."""
        return (self.end - self.start) / self.source.track.rate


def lay_out(inputs: Sequence[InputSpec], source_of: Callable[[InputSpec], Source]) -> list[Segment]:
    """All segments of a job in output order.

    Raises:
        JobError: 1060, a clip that the input does not have.
    """
    segments = []
    for number, item in enumerate(inputs, start=1):
        source = source_of(item)
        for clip in item.clips or ((None, None),):
            segments.append(_segment(item, source, clip, f"Input {number}"))
    return segments


def _segment(item: InputSpec, source: Source, clip: tuple[str | None, str | None], label: str) -> Segment:
    track = source.track
    zero = _first_frame_number(item, track, label)
    start = _frame(clip[0], track, label) - zero if clip[0] else 0
    last = _frame(clip[1], track, label) - zero if clip[1] else track.frame_count - 1
    if start < 0 or start >= track.frame_count or last < start:
        raise JobError(
            JobError.CLIP_NOT_IN_INPUT,
            f"{label}: the clip {clip[0] or 'start'} to {clip[1] or 'end'} is not in {source.name}, "
            f"which has {track.frame_count} frames.",
        )
    return Segment(item, source, start, last + 1, clip[1] is None)


def _first_frame_number(item: InputSpec, track: Track, label: str) -> int:
    """What the input's timecode source calls the first frame; EMBEDDED falls back to zero, as AWS does."""
    if item.timecode_source == "SPECIFIEDSTART" and item.timecode_start:
        return _frame(item.timecode_start, track, label)
    if item.timecode_source == "EMBEDDED" and track.start_timecode:
        return _frame(track.start_timecode, track, label)
    return 0


def _frame(text: str, track: Track, label: str) -> int:
    try:
        return Timecode.parse(text).frame(track.rate)
    except TimecodeError as error:
        raise JobError(JobError.CLIP_NOT_IN_INPUT, f"{label}: {error}") from error
