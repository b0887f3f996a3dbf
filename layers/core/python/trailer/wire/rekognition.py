"""Rekognition Video's answers as detections.

Shapes are those of botocore's service model; the quirks are measured on real responses:

- a shot's End is its last frame, inclusive, and a cue is read the same way, so both get one
  frame more here; Duration* is one frame short and is not used;
- milliseconds are rounded down; answers from 2020 have no frame numbers at all;
- VideoMetadata is a list for segments and an object everywhere else;
- labels come aggregated by segments (a stretch) or by timestamps (a sample).

A finding that can't be used (no name, no time, a confidence that is not a number above
zero) is left out and counted by its reason; only an answer that is no answer is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from math import inf, isfinite
from operator import attrgetter
from typing import Any, Final, TypeVar

from trailer.domain.film.detections import (
    EMOTIONS,
    CelebrityDetection,
    CueDetection,
    Detections,
    FaceDetection,
    LabelDetection,
    MillisecondSpan,
    ModerationDetection,
    ShotDetection,
    emotion_levels,
)
from trailer.domain.film.gates import TECHNICAL_CUES
from trailer.domain.time.timecode import FrameRange, from_timecode, milliseconds_to_frame
from trailer.errors import MalformedResponseError
from trailer.wire.findings import Unusable, counted, name_of

Json = Mapping[str, Any]
Found = TypeVar("Found")

_STANDARD_RATES: Final = tuple(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48000/1001", "48", "50", "60000/1001", "60")
)
_TEXT: Final = frozenset({str})

_MOST: Final = 100.001
"""Rekognition's confidences pass 100 by a rounding."""

_EMOTIONS: Final = frozenset(EMOTIONS)

_RATE_TOLERANCE: Final = 0.0005
"""Real answers show 29.978 for 29.97 material; 24 and 23.976 are twice as far apart as this allows."""

_LISTS: Final = {
    "segments": "Segments",
    "labels": "Labels",
    "faces": "Faces",
    "celebrities": "Celebrities",
    "moderation": "ModerationLabels",
}

_ORDERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    ShotDetection: lambda shot: (shot.range.start, shot.range.end, shot.confidence, ""),
    CueDetection: lambda cue: (cue.range.start, cue.range.end, cue.confidence, cue.kind),
    LabelDetection: attrgetter("span.start", "span.end", "name", "confidence", "parents", "categories"),
    FaceDetection: lambda face: (
        face.at,
        face.area,
        face.emotions,
        face.confidence,
        -1.0 if face.brightness is None else face.brightness,
        -1.0 if face.sharpness is None else face.sharpness,
    ),
    CelebrityDetection: attrgetter("at", "name", "confidence"),
    ModerationDetection: attrgetter("span.start", "span.end", "name", "parent", "confidence"),
}
"""The canonical order of findings, in which only equal ones are equal; plain tuples compare several times
faster than records."""

_NUMBERS: Final = frozenset({int, float})
"""What JSON's numbers are read as; its true and false are none."""


def parse_detections(
    pages: Mapping[str, Iterable[Json]], *, frame_rate: Fraction | None = None
) -> Detections:
    """Translate the Get* pages of every detector; a detector that did not run is an absent key.

    The result does not depend on the order of pages, and a finding that two pages repeat
    counts once.

    Args:
        pages: detector name to its pages.
        frame_rate: of the source; needed only for answers without frame numbers. None
            takes it from the answers' own VideoMetadata, snapped to a standard rate.

    Raises:
        UnsupportedVideoError: there are more findings than can be worked with.
        MalformedResponseError: a page is not an object, its list is not a list, or the
            detector is unknown.
    """
    unknown = sorted(set(pages) - set(_LISTS))
    if unknown:
        raise MalformedResponseError(f"{unknown[0]!r} is none of {', '.join(sorted(_LISTS))}.")
    ignored: Counter[str] = Counter()
    rates: list[Fraction] = []

    def read(detector: str, reader: Callable[[Json], Found]) -> tuple[Found, ...]:
        return _read(counted(detector, _rows(detector, pages.get(detector, ()), rates)), reader, ignored)

    # Page by page, because the rows of a long film take far more memory than what is read from them.
    celebrities = read("celebrities", _celebrity)
    faces = read("faces", _face)
    labels = read("labels", _label)
    moderation = read("moderation", _moderation)
    rows = list(counted("segments", _rows("segments", pages.get("segments", ()), rates)))
    seen_rate = rates[0] if rates else None
    segments = _read(rows, lambda row: _segment(row, frame_rate or seen_rate), ignored)
    return Detections(
        detectors=frozenset(pages),
        shots=tuple(item for item in segments if isinstance(item, ShotDetection)),
        cues=tuple(item for item in segments if isinstance(item, CueDetection)),
        labels=labels,
        faces=faces,
        celebrities=celebrities,
        moderation=moderation,
        frame_rate=seen_rate,
        ignored=dict(sorted(ignored.items())),
    )


