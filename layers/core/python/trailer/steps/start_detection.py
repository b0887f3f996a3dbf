"""Queue one detection of a film for a waiting execution."""

from __future__ import annotations

from typing import Any

from trailer.domain.jobs import MAX_ATTEMPTS, DetectionJob, JobStatus, job_tag
from trailer.domain.upload import ObjectVersion
from trailer.errors import DetectionFailedError
from trailer.ports import Services
from trailer.steps.job_queue import start_job
from trailer.steps.records import load_video
from trailer.wire.catalogue import source_of


def start_detection(video_id: str, detector: str, task_token: str, services: Services) -> dict[str, Any]:
    """Make sure that one job of this detector runs or waits, with this token to wake.

    A repeated state finds the row of the job that is already under way and puts
    its own token there, so nothing is started or billed twice; a job that ended
    meanwhile answers at once.

    Raises:
        DetectionFailedError: every allowed attempt has failed.
    """
    for attempt in range(1, MAX_ATTEMPTS + 1):
        job = services.jobs.get(job_tag(video_id, detector, attempt))
        if job is None:
            job = _new_job(video_id, detector, attempt, task_token, services)
            if not services.jobs.add(job):
                job = services.jobs.get(job.tag) or job
        if job.status is JobStatus.FAILED:
            continue
        return {"videoId": video_id, "jobTag": job.tag, "status": _take(job, task_token, services)}
    raise DetectionFailedError(
        f"The {detector} detection failed {MAX_ATTEMPTS} times and is not tried again."
    )


def _take(job: DetectionJob, task_token: str, services: Services) -> str:
    ours = job.task_token == task_token and job.status is JobStatus.PENDING
    if job.status is JobStatus.DONE or not (ours or services.jobs.adopt(job.tag, task_token)):
        return _answer_settled(job, task_token, services)
    if job.status is JobStatus.RUNNING:
        return str(JobStatus.RUNNING)
    return str(JobStatus.RUNNING if start_job(job, services) else JobStatus.PENDING)


def _answer_settled(job: DetectionJob, task_token: str, services: Services) -> str:
    settled = services.jobs.get(job.tag) or job
    if settled.status is JobStatus.FAILED:
        raise DetectionFailedError(settled.reason or "no reason given")
    services.workflow.succeed(task_token, {"jobTag": settled.tag})
    return str(settled.status)


def _new_job(video_id: str, detector: str, attempt: int, token: str, services: Services) -> DetectionJob:
    video = load_video(video_id, services)
    source = source_of(video)
    if video.get("proxyKey"):
        source = ObjectVersion(services.results.bucket, video["proxyKey"], None)
    return DetectionJob(
        video_id=video_id,
        detector=detector,
        attempt=attempt,
        source=source,
        task_token=token,
        created_at=services.clock.now().isoformat(),
    )
