"""Jobs, kept as one small file each, so that a restart of the service loses none."""

from __future__ import annotations

import dataclasses
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.rekognition.faults import (
    IdempotentParameterMismatchException,
    LimitExceededException,
    ResourceNotFoundException,
)
from local.rekognition.measure.results import write_json

log = logging.getLogger(__name__)

KEPT_SECONDS = 7 * 24 * 3600
"""Results, and the memory of client request tokens, live for seven days."""
IN_PROGRESS, SUCCEEDED, FAILED = "IN_PROGRESS", "SUCCEEDED", "FAILED"


@dataclass(slots=True)
class Job:
    """One Start* call and what became of it."""

    job_id: str
    operation: str
    detector: str
    request: dict[str, Any]
    film: str
    """Key of the object version in the measurements folder."""
    version: str | None
    """The S3 version that was there at the start; None in an unversioned bucket."""
    created: float
    status: str = IN_PROGRESS
    message: str | None = None
    completed: float | None = None
    notified: bool = False
    content: str = ""
    """The object's ETag."""
    announced: str | None = None
    """What the completion says in place of the status; only a fault plan sets it."""

    @property
    def token(self) -> str | None:
        """The client request token, if one was sent."""
        token = self.request.get("ClientRequestToken")
        return str(token) if token is not None else None

    @property
    def wants_notice(self) -> bool:
        """Whether a completion must still be published."""
        return bool(self.request.get("NotificationChannel")) and not self.notified


class Jobs:
    """All jobs of the service; every change is on disk before the method returns."""

    def __init__(self, folder: Path, most_open: int, taken: Callable[[], int] = lambda: 0) -> None:
        """``taken`` says how many of the slots others hold at the moment."""
        self._folder = folder
        self._most_open = most_open
        self._taken = taken
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("*.json")):
            self._load(path)

    def _load(self, path: Path) -> None:
        try:
            job = Job(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError, OSError):
            log.warning("The job file %s cannot be read and is left out.", path.name)
            return
        if time.time() - job.created > KEPT_SECONDS:
            path.unlink(missing_ok=True)
        else:
            self._jobs[job.job_id] = job

    def _save(self, job: Job) -> None:
        write_json(self._folder / f"{job.job_id}.json", dataclasses.asdict(job))

    def repeated(self, operation: str, request: dict[str, Any]) -> Job | None:
        """The job that the same token already started, if any.

        Raises:
            IdempotentParameterMismatchException: the token came with other parameters.
        """
        token = request.get("ClientRequestToken")
        if token is None:
            return None
        with self._lock:
            for job in self._jobs.values():
                if job.token == token and job.operation == operation and self._alive(job):
                    if job.request != request:
                        raise IdempotentParameterMismatchException(
                            f"The client request token {token} was used before with other parameters."
                        )
                    return job
        return None

    def add(self, job: Job, user: str) -> Job:
        """Store a new job, or return the one that its token started in the meantime.

        Raises:
            LimitExceededException: as many jobs are in progress as an account may have.
            IdempotentParameterMismatchException: as `repeated`.
        """
        with self._lock:
            if (earlier := self.repeated(job.operation, job.request)) is not None:
                return earlier
            running = sum(1 for other in self._jobs.values() if other.status == IN_PROGRESS) + self._taken()
            if running >= self._most_open:
                raise LimitExceededException(
                    f"{running} open Jobs for User {user} Maximum limit: {self._most_open}"
                )
            self._jobs[job.job_id] = job
            self._save(job)
            return job

    def get(self, job_id: str, operation: str) -> Job:
        """The job of a Start operation.

        Raises:
            ResourceNotFoundException: unknown, expired, or started by another operation.
        """
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.operation != operation or not self._alive(job):
                raise ResourceNotFoundException(f"Could not find JobId {job_id}.")
            return job

    def end(self, job: Job, status: str, message: str | None = None) -> None:
        """Record the outcome; the first one stands."""
        with self._lock:
            if job.status == IN_PROGRESS:
                job.status, job.message, job.completed = status, message, time.time()
                self._save(job)

    def mark_notified(self, job: Job) -> None:
        """Record that the completion was published."""
        with self._lock:
            job.notified = True
            self._save(job)

    def unfinished(self) -> list[Job]:
        """Jobs to take up again after a restart, oldest first."""
        with self._lock:
            found = [job for job in self._jobs.values() if job.status == IN_PROGRESS or job.wants_notice]
        return sorted(found, key=lambda job: job.created)

    def films(self) -> set[str]:
        """Films that a living job refers to."""
        with self._lock:
            return {job.film for job in self._jobs.values()}

    @staticmethod
    def _alive(job: Job) -> bool:
        return time.time() - job.created <= KEPT_SECONDS


def new_job_id() -> str:
    """64 hexadecimal digits, as Rekognition's."""
    return secrets.token_hex(32)
