"""How a detection job ends, and how everybody who waits for it hears of it.

First the outcome is written, then the tokens are read and woken, then they are
forgotten. Nobody can begin to wait in between, since only an open job is
adopted; and whoever dies in between leaves tokens in a settled row, which the
minute tick finds.
"""

from __future__ import annotations

from typing import Final

from trailer.domain.work.jobs import OPEN, DetectionJob, JobStatus
from trailer.errors import ResultForgottenError, SharedJobLostError, TrailerError, UnsupportedVideoError
from trailer.ports import Services
from trailer.steps.spending import correct_cost
from trailer.wire.verdict import blamed

_OF_ONE_FILE: Final = UnsupportedVideoError.__name__
"""Start could not read the file: deleted, or never readable. The same bytes elsewhere may be."""


def settle_job(job: DetectionJob, job_id: str, *, succeeded: bool, services: Services) -> None:
    """Write down how a started job ended and wake the executions that wait for it.

    May be repeated: the first outcome stays, and waking a closed token does nothing.
    """
    error, reason = (None, None) if succeeded else _failure(job, job_id, services)
    services.jobs.settle(job.tag, job_id=job_id, at=services.clock.now(), error=error, reason=reason)
    wake_waiting(job.tag, services)


def refuse_job(job: DetectionJob, error: TrailerError, services: Services) -> None:
    """Write down that Rekognition did not take a job, and tell the executions that wait for it."""
    services.jobs.settle(
        job.tag, job_id=None, at=services.clock.now(), error=type(error).__name__, reason=str(error)
    )
    wake_waiting(job.tag, services)


def wake_waiting(tag: str, services: Services) -> None:
    """Tell every execution that waits for a settled job how it ended.

    The film that pays may have ended before; then its record is told what that was worth.
    """
    job = services.jobs.get(tag)
    if job is None or job.status in OPEN:
        return
    for video_id, token in sorted(job.waiting.items()):
        if job.status is JobStatus.DONE:
            services.workflow.succeed(token, {"jobTag": job.tag})
        else:
            services.workflow.fail(token, *_failure_for(job, video_id))
    if job.status is JobStatus.DONE:
        correct_cost(job.video_id, services)
    services.jobs.mark_woken(tag, at=services.clock.now())


def _failure_for(job: DetectionJob, video_id: str) -> tuple[str, str]:
    # Without a job id it never ran: it is about this file then, and not about the bytes.
    if job.error == _OF_ONE_FILE and job.job_id is None and video_id != job.source_video:
        return SharedJobLostError.__name__, (
            f"The {job.detector} detection was to be shared with {job.source_video}, whose file can't be "
            "read; it is tried again with the film's own file."
        )
    return job.error or "DetectionFailedError", job.reason or "no reason given"


def _failure(job: DetectionJob, job_id: str, services: Services) -> tuple[str, str]:
    try:
        _, message = services.detections.status(job.detector, job_id)
    except ResultForgottenError as error:
        message = str(error)
    said = message or "no reason given"
    return blamed(message).__name__, f"Rekognition could not analyse the film ({job.detector}): {said}"
