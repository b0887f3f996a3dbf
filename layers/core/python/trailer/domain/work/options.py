"""What somebody asked for: the options of an upload and of a later request."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

OUTPUT_FORMATS: Final = ("mp4", "hls", "mp4+hls")

ON_DETECTOR_FAILURE: Final = ("fail", "continue")
"""What a failed detector does to its film; shots are indispensable whatever is said."""

MAX_DURATION_BOUNDS: Final = (5, 600)
"""Seconds, both inclusive. Below, no clip structure fits; above, it is no trailer any more."""


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A stretch of the film in seconds from its start, half-open; or a whole scene by its number."""

    start: Fraction = Fraction(0)
    end: Fraction = Fraction(0)
    scene: int | None = None


@dataclass(frozen=True, slots=True)
class TrailerOptions:
    """How one trailer should be."""

    max_duration: Fraction
    """Seconds; a limit, to the frame."""
    target_language: str
    output_format: str
    pins: tuple[TimeSpan, ...] = ()
    """Stretches that must be in the trailer."""
    bans: tuple[TimeSpan, ...] = ()
    """Stretches that must not be in it."""
    max_overlap: Fraction | None = None
    """Share of its frames that may repeat this profile's earlier trailers of the film; None is no limit."""


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """What to do with an uploaded film."""

    profile_ids: tuple[str, ...]
    detectors: tuple[str, ...]
    max_cost: Decimal | None
    """US dollars; the film is refused when its estimate is above."""
    on_detector_failure: str
    trailer: TrailerOptions
