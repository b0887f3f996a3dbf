"""What is inside an option's value: words, numbers and stretches of the film, none of them endless."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from trailer.domain.work.options import TimeSpan
from trailer.errors import InvalidOptionsError

# Digits are counted: an exponent of a billion would keep a function busy until it dies.
_NUMBER = re.compile(r"[0-9]{1,20}/[0-9]{1,20}|[0-9]{0,12}\.?[0-9]{0,12}")
_CLOCK = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,2}):)?([0-9]{1,7}(?:\.[0-9]{1,12})?)")
_SCENE = re.compile(r"scene[:# ]?([0-9]{1,6})", re.IGNORECASE)

_MAX_SPANS: Final = 100
_LATEST: Final = 1_000_000
"""Seconds; a film has at most six hours."""


def words(value: Any) -> tuple[str, ...]:
    """Text between commas, or the items of a list."""
    if value is None:
        return ()
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(word for word in (str(part).strip() for part in parts) if word)


def number(text: str) -> Fraction:
    """A number of few digits.

    Raises:
        ValueError: it is none; ZeroDivisionError for a fraction that is none.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text[:60]} is no number of a few digits")
    return Fraction(text)


def spans(name: str, value: Any) -> tuple[TimeSpan, ...]:
    """Stretches of a pin or a ban.

    Raises:
        InvalidOptionsError: names the option, its value and what is allowed.
    """
    given = words(value)
    if len(given) > _MAX_SPANS:
        raise InvalidOptionsError(f"{name} has {len(given)} stretches; allowed are at most {_MAX_SPANS}.")
    return tuple(_span(name, word) for word in given)


def _span(name: str, word: str) -> TimeSpan:
    scene = _SCENE.fullmatch(word)
    if scene:
        return TimeSpan(scene=int(scene.group(1)))
    start, dash, end = word.partition("-")
    bounds = (_clock(start), _clock(end)) if dash else (None, None)
    if bounds[0] is None or bounds[1] is None or bounds[0] >= bounds[1]:
        raise InvalidOptionsError(
            f"{name} has {quoted(word)}; allowed are stretches such as 1:05-1:12.5 (minutes:seconds, the "
            "end after the start) or scenes such as scene:7, separated by commas."
        )
    return TimeSpan(start=bounds[0], end=bounds[1])


def _clock(text: str) -> Fraction | None:
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        return None
    hours, minutes, seconds = match.groups()
    at = Fraction(int(hours or 0) * 3600 + int(minutes or 0) * 60) + Fraction(seconds)
    return at if at <= _LATEST else None


def span_text(span: TimeSpan) -> str:
    """A stretch as ``spans`` reads it."""
    if span.scene is not None:
        return f"scene:{span.scene}"
    return f"{_decimal_text(span.start)}-{_decimal_text(span.end)}"


def _decimal_text(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def quoted(value: Any) -> str:
    """The beginning of a value, for a sentence about it."""
    text = str(value)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
