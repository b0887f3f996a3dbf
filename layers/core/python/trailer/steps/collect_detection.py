"""Bring a finished detection home, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trailer.domain.work.jobs import DetectionJob, JobStatus
from trailer.errors import DetectionFailedError, ResultForgottenError
from trailer.ports import Services
from trailer.steps.records import load_video
from trailer.wire import keys
from trailer.wire.detectors import stem_of


def collect_detection(video_id: str, detector: str, services: Services) -> dict[str, Any]:
    """Copy every page to S3; a repetition overwrites the same keys, it never appends.

    Rekognition keeps results for seven days. After that the pages of the film that
    collected them first are copied; those stay.

    Raises:
        DetectionFailedError: no attempt is done, or its result is nowhere any more.
    """
    attempts = services.jobs.attempts(stem_of(load_video(video_id, services), detector))
    job = next((job for job in reversed(attempts) if job.status is JobStatus.DONE), None)
    if job is None or job.job_id is None:
        raise DetectionFailedError(f"The {detector} detection of {video_id} has no result to collect.")
    try:
        pages = _store(services.detections.pages(detector, job.job_id), video_id, detector, services)
    except ResultForgottenError as error:
        if job.collected_by is None:
            raise _gone(error) from error
        kept = _kept_pages(job, job.collected_by, error, services)
        pages = _store(kept, video_id, detector, services)
    services.results.put_json(
        keys.detection_index(video_id, detector), {"pages": pages, "jobId": job.job_id, "jobTag": job.tag}
    )
    if job.collected_by is None:
        services.jobs.mark_collected(job.tag, video_id)
    return {"videoId": video_id, "detector": detector, "pages": pages}


def _store(pages: Iterator[Mapping[str, Any]], video_id: str, detector: str, services: Services) -> int:
    stored = 0
    for page in pages:
        services.results.put_json(keys.detection_page(video_id, detector, stored), page)
        stored += 1
    return stored


def _kept_pages(
    job: DetectionJob, keeper: str, cause: ResultForgottenError, services: Services
) -> Iterator[Mapping[str, Any]]:
    """The pages in the folder of the film that collected them."""
    try:
        index = services.results.get_json(keys.detection_index(keeper, job.detector))
        pages = index["pages"] if index["jobId"] == job.job_id else 0
        if not pages:
            raise _gone(cause)
        for page in range(pages):
            yield services.results.get_json(keys.detection_page(keeper, job.detector, page))
    except KeyError as error:
        raise _gone(cause) from error


def _gone(cause: ResultForgottenError) -> DetectionFailedError:
    return DetectionFailedError(f"{cause} Upload the film again.")
