"""Frame numbers as Rekognition writes them: SMPTE timecodes and milliseconds rounded down."""

from __future__ import annotations

from fractions import Fraction

DROPPED_RATES = (Fraction(30000, 1001), Fraction(60000, 1001))


def timecode(frame: int, rate: Fraction) -> str:
    """HH:MM:SS:FF counted from zero; with ';' and dropped numbers at 29.97 and 59.94."""
    base = round(rate)
    separator = ":"
    if rate in DROPPED_RATES:
        separator = ";"
        frame = _with_dropped_numbers(frame, base)
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{separator}{frames:02d}"


def _with_dropped_numbers(frame: int, base: int) -> int:
    """Skip the first two (four at 59.94) numbers of every minute but each tenth."""
    dropped = base // 15
    per_minute = base * 60 - dropped
    per_ten = per_minute * 10 + dropped
    tens, rest = divmod(frame, per_ten)
    minutes = 0 if rest < base * 60 else 1 + (rest - base * 60) // per_minute
    return frame + dropped * (9 * tens + minutes)


def milliseconds(frame: int, rate: Fraction) -> int:
    """When a frame begins, rounded down."""
    return int(frame * 1000 / rate)
