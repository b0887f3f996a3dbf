"""What got lost between the ledger, Rekognition and the executions, and how it is found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from trailer.domain.work.jobs import NOBODY_WAITS, RESULTS_KEPT, DetectionJob
from trailer.errors import ResultForgottenError, ServiceBusyError, StartUnansweredError, TrailerError
from trailer.ports import Services
from trailer.steps.job_outcomes import settle_job, wake_waiting
from trailer.steps.job_queue import repeat_start, someone_waiting

_ANSWER_LOST: Final = timedelta(minutes=2)
"""How long Start may go without an answer: longer than any function that calls it lives."""
_NEVER_ANSWERED: Final = timedelta(days=1)
"""How long Start may go without an answer before a person has to hear of it."""
_MESSAGE_LOST: Final = timedelta(minutes=5)
"""How long a job may run before Rekognition is asked; its message normally is much faster."""
_START_LOST: Final = RESULTS_KEPT
"""How long a job may be without an id and without anybody who waits.

Until then Start under its token gives the job that Rekognition may have, and its result can
still be had; a new attempt would pay for it again.
"""
_ASKED_AT_ONCE: Final = 25
"""Get calls are limited to 5 a second in most regions, and the tick comes again in a minute."""


def wake_forgotten(services: Services) -> int:
    """Wake executions whose job was settled by somebody who died before waking them."""
    return _each(services.jobs.unwoken(), lambda job: wake_waiting(job.tag, services))


def repeat_lost_starts(services: Services) -> int:
    """Find out about jobs whose Start never answered.

    Each is asked for again at every tick, since its film waits for ten days; after one without
    an answer the tick fails, so that somebody is told.

    One that nobody waits for is left alone: if Rekognition has it, its completion will
    say so, and if not, nothing needs to be billed. It stays open, so that the next film
    with these bytes joins it and asks under the same token.
    """
    now = services.clock.now()
    lost = [job for job in services.jobs.running(started_before=now - _ANSWER_LOST) if job.job_id is None]
    return _each(lost, lambda job: _repeat(job, now, services))


def settle_overdue(services: Services) -> int:
    """Settle jobs that ended without a message."""
    now = services.clock.now()
    overdue = [job for job in services.jobs.running(started_before=now - _MESSAGE_LOST) if job.job_id]
    return _each(_some_of(overdue, now), lambda job: _settle_if_ended(job, services))


def _repeat(job: DetectionJob, now: datetime, services: Services) -> None:
    began = datetime.fromisoformat(job.started_at or job.created_at)
    if someone_waiting(job, services) is not None:
        if not repeat_start(job, services) and began < now - _NEVER_ANSWERED:
            raise StartUnansweredError(
                f"Rekognition gives no answer to the start of the {job.detector} detection of "
                f"{job.video_id}, first asked for at {began:%Y-%m-%d %H:%M} UTC. The film waits."
            )
    elif began < now - _START_LOST:
        services.jobs.abandon(job.tag, reason=NOBODY_WAITS, at=now)


def _settle_if_ended(job: DetectionJob, services: Services) -> bool:
    assert job.job_id is not None
    try:
        status, _ = services.detections.status(job.detector, job.job_id)
    except ResultForgottenError:
        status = "FAILED"
    if status == "IN_PROGRESS":
        return False
    settle_job(job, job.job_id, succeeded=status == "SUCCEEDED", services=services)
    return True


def _some_of(jobs: Sequence[DetectionJob], now: datetime) -> list[DetectionJob]:
    """As many as may be asked about now, others at the next minute: none is left out for good."""
    first = int(now.timestamp() // 60) * _ASKED_AT_ONCE % max(len(jobs), 1)
    return [*jobs[first:], *jobs[:first]][:_ASKED_AT_ONCE]


def _each(jobs: Iterable[DetectionJob], mend: Callable[[DetectionJob], bool | None]) -> int:
    """Mend one after the other; how many were.

    A busy service leaves its job to the next minute. Anything else is raised when
    all others were mended, so that one bad row stops nothing and is seen.
    """
    mended = 0
    bad: TrailerError | None = None
    for job in jobs:
        try:
            mended += mend(job) is not False
        except ServiceBusyError:
            continue
        except TrailerError as error:
            bad = bad or error
    if bad:
        raise bad
    return mended