def _rows(detector: str, pages: Iterable[Any], rates: list[Fraction]) -> Iterator[Any]:
    """The rows of all pages in turn; the frame rates that the pages tell are added to ``rates``."""
    for page in pages:
        found = page.get(_LISTS[detector], []) if isinstance(page, Mapping) else None
        if not isinstance(found, list):
            raise MalformedResponseError(f"A page of {detector} has no list {_LISTS[detector]!r}.")
        rate = _frame_rate(page)
        if rate is not None:
            rates.append(rate)
        yield from found


def _read(rows: Iterable[Any], read: Callable[[Json], Found], ignored: Counter[str]) -> tuple[Found, ...]:
    """Every usable row once, in a canonical order."""
    found: list[Found] = []
    for row in rows:
        try:
            found.append(read(row))
        except Unusable as reason:
            ignored[str(reason)] += 1
        except (AttributeError, KeyError, TypeError):
            ignored["not in the shape that Rekognition documents"] += 1
    found.sort(key=lambda finding: _ORDERS[type(finding)](finding))
    # What two pages repeat stands side by side now; that is seen faster than a record is hashed.
    return tuple([one for index, one in enumerate(found) if index == 0 or one != found[index - 1]])


def _frame_rate(page: Json) -> Fraction | None:
    """The frame rate in a page's VideoMetadata, snapped to a standard rate when close to one."""
    metadata = page.get("VideoMetadata")
    entries = metadata if isinstance(metadata, list) else [metadata]
    for entry in entries:
        value = entry.get("FrameRate") if isinstance(entry, Mapping) else None
        if isinstance(value, int | float) and isfinite(value) and value > 0:
            nearest = min(_STANDARD_RATES, key=lambda rate: abs(float(rate) - value))
            close = abs(float(nearest) - value) <= _RATE_TOLERANCE * value
            return nearest if close else Fraction(value).limit_denominator(1001)
    return None


def _confidence(value: Any) -> float:
    if type(value) not in _NUMBERS or not 0 < value <= _MOST:  # NaN is not in any range.
        raise Unusable("without a usable confidence")
    return min(100.0, float(value))


