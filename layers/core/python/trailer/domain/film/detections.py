"""What the detectors found, in the domain's own words.

``wire.rekognition`` fills these types and everything after it reads only them.
Shots and cues are exact frame ranges. Labels, faces, celebrities and moderation
keep their milliseconds, because Rekognition does not promise those to be exact
to the frame; ``evidence`` attaches them to shots by interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from trailer.domain.time.timecode import FrameRange

DETECTORS: Final = ("segments", "labels", "faces", "celebrities", "moderation", "speech")
"""Names of the detectors that evidence can use; a transcript beside the film answers for speech."""

EMOTIONS: Final = (
    "ANGRY",
    "CALM",
    "CONFUSED",
    "DISGUSTED",
    "FEAR",
    "HAPPY",
    "SAD",
    "SURPRISED",
    "UNKNOWN",
)
"""What Rekognition reads in faces (EmotionName of botocore's service model), sorted."""

_NONE_TOLD: Final = (0.0,) * len(EMOTIONS)


@dataclass(frozen=True, slots=True, order=True)
class ShotDetection:
    """An unbroken run from one camera; the range is half-open."""

    range: FrameRange
    confidence: float


@dataclass(frozen=True, slots=True, order=True)
class CueDetection:
    """A technical cue such as BlackFrames or EndCredits; the range is half-open."""

    range: FrameRange
    kind: str
    confidence: float


@dataclass(frozen=True, slots=True, order=True)
class MillisecondSpan:
    """Milliseconds ``start`` (included) to ``end``; equal for a finding at one sampled moment."""

    start: int
    end: int

    @property
    def is_sample(self) -> bool:
        """Whether this is one sampled moment and not a stretch."""
        return self.end <= self.start


@dataclass(frozen=True, slots=True, order=True)
class LabelDetection:
    """An object, action or concept, over a stretch or at one sampled moment."""

    span: MillisecondSpan
    name: str
    confidence: float
    parents: tuple[str, ...] = ()
    """All ancestors, not only the nearest."""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class FaceDetection:
    """A face at one sampled moment."""

    at: int
    """Milliseconds."""
    confidence: float
    area: float
    """Share of the picture, 0 to 1."""
    emotions: tuple[float, ...] = ()
    """Confidence 0-100 in each of ``EMOTIONS``, 0 where none is told; empty when nothing is told."""
    brightness: float | None = None
    sharpness: float | None = None


def emotion_levels(told: Mapping[str, float]) -> tuple[float, ...]:
    """Confidences by name in the order of ``EMOTIONS``; empty when none is told.

    A film has a hundred thousand faces; numbers alone take half of the memory of pairs with names.
    """
    return tuple(map(told.get, EMOTIONS, _NONE_TOLD)) if told else ()


@dataclass(frozen=True, slots=True, order=True)
class CelebrityDetection:
    """A recognised person at one sampled moment."""

    at: int
    name: str
    confidence: float


@dataclass(frozen=True, slots=True, order=True)
class ModerationDetection:
    """A sensitive finding, over a stretch or at one sampled moment."""

    span: MillisecondSpan
    name: str
    parent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Detections:
    """Everything that was found in one film; order within a tuple carries no meaning."""

    detectors: frozenset[str] = frozenset()
    """Detectors that answered; one that answered "nothing" is among them."""
    shots: tuple[ShotDetection, ...] = ()
    cues: tuple[CueDetection, ...] = ()
    labels: tuple[LabelDetection, ...] = ()
    faces: tuple[FaceDetection, ...] = ()
    celebrities: tuple[CelebrityDetection, ...] = ()
    moderation: tuple[ModerationDetection, ...] = ()
    speech: tuple[MillisecondSpan, ...] = ()
    """Words, or captions where single words are not told."""
    frame_rate: Fraction | None = None
    """Frame rate that the detectors saw, snapped to a standard one; None when they told none."""
    ignored: Mapping[str, int] = field(default_factory=dict)
    """Findings that could not be used, counted by the reason."""
