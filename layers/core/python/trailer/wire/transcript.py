"""What is said in a film, from a file beside it: Amazon Transcribe's output, WebVTT or SubRip.

Transcribe's output file has ``results.items``, each with ``type`` pronunciation (with ``start_time``
and ``end_time``, text of seconds) or punctuation (without); its words are the spoken units here. Where
an output has no usable words, ``results.audio_segments`` with the same two times are. Captions
(WebVTT of the W3C, SubRip) tell only when a whole caption is on the screen, so the caption is the unit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor
from typing import Any, Final

from trailer.domain.film.detections import MillisecondSpan

SUFFIXES: Final = (".transcript.json", ".vtt", ".srt")
"""Endings of the files that are read, the most exact first."""

_CLOCK: Final = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{3})"
_TIMING: Final = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
_MARKUP: Final = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_SOUND: Final = re.compile(r"\[[^\]]*\]|\([^)]*\)|♪[^♪]*♪?|^[^\w]*[A-Z][A-Z .'-]+:", re.MULTILINE)
"""What captions say of sounds, songs and speakers; it is not spoken."""


_LATEST: Final = 1_000_000
"""Seconds; a film has at most six hours, and a number with an exponent can be endless."""

_MOST_LINES, _MOST_LETTERS = 20, 1000
"""Of a caption. What fits on a screen is far less; a caption without an end is not read to its end."""

_MOST_VALUES: Final = 3_000_000
"""Objects and lists of a transcript: 60,000 words have 300,000. They take dozens of times their bytes."""

_MOST_TEXT: Final = 8_000_000
"""Letters of captions: those of six hours have about one million. Lines take many times their letters."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The spoken units of a file, in order; or why it could not be used."""

    spans: tuple[MillisecondSpan, ...] = ()
    complaint: str | None = None
    """A sentence about what is wrong with the file; then there are no spans."""


def names_beside(film: str) -> tuple[str, ...]:
    """Keys of a transcript beside a film, the best first: ``film.mp4.vtt``, ``film.vtt`` and so on."""
    folder, slash, name = film.rpartition("/")
    stem = name.rsplit(".", 1)[0] if "." in name.lstrip(".") else name
    stems = dict.fromkeys((name, stem))
    return tuple(f"{folder}{slash}{one}{suffix}" for suffix in SUFFIXES for one in stems)


def parse_transcript(name: str, body: bytes) -> Transcript:
    """Read a file beside a film by its ending; a file that is no transcript is a complaint, no error."""
    readers = {".transcript.json": _transcribed, ".vtt": _captions, ".srt": _captions}
    reader = next(read for suffix, read in readers.items() if name.lower().endswith(suffix))
    try:
        spans = tuple(sorted(set(reader(_decoded(body)))))
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, ArithmeticError) as error:
        return Transcript(complaint=f"{name} is no transcript that can be read: {_said(error)}.")
    if not spans:
        return Transcript(complaint=f"{name} has no spoken word in it.")
    return Transcript(spans)


def _said(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return str(error).rstrip(".")[:120] or type(error).__name__


def _decoded(body: bytes) -> str:
    """Text of a caption file: Unicode with or without a mark, else the old code page of Windows."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _transcribed(text: str) -> Iterator[MillisecondSpan]:
    if text.count("{") + text.count("[") > _MOST_VALUES:
        raise ValueError(f"it has more than {_MOST_VALUES} objects and lists")
    results = json.loads(text)["results"]
    words = list(_timed(item for item in results["items"] if item["type"] == "pronunciation"))
    yield from words or _timed(results.get("audio_segments", ()))


def _timed(rows: Any) -> Iterator[MillisecondSpan]:
    """Rows that have both times; the range is widened to whole milliseconds."""
    for row in rows:
        if row.get("start_time") is None or row.get("end_time") is None:
            continue
        start, end = Decimal(str(row["start_time"])), Decimal(str(row["end_time"]))
        if not (start.is_finite() and end.is_finite()) or not 0 <= start <= end <= _LATEST:
            raise ValueError(f"a word lasts from {start} to {end} seconds")
        yield MillisecondSpan(floor(start * 1000), ceil(end * 1000))


def _captions(text: str) -> Iterator[MillisecondSpan]:
    """Captions with words in them; notes, styles and numbers are no captions, for they have no times."""
    if len(text) > _MOST_TEXT:
        raise ValueError(f"captions have at most {_MOST_TEXT} letters")
    lines = text.splitlines()
    if not any(_TIMING.fullmatch(line) for line in lines):
        raise ValueError("no line of it is a time such as 00:01:02.500 --> 00:01:04.000")
    for index, line in enumerate(lines):
        timing = _TIMING.fullmatch(line)
        if timing is None:
            continue
        start, end = _milliseconds(timing.groups()[:4]), _milliseconds(timing.groups()[4:])
        if end < start:
            raise ValueError(f"the caption {line.strip()!r} ends before it starts")
        if _spoken(lines, index + 1):
            yield MillisecondSpan(start, end)


def _spoken(lines: list[str], first: int) -> bool:
    """Whether the caption from a line on has words that somebody says, up to an empty line or a time."""
    caption: list[str] = []
    for line in lines[first : first + _MOST_LINES]:
        if not line.strip() or _TIMING.fullmatch(line):
            break
        caption.append(line[:_MOST_LETTERS])
    said = _SOUND.sub("", _MARKUP.sub("", "\n".join(caption)))
    return any(letter.isalnum() for letter in said)


def _milliseconds(clock: tuple[str | Any, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in clock)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths
