"""The films of the proof, and what Rekognition and Probe say about them.

The answers have the statistics and quirks of real ones (``tests/quality``) and
are computed once: a film of 30 seconds whose detections fill several small
pages. All films show the same; their content differs by name only.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.chaos.objects import Stored
from tests.quality.fixtures import Title
from tests.quality.fixtures.story import Spec

SECONDS = 30
RATE = 25
_SPEC = Spec(
    "chaos-30s",
    Fraction(RATE),
    seconds=SECONDS,
    shots=14,
    sequence=(3, 6),
    detectors=("segments", "labels", "faces", "celebrities"),
)
_LISTS = {
    "SegmentDetection": ("segments", "Segments"),
    "LabelDetection": ("labels", "Labels"),
    "FaceDetection": ("faces", "Faces"),
    "CelebrityRecognition": ("celebrities", "Celebrities"),
}
DETECTORS = {operation: detector for operation, (detector, _) in _LISTS.items()}


@dataclass(frozen=True)
class Film:
    """One upload.

    Attributes:
        content: what it shows; equal for equal bytes.
        kind: ``good``, ``hevc`` (needs a proxy), ``broken``, ``short``, or ``wish`` (bad options).
        expected: the error of its rejection, or an empty text.
    """

    key: str
    content: str
    kind: str = "good"
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> str:
        """The name of the error that must be on its record when nothing else goes wrong."""
        return {
            "broken": "UnreadableVideoError",
            "short": "VideoTooShortError",
            "wish": "InvalidOptionsError",
        }.get(self.kind, "")

    def stored(self, version: str) -> Stored:
        """The object."""
        metadata = {"max-duration": "none"} if self.kind == "wish" else dict(self.metadata)
        return Stored(self.kind.encode(), version, 1_000_000, metadata, self.content)


@functools.cache
def answer(operation: str) -> Mapping[str, Any]:
    """All rows of a Get* answer in one list, and what surrounds them."""
    detector, items = _LISTS[operation]
    pages = Title(_SPEC).pages()[detector]
    common = {k: v for k, v in pages[0].items() if k not in ("NextToken", "JobStatus")}
    return {**common, items: [row for page in pages for row in page[items]]}


def rows_of(operation: str, page: Mapping[str, Any]) -> list[Any]:
    """The rows of a page."""
    rows: list[Any] = page[_LISTS[operation][1]]
    return rows


def probed(url: str, stored: Stored) -> Mapping[str, Any] | None:
    """The ``Container`` of a Probe answer: of a film by its kind, of a rendition by its frames."""
    kind = stored.body.decode()
    if kind in ("broken", ""):
        return None
    frames = int(kind) if kind.isdigit() else 5 * RATE if kind == "short" else SECONDS * RATE
    codec = "HEVC" if kind == "hevc" else "AVC"
    seconds = frames / RATE
    video = {
        "Index": 0,
        "TrackType": "video",
        "Codec": codec,
        "Duration": seconds,
        "VideoProperties": {
            "Width": 1920,
            "Height": 1080,
            "FrameRate": {"Numerator": RATE, "Denominator": 1},
            "CodecMetadata": {"BitDepth": 8, "ChromaSubsampling": "4:2:0", "ScanType": "progressive"},
        },
    }
    audio = {
        "Index": 1,
        "TrackType": "audio",
        "Codec": "AAC",
        "Duration": seconds,
        "AudioProperties": {"Channels": 2, "SampleRate": 48000, "LanguageCode": "eng"},
    }
    return {"Format": "mp4", "Duration": seconds, "Tracks": [video, audio]}
