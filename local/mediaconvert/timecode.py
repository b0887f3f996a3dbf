"""Timecodes of input clippings, counted as SMPTE ST 12-1 does; shares nothing with the product."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

_FORM = re.compile(r"^(\d\d):([0-5]\d):([0-5]\d)([:;])(\d\d)$")
_DROPPED_PER_MINUTE = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}


class TimecodeError(ValueError):
    """The text names no frame at this rate."""


@dataclass(frozen=True, slots=True)
class Timecode:
    """Hours, minutes, seconds and frames as written; ``drop`` when frames follow a semicolon."""

    hours: int
    minutes: int
    seconds: int
    frames: int
    drop: bool

    @classmethod
    def parse(cls, text: str) -> Timecode:
        """Read ``HH:MM:SS:FF`` or ``HH:MM:SS;FF``.

        Raises:
            TimecodeError: another form, such as the undocumented ``@rate`` suffix.
        """
        match = _FORM.match(text)
        if match is None:
            raise TimecodeError(f"'{text}' is not a timecode of the form HH:MM:SS:FF or HH:MM:SS;FF.")
        hours, minutes, seconds, separator, frames = match.groups()
        return cls(int(hours), int(minutes), int(seconds), int(frames), separator == ";")

    @property
    def sortable(self) -> tuple[int, int, int, int]:
        """Order of two codes of one input, which needs no frame rate."""
        return (self.hours, self.minutes, self.seconds, self.frames)

    def frame(self, rate: Fraction) -> int:
        """The frame's index from 0 at ``rate``, the first frame being 00:00:00:00.

        Raises:
            TimecodeError: no such frame number in a second, a number that drop-frame counting leaves
                out, or drop-frame at a rate that has none.
        """
        per_second = math.floor(rate + Fraction(1, 2))
        if self.frames >= per_second:
            raise TimecodeError(f"Frame {self.frames} does not exist at {float(rate):.3f} frames per second.")
        minutes = self.hours * 60 + self.minutes
        count = (minutes * 60 + self.seconds) * per_second + self.frames
        if not self.drop:
            return count
        dropped = _DROPPED_PER_MINUTE.get(rate)
        if dropped is None:
            raise TimecodeError(f"There is no drop-frame timecode at {float(rate):.3f} frames per second.")
        if self.minutes % 10 and self.seconds == 0 and self.frames < dropped:
            raise TimecodeError(f"Drop-frame counting leaves out frame {self.frames} of that second.")
        return count - dropped * (minutes - minutes // 10)
