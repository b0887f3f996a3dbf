"""The ledger of detection jobs: what a row is and how it may change.

A row is written before the job is started, with the task token of the waiting
execution in it, so that no completion can arrive for a job that nobody knows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from trailer.domain.upload import ObjectVersion

MAX_ATTEMPTS = 3
"""How often a detection of one film may fail before its film fails."""


class JobStatus(StrEnum):
    """Where a job is: PENDING and RUNNING are open, DONE and FAILED are settled for good."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


OPEN = frozenset({JobStatus.PENDING, JobStatus.RUNNING})


@dataclass(frozen=True, slots=True)
class DetectionJob:
    """One row of the ledger: one attempt of one detector on one film."""

    video_id: str
    detector: str
    attempt: int
    """Counts from 1; a new attempt is made only after the one before FAILED."""
    source: ObjectVersion
    """What Rekognition reads: the film, or its proxy."""
    task_token: str
    created_at: str
    """ISO 8601, UTC; the queue is served in this order."""
    status: JobStatus = JobStatus.PENDING
    job_id: str | None = None
    """Rekognition's id, once it is known."""
    reason: str | None = None
    """Why the job failed."""

    @property
    def tag(self) -> str:
        """The key of the row, which travels through Rekognition as the JobTag."""
        return job_tag(self.video_id, self.detector, self.attempt)

    @property
    def request_token(self) -> str:
        """Rekognition's ClientRequestToken: the same for each repetition of one attempt.

        A start whose answer was lost can so be repeated without being billed
        again; a new attempt gets a new token, since an old one would return the
        failed job and send no message.
        """
        return hashlib.sha256(self.tag.encode()).hexdigest()


def job_tag(video_id: str, detector: str, attempt: int) -> str:
    """The ledger key of one attempt."""
    return f"{video_id}/{detector}/{attempt}"