def _milliseconds(value: Any) -> int:
    if type(value) not in _NUMBERS or not 0 <= value < inf:
        raise Unusable("without a usable time")
    return int(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unusable("without a name")
    return name_of(value)


def _names(entries: Any) -> tuple[str, ...]:
    if not entries:
        return ()
    names = [entry["Name"] for entry in entries if entry.get("Name")]
    if not _TEXT.issuperset(map(type, names)):
        raise Unusable("without a name")
    return _sorted_names(tuple(names))


@lru_cache(maxsize=4096)
def _sorted_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names once each; a film has few such sets and shows each a thousand times."""
    return tuple(sorted({_text(name) for name in names}))


def _span(row: Json) -> MillisecondSpan:
    """The stretch of a row aggregated by segments, else its sampled moment.

    DurationMillis is not read: AWS's own sample contradicts its start and end.
    """
    first, last = row.get("StartTimestampMillis"), row.get("EndTimestampMillis")
    if first is not None and last is not None:
        start, end = _milliseconds(first), _milliseconds(last)
        if end < start:
            raise Unusable("ending before it starts")
        return MillisecondSpan(start, end)
    at = _milliseconds(row.get("Timestamp"))
    return MillisecondSpan(at, at)


def _segment(row: Json, rate: Fraction | None) -> ShotDetection | CueDetection:
    first, last = _frame(row, "Start", rate), _frame(row, "End", rate)
    if last < first:
        raise Unusable("ending before it starts")
    frames = FrameRange(first, last + 1)
    if row.get("Type") == "SHOT":
        return ShotDetection(frames, _confidence(row["ShotSegment"].get("Confidence")))
    if row.get("Type") == "TECHNICAL_CUE":
        cue = row["TechnicalCueSegment"]
        if cue.get("Type") not in TECHNICAL_CUES:
            raise Unusable("a technical cue of an unknown kind")
        return CueDetection(frames, cue["Type"], _confidence(cue.get("Confidence")))
    raise Unusable("a segment that is neither shot nor technical cue")


def _frame(row: Json, edge: str, rate: Fraction | None) -> int:
    """Frame number of an edge: as told, else from its timecode, else from its milliseconds."""
    number = row.get(f"{edge}FrameNumber")
    if number is not None:
        return _milliseconds(number)
    if rate is None:
        raise Unusable("without frame numbers in a film of unknown frame rate")
    timecode = row.get(f"{edge}TimecodeSMPTE")
    if isinstance(timecode, str):
        try:
            return from_timecode(timecode, rate)
        except ValueError:
            pass  # The milliseconds beside it say the same.
    return milliseconds_to_frame(_milliseconds(row.get(f"{edge}TimestampMillis")), rate)


def _label(row: Json) -> LabelDetection:
    label = row["Label"]
    return LabelDetection(
        span=_span(row),
        name=_text(label.get("Name")),
        confidence=_confidence(label.get("Confidence")),
        parents=_names(label.get("Parents")),
        categories=_names(label.get("Categories")),
    )


def _face(row: Json) -> FaceDetection:
    face = row["Face"]
    quality = face.get("Quality") or {}
    return FaceDetection(
        at=_milliseconds(row.get("Timestamp")),
        confidence=_confidence(face.get("Confidence")),
        area=_area(face.get("BoundingBox") or {}),
        emotions=_emotions(face.get("Emotions")),
        brightness=_optional(quality.get("Brightness")),
        sharpness=_optional(quality.get("Sharpness")),
    )


def _area(box: Json) -> float:
    """Share of the picture inside the box; boxes may reach beyond the picture's edge."""
    return _side(box.get("Left"), box.get("Width")) * _side(box.get("Top"), box.get("Height"))


def _side(start: Any, length: Any) -> float:
    """How much of the picture's width or height a box takes, 0 to 1."""
    if type(start) in _NUMBERS and type(length) in _NUMBERS and isfinite(start + length):
        side: float = min(1.0, start + length) - max(0.0, start)
        if side > 0:
            return side
    raise Unusable("a face without a usable box")


def _emotions(entries: Any) -> tuple[float, ...]:
    """How sure Rekognition is of each emotion."""
    found: dict[str, float] = {}
    for entry in entries or ():
        name, value = entry.get("Type"), entry.get("Confidence")
        if name in _EMOTIONS and type(value) in _NUMBERS and 0 < value <= _MOST:
            found[name] = float(value) if value < 100 else 100.0
    return emotion_levels(found)


def _optional(value: Any) -> float | None:
    return float(value) if type(value) in _NUMBERS and isfinite(value) else None


def _celebrity(row: Json) -> CelebrityDetection:
    celebrity = row["Celebrity"]
    return CelebrityDetection(
        at=_milliseconds(row.get("Timestamp")),
        name=_text(celebrity.get("Name")),
        confidence=_confidence(celebrity.get("Confidence")),
    )


def _moderation(row: Json) -> ModerationDetection:
    label = row["ModerationLabel"]
    return ModerationDetection(
        span=_span(row),
        name=_text(label.get("Name")),
        parent=_text(label["ParentName"]) if label.get("ParentName") else "",
        confidence=_confidence(label.get("Confidence")),
    )
