"""Bring a finished detection home, page by page."""

from __future__ import annotations

from typing import Any

from trailer.domain.jobs import JobStatus
from trailer.errors import DetectionFailedError
from trailer.ports import Services
from trailer.wire import keys


def collect_detection(video_id: str, detector: str, services: Services) -> dict[str, Any]:
    """Copy every page to S3; a repetition overwrites the same keys, it never appends.

    Rekognition keeps results for seven days; ours stay.

    Raises:
        DetectionFailedError: no attempt of this detector is done.
    """
    done = [job for job in services.jobs.of_video(video_id, [detector]) if job.status is JobStatus.DONE]
    if not done or done[-1].job_id is None:
        raise DetectionFailedError(f"The {detector} detection of {video_id} has no result to collect.")
    pages = 0
    for page in services.detections.pages(detector, done[-1].job_id):
        services.results.put_json(keys.detection_page(video_id, detector, pages), page)
        pages += 1
    services.results.put_json(
        keys.detection_index(video_id, detector), {"pages": pages, "jobId": done[-1].job_id}
    )
    return {"videoId": video_id, "detector": detector, "pages": pages}
