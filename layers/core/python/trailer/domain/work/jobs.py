"""The ledger of detection jobs: what a row is and how it may change.

A row is written before the job is started, with the task tokens of the waiting
executions in it, so that no completion can arrive for a job that nobody knows.
It belongs to a content, not to a film: films with equal bytes share its job.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from trailer.domain.work.upload import ObjectVersion

MAX_FAILURES: Final = 3
"""How often a detection of one content may fail within a day before it is refused."""

FORGIVEN_AFTER: Final = timedelta(days=1)
"""A failure as old as this no longer counts: what was wrong may have been mended meanwhile."""

RESULTS_KEPT: Final = timedelta(days=6)
"""How long we count on Rekognition to have a result. It keeps them for seven days; a film
that finds one needs some time to read it."""

MAX_WAITING: Final = 100
"""How many films may wait for one job. A task token may have 1 KB, a row holds 400, and each
film that joins writes all of it again."""

NOBODY_WAITS: Final = "Nobody waits for this detection any more, so it was not started."
"""Reason of a job that was given up."""


class JobStatus(StrEnum):
    """Where a job is: PENDING and RUNNING are open, DONE and FAILED are settled.

    PENDING was never started, or was refused for want of a slot. RUNNING without
    a job id means that Start was called and its answer is not known.
    """

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


OPEN: Final = frozenset({JobStatus.PENDING, JobStatus.RUNNING})


@dataclass(frozen=True, slots=True)
class DetectionJob:
    """One row of the ledger: one attempt of one detector on one content."""

    stem: str
    """Content, detector and recipe: what all attempts have in common."""
    attempt: int
    """Counts from 1; a new attempt is made only when no other can be waited for or reused."""
    detector: str
    request: Mapping[str, Any]
    """Rekognition's parameters of this detector, frozen: one request token allows no other."""
    source: ObjectVersion
    """What Rekognition reads: the film, or its proxy. Frozen for the same reason."""
    source_video: str
    """The film that ``source`` belongs to."""
    video_id: str
    """The film that pays."""
    place: str
    """Where it is in the queue; see ``domain.turns``."""
    created_at: str
    """ISO 8601, UTC, as all times here."""
    waiting: Mapping[str, str] = field(default_factory=dict)
    """Films that wait, with their task tokens; empty when all were woken."""
    status: JobStatus = JobStatus.PENDING
    started_at: str | None = None
    """When Start was called; None again after a refusal."""
    settled_at: str | None = None
    job_id: str | None = None
    """Rekognition's id, once it is known: the proof that it accepted the job."""
    error: str | None = None
    """Name of the error class, when the job failed."""
    reason: str | None = None
    """Why the job failed, in a sentence."""
    collected_by: str | None = None
    """The film whose folder in the results bucket holds every page of the answer."""

    @property
    def tag(self) -> str:
        """The key of the row, which travels through Rekognition as the JobTag."""
        return job_tag(self.stem, self.attempt)

    @property
    def request_token(self) -> str:
        """Rekognition's ClientRequestToken: the same for each repetition of one attempt.

        A start whose answer was lost can so be repeated without being billed
        again; a new attempt gets a new token, since an old one would return the
        failed job and send no message.
        """
        return hashlib.sha256(self.tag.encode()).hexdigest()


def job_stem(content: str, detector: str, recipe: str) -> str:
    """What all attempts of one detector on one content have in common."""
    return f"{content}/{detector}.{recipe}"


def job_tag(stem: str, attempt: int) -> str:
    """The ledger key of one attempt."""
    return f"{stem}/{attempt}"


def too_many_failures(attempts: Sequence[DetectionJob], now: datetime) -> DetectionJob | None:
    """The latest failure, when so many were in the last day that no attempt is made now.

    Only jobs that Rekognition accepted count, since only those may be billed: a
    permission that was missing is no reason to refuse the next upload. And only
    for a day: a content that failed last year is tried again.
    """
    since = (now - FORGIVEN_AFTER).isoformat()
    failures = [
        job
        for job in attempts
        if job.status is JobStatus.FAILED and job.job_id and (job.settled_at or job.created_at) > since
    ]
    return failures[-1] if len(failures) >= MAX_FAILURES else None
