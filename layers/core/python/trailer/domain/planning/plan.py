"""The trailer plan: which clips, in which order, why these and why not others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal

from trailer.domain.time.timecode import FrameRange

Act = Literal["hook", "setup", "conflict", "montage", "button"]
ACTS: Final[tuple[Act, ...]] = ("hook", "setup", "conflict", "montage", "button")

RejectionCode = Literal[
    "gated", "spoiler", "banned", "too_short", "reused", "low_relevance", "redundant", "no_budget"
]
REJECTION_CODES: Final[tuple[RejectionCode, ...]] = (
    "gated",
    "spoiler",
    "banned",
    "too_short",
    "reused",
    "low_relevance",
    "redundant",
    "no_budget",
)


@dataclass(frozen=True, slots=True)
class Clip:
    """A range of the source that is in the trailer."""

    source: FrameRange
    scene: int
    """Index of the scene that the clip starts in."""
    act: Act
    score: float
    """Mean relevance of the clip for the profile, 0 to 1."""
    parts: Mapping[str, float]
    """What the score is made of, by cue such as "label:Car"; the parts add up to the score."""
    reasons: tuple[str, ...]
    """Why the clip is in, in words for the person who watches; never empty."""


@dataclass(frozen=True, slots=True)
class RejectedScene:
    """A scene that is not in the trailer, with the reason."""

    scene: int
    code: RejectionCode
    detail: str


@dataclass(frozen=True, slots=True)
class GateSummary:
    """How much of the film one hard rule kept out."""

    code: str
    """A technical cue type, "Spoiler", "Ban" or "Moderation:<name>"."""
    ranges: int
    frames: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a trailer repeats of earlier trailers of the film for the same profile."""

    versions: tuple[int, ...]
    """The earlier trailers, ascending."""
    limit: int
    """Frames that may be repeated."""
    frames: int
    """Frames that are; never more than the limit."""


@dataclass(frozen=True, slots=True)
class TrailerPlan:
    """Everything that rendering, the EDL and the report need; clips in trailer order."""

    video_id: str
    profile_id: str
    profile_version: int
    frame_rate: Fraction
    max_frames: int
    """The limit that was asked for; ``frames`` never exceeds it."""
    clips: tuple[Clip, ...]
    rejected: tuple[RejectedScene, ...] = ()
    gates: tuple[GateSummary, ...] = ()
    warnings: tuple[str, ...] = ()
    """Full sentences about what the plan had to do without."""
    content: FrameRange | None = field(default=None)
    """The film without leading and trailing technical cues."""
    spoiler_start: int | None = field(default=None)
    """First frame that is too near to the ending to be shown."""
    overlap: Overlap | None = field(default=None)
    """None where nothing was to be kept apart from: no earlier trailer, or no limit asked for."""

    @property
    def frames(self) -> int:
        """Length of the trailer in frames."""
        return sum(clip.source.length for clip in self.clips)
