"""The table of detectors: what each is called in Rekognition's API and what it is asked for.

Adding a detector is one entry here, one parser in ``wire.rekognition`` and one
grant in ``infra``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from trailer.domain.work.jobs import job_stem

_RECIPE_LENGTH: Final = 8


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


def stem_of(video: Mapping[str, Any], detector: str) -> str:
    """Which jobs a film can use: those on its content, by today's recipe.

    A film that was registered before contents had names has its own.
    """
    # The name of a proxy says how it was made; the film itself has none.
    proxy = str(video.get("proxyKey") or "").rsplit("/", 1)[-1]
    return job_stem(
        video.get("contentId") or video["videoId"], detector, detection_recipe(detector, proxy=proxy)
    )


def detection_recipe(detector: str, *, proxy: str) -> str:
    """A short hash of everything but the content that an answer depends on.

    The parameters of Get are part of it, because pages that an earlier film has
    collected are reused as they are.
    """
    entry = DETECTORS[detector]
    asked = json.dumps([entry.operation, dict(entry.start), dict(entry.get), proxy], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()[:_RECIPE_LENGTH]
