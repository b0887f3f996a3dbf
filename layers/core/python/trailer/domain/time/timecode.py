"""Exact time: frames, half-open frame ranges and SMPTE timecode.

A frame is the only unit of time in the domain. Seconds are ``Fraction``s and
never floats, so that 30000/1001 stays what it is over six hours of film.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_DROP_FRAME_RATES: Final = frozenset({Fraction(30000, 1001), Fraction(60000, 1001)})
_TIMECODE: Final = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)([:;])(\d{2,3})")


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """Frames ``start`` (included) to ``end`` (excluded) of the source; holds at least one frame."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start < 0 or self.end <= self.start:
            raise ValueError(
                f"A frame range needs 0 <= start < end, and [{self.start}, {self.end}) is not such a range."
            )

    @property
    def length(self) -> int:
        """Number of frames."""
        return self.end - self.start

    def contains(self, other: FrameRange) -> bool:
        """Whether every frame of ``other`` is also in this range."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: FrameRange) -> bool:
        """Whether the two ranges share a frame; ranges that only touch do not."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: FrameRange) -> FrameRange | None:
        """The frames in both ranges, or None when there are none."""
        if other.start <= self.start and self.end <= other.end:
            return self
        start, end = max(self.start, other.start), min(self.end, other.end)
        return FrameRange(start, end) if start < end else None

    def shift(self, frames: int) -> FrameRange:
        """The same length, ``frames`` later (earlier when negative)."""
        return FrameRange(self.start + frames, self.end + frames)


def is_drop_frame_rate(rate: Fraction) -> bool:
    """Whether timecode at this rate skips numbers to stay with the clock (29.97 and 59.94 only)."""
    return rate in _DROP_FRAME_RATES


def _nominal(rate: Fraction) -> int:
    """Frame numbers per timecode second: the rate rounded half up (30 for 30000/1001)."""
    if rate <= 0:
        raise ValueError(f"A frame rate is a positive number, not {rate}.")
    return max(1, int(rate + Fraction(1, 2)))


def to_timecode(frame: int, rate: Fraction, *, drop_frame: bool | None = None) -> str:
    """Write a frame number as ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` when drop-frame.

    Args:
        frame: 0-based frame number; frame 0 is ``00:00:00:00``.
        rate: exact frames per second.
        drop_frame: None chooses drop-frame exactly for 30000/1001 and 60000/1001.

    Raises:
        ValueError: the frame is negative, or drop-frame was demanded for a rate that has none.
    """
    if frame < 0:
        raise ValueError(f"A frame number is not negative, and {frame} is.")
    drop = is_drop_frame_rate(rate) if drop_frame is None else drop_frame
    if drop and not is_drop_frame_rate(rate):
        raise ValueError(f"Drop-frame timecode exists for 29.97 and 59.94 frames per second, not for {rate}.")
    nominal = _nominal(rate)
    number = frame + _dropped_before(frame, nominal) if drop else frame
    total_seconds, frames = divmod(number, nominal)
    minutes, second = divmod(total_seconds, 60)
    hour, minute = divmod(minutes, 60)
    width = max(2, len(str(nominal - 1)))
    return f"{hour:02d}:{minute:02d}:{second:02d}{';' if drop else ':'}{frames:0{width}d}"


def _dropped_before(frame: int, nominal: int) -> int:
    """How many timecode numbers have been skipped before this frame (SMPTE ST 12-1).

    The first 2 numbers (4 at 59.94) of each minute are skipped, except in every tenth minute.
    """
    per_minute = nominal // 15
    minute_length = nominal * 60 - per_minute
    ten_minutes = nominal * 600 - 9 * per_minute
    tens, rest = divmod(frame, ten_minutes)
    skipped_minutes = 0 if rest < nominal * 60 else 1 + (rest - nominal * 60) // minute_length
    return per_minute * (9 * tens + skipped_minutes)


def from_timecode(text: str, rate: Fraction) -> int:
    """Read ``HH:MM:SS:FF`` (or ``;FF`` for drop-frame) as a 0-based frame number.

    Raises:
        ValueError: not a timecode, a frame number beyond the rate, a separator that the
            rate has no use for, or a number that drop-frame skips.
    """
    match = _TIMECODE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a timecode of the form HH:MM:SS:FF.")
    hour, minute, second, frames = (int(match[group]) for group in (1, 2, 3, 5))
    nominal = _nominal(rate)
    if frames >= nominal:
        raise ValueError(f"{text!r} has frame {frames}, but a second has only {nominal} frames at {rate}.")
    minutes = 60 * hour + minute
    number = (60 * minutes + second) * nominal + frames
    if match[4] == ":":
        return number
    if not is_drop_frame_rate(rate):
        raise ValueError(f"{text!r} is drop-frame timecode, which {rate} frames per second does not have.")
    per_minute = nominal // 15
    if second == 0 and frames < per_minute and minute % 10 != 0:
        raise ValueError(f"{text!r} is a number that drop-frame timecode skips.")
    return number - per_minute * (minutes - minutes // 10)


def whole_frames(seconds: Fraction | int | str, rate: Fraction) -> int:
    """The most whole frames that fit into a duration; a string such as "29.5" is read exactly.

    Raises:
        ValueError: negative, or not a number.
    """
    try:
        duration = Fraction(seconds)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"{seconds!r} is not a number of seconds.") from error
    if duration < 0:
        raise ValueError(f"A duration is not negative, and {seconds} is.")
    return int(duration * rate)


def milliseconds_to_frame(milliseconds: int, rate: Fraction) -> int:
    """The frame that Rekognition meant by a timestamp in milliseconds.

    Rekognition rounds down (its developer guide, "segments"), so the exact time is up to
    one millisecond later; the nearest frame undoes that for every rate below 500 per
    second, and also reads timestamps that others rounded to nearest.
    """
    return frame_reader(rate)(milliseconds)


def frame_reader(rate: Fraction) -> Callable[[int], int]:
    """``milliseconds_to_frame`` for one rate.

    A film has a hundred thousand timestamps; this takes the fraction apart once and then counts in integers.
    """
    unit = 1000 * rate.denominator
    double, whole = 2 * rate.numerator, 2 * unit

    def frame(milliseconds: int) -> int:
        number = (milliseconds * double + unit) // whole
        return number if number > 0 else 0

    return frame


def seconds(frames: int, rate: Fraction) -> Fraction:
    """The exact running time of a number of frames."""
    return frames / rate
