"""Queue one detection of a film for a waiting execution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trailer.domain.work.jobs import (
    FORGIVEN_AFTER,
    MAX_FAILURES,
    MAX_WAITING,
    RESULTS_KEPT,
    DetectionJob,
    JobStatus,
    too_many_failures,
)
from trailer.domain.work.turns import group_of, place
from trailer.domain.work.upload import ObjectVersion
from trailer.errors import DetectionFailedError, ServiceBusyError, SharedJobCrowdedError
from trailer.ports import Services
from trailer.steps.job_queue import repeat_start, start_pending
from trailer.steps.records import load_video
from trailer.wire import keys
from trailer.wire.catalogue import source_of
from trailer.wire.detectors import DETECTORS, stem_of

_TRIES: Final = 10
"""Looks at a row that others change at the same moment."""


def start_detection(video_id: str, detector: str, task_token: str, services: Services) -> dict[str, Any]:
    """Make sure that one job of this detector runs or waits, with this token to wake.

    Films with equal bytes share a job: a later one waits for it too, or gets its
    result at once. A repeated state finds its job again and replaces its token
    there, so nothing is started or billed twice.

    Raises:
        DetectionFailedError: too many attempts have failed within a day.
        SharedJobCrowdedError: no room for one more film that waits for this job.
    """
    video = load_video(video_id, services)
    for _ in range(_TRIES):
        job = _join(video, detector, task_token, services)
        if job is not None:
            return {"videoId": video_id, "jobTag": job.tag, "status": _go_on(job, task_token, services)}
    raise ServiceBusyError(f"The {detector} detection of {video_id} changes faster than it can be joined.")


def _join(video: Mapping[str, Any], detector: str, token: str, services: Services) -> DetectionJob | None:
    """The job to use, with our token on it if it is open; None when it changed under our hands."""
    attempts = services.jobs.attempts(stem_of(video, detector))
    job = next((job for job in reversed(attempts) if _is_usable(job, services)), None)
    if job is None:
        _refuse_endless_failure(detector, attempts, services)
        job = _new_job(video, detector, len(attempts) + 1, token, services)
        return job if services.jobs.add(job) else None
    ours = job.waiting.get(video["videoId"])
    if job.status is JobStatus.DONE or ours == token:
        return job
    if ours is None and len(job.waiting) >= MAX_WAITING:
        raise SharedJobCrowdedError(
            f"{MAX_WAITING} films with the same bytes wait for one {detector} detection."
        )
    if ours is not None and not services.workflow.is_waiting(token):
        # Then we are the late one: the execution has gone on without us, and the other token is newer.
        return job
    services.jobs.adopt(job.tag, video["videoId"], token, instead_of=ours)
    return None


def _go_on(job: DetectionJob, token: str, services: Services) -> str:
    if job.status is JobStatus.DONE:
        services.workflow.succeed(token, {"jobTag": job.tag})
    elif job.status is JobStatus.PENDING:
        start_pending(services, arrival=job)
    elif job.job_id is None and job.waiting.get(job.video_id) == token:
        repeat_start(job, services)
    now = services.jobs.get(job.tag) or job
    return str(now.status)


def _is_usable(job: DetectionJob, services: Services) -> bool:
    """Whether a job is under way, or done with a result that can still be read."""
    if job.status is not JobStatus.DONE:
        return job.status is not JobStatus.FAILED
    # By its start, since a completion may come late and make an old result look new.
    if (job.started_at or job.created_at) > (services.clock.now() - RESULTS_KEPT).isoformat():
        return True
    if job.collected_by is None:
        return False
    try:
        index = services.results.get_json(keys.detection_index(job.collected_by, job.detector))
    except KeyError:
        return False
    return bool(index["jobId"] == job.job_id)


def _refuse_endless_failure(detector: str, attempts: list[DetectionJob], services: Services) -> None:
    if failed := too_many_failures(attempts, services.clock.now()):
        hours = FORGIVEN_AFTER.total_seconds() / 3600
        raise DetectionFailedError(
            f"The {detector} detection of these bytes failed {MAX_FAILURES} times within {hours:.0f} hours "
            f"and is not tried again before they are over. The last reason: {failed.reason}"
        )


def _new_job(
    video: Mapping[str, Any], detector: str, attempt: int, token: str, services: Services
) -> DetectionJob:
    upload = source_of(video)
    proxied = video.get("proxyKey")
    now = services.clock.now()
    turn = services.jobs.take_turn(group_of(upload.key), not_before=services.jobs.queue().turn, at=now)
    return DetectionJob(
        stem=stem_of(video, detector),
        attempt=attempt,
        detector=detector,
        request=DETECTORS[detector].start,
        source=ObjectVersion(services.results.bucket, proxied, None) if proxied else upload,
        source_video=video["videoId"],
        video_id=video["videoId"],
        place=place(turn, now.isoformat()),
        created_at=now.isoformat(),
        waiting={video["videoId"]: token},
    )
