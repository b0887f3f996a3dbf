"""The table of detectors: what each is called in Rekognition's API and what it is asked for.

Adding a detector is one entry here, one parser in ``wire.rekognition`` and one
grant in ``infra``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of Rekognition Video job."""

    name: str
    operation: str
    """Start<operation> and Get<operation> are the calls."""
    items: str
    """The list in the answer that grows page by page."""
    start: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of Start beside the video, the channel and the tokens."""
    get: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of Get beside the job id and paging."""


DETECTORS: Mapping[str, Detector] = {
    detector.name: detector
    for detector in (
        Detector(
            "segments",
            "SegmentDetection",
            "Segments",
            start={
                "SegmentTypes": ["SHOT", "TECHNICAL_CUE"],
                # The lowest confidences that the API has: what is doubtful is decided here, not there.
                "Filters": {
                    "ShotFilter": {"MinSegmentConfidence": 50},
                    "TechnicalCueFilter": {"MinSegmentConfidence": 50},
                },
            },
        ),
        # Segments instead of timestamps: a tenth of the rows, each with the best confidence of its stretch.
        Detector(
            "labels",
            "LabelDetection",
            "Labels",
            start={"MinConfidence": 50, "Features": ["GENERAL_LABELS"]},
            get={"AggregateBy": "SEGMENTS", "SortBy": "TIMESTAMP"},
        ),
        Detector("faces", "FaceDetection", "Faces", start={"FaceAttributes": "ALL"}),
        Detector("celebrities", "CelebrityRecognition", "Celebrities", get={"SortBy": "TIMESTAMP"}),
    )
}


def call_name(verb: str, detector: Detector) -> str:
    """The boto3 method of a detector: ``start_label_detection`` for ("start", labels)."""
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in detector.operation)
    return verb + words
