"""The queue of detection jobs in front of Rekognition's slots.

Rekognition runs a limited number of jobs per account, whoever started them. A
job that finds no slot stays PENDING, which costs nothing. Whoever has reason to
think that there is a slot starts jobs from the head of the queue: a completion,
the minute tick, an arrival. Nobody starts its own job past the queue.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Final

from trailer.domain.work.jobs import NOBODY_WAITS, DetectionJob, JobStatus
from trailer.domain.work.turns import FULL_FOR, turn_of
from trailer.errors import JobQuotaReachedError, ServiceBusyError, TrailerError
from trailer.ports import Services
from trailer.steps.job_outcomes import refuse_job

_STARTS_AT_ONCE: Final = 20
_LOOKED_AT: Final = 200
"""Rows that one function looks at, before it leaves the rest to the next one."""


def start_pending(services: Services, arrival: DetectionJob | None = None) -> int:
    """Start what waits, in turn, until Rekognition refuses; returns how many started.

    A row that something is wrong with is passed over: it is another film's, and the tick tells of it.

    Args:
        services: everything outside.
        arrival: a job that was queued just now. The index may not list it yet. When a start
            was refused a moment ago, it only waits: a thousand arrivals are not a thousand calls.
    """
    return _start_in_turn(services, arrival, [])


def start_pending_and_tell(services: Services) -> int:
    """The same for the tick.

    Raises:
        TrailerError: what was wrong with a row of the queue, once all others had their turn.
    """
    bad: list[TrailerError] = []
    started = _start_in_turn(services, None, bad)
    if bad:
        raise bad[0]
    return started


def repeat_start(job: DetectionJob, services: Services) -> bool:
    """Call Start once more for a job whose first answer is not known; the same job is never billed twice.

    A refusal for want of a slot proves nothing about the first call, so the job
    stays as it is then.

    Returns:
        Whether there was an answer, a refusal included.
    """
    try:
        job_id = services.detections.start(job)
    except ServiceBusyError:
        return False
    except JobQuotaReachedError:
        return True
    except TrailerError as error:
        refuse_job(job, error, services)
        return True
    _note_start(job, job_id, services)
    return True


def someone_waiting(job: DetectionJob, services: Services) -> str | None:
    """A film that really waits for an open job, the one that pays if it does; dead ones are taken off."""
    paying_first = sorted(job.waiting.items(), key=lambda entry: (entry[0] != job.video_id, entry[0]))
    for video_id, token in paying_first:
        if services.workflow.is_waiting(token):
            return video_id
        services.jobs.drop(job.tag, video_id, token)
    return None


def _start_in_turn(services: Services, arrival: DetectionJob | None, bad: list[TrailerError]) -> int:
    """Start what waits; the errors of rows that were passed over are added to ``bad``."""
    queue = services.jobs.queue()
    now = services.clock.now()
    if arrival is not None and queue.is_full(now):
        return 0
    started = 0
    try:
        for looked_at, listed in enumerate(_in_turn(arrival, services)):
            if started == _STARTS_AT_ONCE or looked_at == _LOOKED_AT:
                return started
            try:
                started += _start_next(listed.tag, services)
            except (JobQuotaReachedError, ServiceBusyError):
                raise
            except TrailerError as error:
                bad.append(error)
    except JobQuotaReachedError:
        services.jobs.set_full(services.clock.now() + FULL_FOR)
        return started
    except ServiceBusyError:
        # What was begun stands in the ledger; the next completion or the tick goes on from there.
        return started
    if queue.is_full(now):
        services.jobs.set_full(now)
    return started


def _in_turn(arrival: DetectionJob | None, services: Services) -> Iterable[DetectionJob]:
    arrived = [] if arrival is None else [arrival]
    return heapq.merge(services.jobs.pending(), arrived, key=lambda job: job.place)


def _start_next(tag: str, services: Services) -> int:
    """Start one job of the queue; 0 when there was nothing to start.

    Raises:
        JobQuotaReachedError: no slot; the job is pending as before.
        ServiceBusyError: some call got no answer; if it was Start, ``repeat_start`` finds out.
    """
    job = services.jobs.get(tag)
    if job is None or job.status is not JobStatus.PENDING:
        return 0
    payer = someone_waiting(job, services)
    if payer is None:
        services.jobs.abandon(tag, reason=NOBODY_WAITS, at=services.clock.now())
        return 0
    claimed_at = services.clock.now()
    if not services.jobs.claim(tag, payer=payer, at=claimed_at):
        return 0
    try:
        job_id = services.detections.start(job)
    except JobQuotaReachedError:
        services.jobs.release(tag, job.place, claimed_at=claimed_at)
        raise
    except ServiceBusyError:
        raise
    except TrailerError as error:
        refuse_job(job, error, services)
        return 0
    _note_start(job, job_id, services)
    return 1


def _note_start(job: DetectionJob, job_id: str, services: Services) -> None:
    services.jobs.mark_running(job.tag, job_id)
    services.jobs.advance(turn_of(job.place))
