"""Hard rules that depend on the film alone: technical cues, and where the content lies.

A frame inside a gate is never shown, whatever the profile wants.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from trailer.domain.film.detections import CueDetection
from trailer.domain.time.ranges import total, union
from trailer.domain.time.timecode import FrameRange

TECHNICAL_CUES: Final = (
    "ColorBars",
    "EndCredits",
    "BlackFrames",
    "OpeningCredits",
    "StudioLogo",
    "Slate",
    "Content",
)
"""Rekognition's TechnicalCueType. "Content" is the only one that does not gate."""

GUARD_FRAMES: Final = 1
"""Frames kept off on both sides: Rekognition's cues can share a frame with their neighbour."""

_MOST_OF_A_FILM: Final = Fraction(1, 2)
_CHAIN_GAP_SECONDS: Final = 2


@dataclass(frozen=True, slots=True, order=True)
class Gate:
    """Frames that are never shown, with the cue that says so; the guard is included."""

    range: FrameRange
    code: str


def split_trusted(
    cues: Iterable[CueDetection], frame_count: int
) -> tuple[tuple[CueDetection, ...], tuple[str, ...]]:
    """The cues to act on, and the kinds that are not believed.

    A kind that claims more than half of the film is a false positive (AWS's own sample has
    EndCredits over three quarters of one); acting on it would leave no film.
    """
    film = FrameRange(0, frame_count)
    by_kind: dict[str, list[CueDetection]] = {}
    for cue in sorted(cues):
        inside = cue.range.intersection(film)
        if inside is not None and cue.kind != "Content":
            by_kind.setdefault(cue.kind, []).append(CueDetection(inside, cue.kind, cue.confidence))
    trusted: list[CueDetection] = []
    distrusted: list[str] = []
    for kind in sorted(by_kind):
        claimed = total(union(cue.range for cue in by_kind[kind]))
        if Fraction(claimed, frame_count) > _MOST_OF_A_FILM:
            distrusted.append(kind)
        else:
            trusted.extend(by_kind[kind])
    return tuple(sorted(trusted)), tuple(distrusted)


def cue_gates(cues: Iterable[CueDetection], frame_count: int) -> tuple[Gate, ...]:
    """One gate for each cue, a guard frame wider on both sides and inside the film."""
    return tuple(
        sorted(
            Gate(
                FrameRange(
                    max(0, cue.range.start - GUARD_FRAMES), min(frame_count, cue.range.end + GUARD_FRAMES)
                ),
                cue.kind,
            )
            for cue in cues
        )
    )


def content_range(cues: Sequence[CueDetection], frame_count: int, rate: Fraction) -> FrameRange:
    """The film without its leading and trailing technical cues.

    Cues that follow each other within two seconds count as one block. Closing credits in
    the second half end the content even when something comes after them, for a scene after
    the credits is the last thing that a trailer may show.
    """
    gap = int(_CHAIN_GAP_SECONDS * rate)
    blocks = union(FrameRange(cue.range.start, min(frame_count, cue.range.end + gap)) for cue in cues)
    start, end = 0, frame_count
    ends = {block.start: max(c.range.end for c in cues if block.contains(c.range)) for block in blocks}
    for block in blocks:
        if block.start <= gap:
            start = ends[block.start]
        if ends[block.start] >= frame_count - gap:
            end = block.start
    for cue in cues:
        if cue.kind == "EndCredits" and cue.range.start * 2 >= frame_count:
            end = min(end, cue.range.start)
    if start >= end:
        return FrameRange(0, frame_count)
    return FrameRange(start, end)


def spoiler_start(content: FrameRange, cut: Fraction) -> int:
    """First frame that may not be shown: ``cut`` of the way through the content, rounded down."""
    return content.start + int(content.length * cut)
