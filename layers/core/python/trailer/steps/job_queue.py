"""Starting and settling detection jobs; shared by all who touch the ledger.

Rekognition runs a limited number of jobs per account, whoever started them. A
job that finds no slot stays PENDING, which costs nothing, and the oldest
pending job is started whenever a job ends and once a minute.
"""

from __future__ import annotations

from trailer.domain.jobs import DetectionJob, JobStatus
from trailer.errors import JobQuotaReachedError, ServiceBusyError, TrailerError
from trailer.ports import Services

_DRAIN_LIMIT = 20


def start_job(job: DetectionJob, services: Services) -> bool:
    """Start one pending job; False when there is no slot for it now.

    Raises:
        TrailerError: Rekognition refuses the film itself; the row is FAILED by then.
    """
    try:
        job_id = services.detections.start(job)
    except JobQuotaReachedError:
        return False
    except ServiceBusyError:
        raise
    except TrailerError as error:
        services.jobs.settle(job.tag, job_id=None, reason=str(error))
        raise
    services.jobs.mark_running(job.tag, job_id)
    return True


def start_pending(services: Services) -> int:
    """Start what waits, oldest first, until a start finds no slot; returns how many started."""
    started = 0
    for listed in services.jobs.pending(_DRAIN_LIMIT):
        job = services.jobs.get(listed.tag)
        if job is None or job.status is not JobStatus.PENDING:
            continue
        try:
            if not start_job(job, services):
                break
        except ServiceBusyError:
            break
        except TrailerError as error:
            services.workflow.fail(job.task_token, type(error).__name__, str(error))
            continue
        started += 1
    return started


def settle_job(job: DetectionJob, job_id: str, *, succeeded: bool, services: Services) -> None:
    """Write down how a job ended and wake the execution that waits for it.

    May be repeated: the first outcome stays, and waking a closed token does nothing.
    The token is read again after settling, because a retried state may have
    replaced it meanwhile.
    """
    reason = None if succeeded else _failure(job, job_id, services)
    services.jobs.settle(job.tag, job_id=job_id, reason=reason)
    settled = services.jobs.get(job.tag) or job
    if settled.status is JobStatus.DONE:
        services.workflow.succeed(settled.task_token, {"jobTag": settled.tag})
    else:
        services.workflow.fail(
            settled.task_token, "DetectionFailedError", settled.reason or "no reason given"
        )


def _failure(job: DetectionJob, job_id: str, services: Services) -> str:
    _, message = services.detections.status(job.detector, job_id)
    return f"Rekognition could not analyse the film ({job.detector}): {message or 'no reason given'}"
