"""What the steps need from outside, as protocols.

The adapters in ``trailer.aws`` fulfil them with boto3, the tests with plain
objects. Every adapter turns AWS's errors into ``trailer.errors``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from trailer.domain.jobs import DetectionJob
from trailer.domain.upload import ObjectVersion
from trailer.settings import Settings

Item = dict[str, Any]
"""A catalogue record: attribute names in camelCase, numbers as int, float or Decimal."""


class Catalogue(Protocol):
    """The table that analysts query; partition key ``videoId``, sort key ``record``."""

    def claim(self, item: Item) -> bool:
        """Write a new record; False, and nothing written, when another execution already has it."""

    def get(self, video_id: str, record: str) -> Item | None:
        """One record, read consistently."""

    def update(self, video_id: str, record: str, changes: Mapping[str, Any]) -> None:
        """Set attributes of a record; it is created when absent."""

    def query(self, video_id: str, prefix: str) -> list[Item]:
        """All records of a film whose sort key begins so, in order."""

    def replace(self, video_id: str, prefixes: Iterable[str], items: Iterable[Item]) -> int:
        """Make the records below these prefixes be exactly ``items``; returns how many were written."""


class JobLedger(Protocol):
    """The table of detection jobs, keyed by job tag."""

    def add(self, job: DetectionJob) -> bool:
        """Write a new PENDING row; False when the attempt already has one."""

    def get(self, tag: str) -> DetectionJob | None:
        """One row, read consistently."""

    def adopt(self, tag: str, task_token: str) -> bool:
        """Give an open job to a new waiting execution; False when it is settled by now."""

    def mark_running(self, tag: str, job_id: str) -> None:
        """PENDING to RUNNING; changes nothing when the completion was faster."""

    def settle(self, tag: str, *, job_id: str | None, reason: str | None) -> bool:
        """Open to DONE, or to FAILED with a reason; False when it was settled before."""

    def pending(self, limit: int) -> list[DetectionJob]:
        """The oldest jobs that wait for a slot. Eventually consistent: read again before acting."""

    def running(self, *, created_before: datetime, limit: int) -> list[DetectionJob]:
        """Jobs that run since before a time, oldest first. Eventually consistent."""

    def of_video(self, video_id: str, detectors: Iterable[str]) -> list[DetectionJob]:
        """Every attempt of these detectors on a film."""


class Detections(Protocol):
    """Rekognition Video."""

    def start(self, job: DetectionJob) -> str:
        """Start a job, or find the one already started for this attempt; returns its id.

        Raises:
            JobQuotaReachedError: no slot, or too many starts a second; try later.
        """

    def status(self, detector: str, job_id: str) -> tuple[str, str]:
        """``IN_PROGRESS``, ``SUCCEEDED`` or ``FAILED``, and the service's message."""

    def pages(self, detector: str, job_id: str) -> Iterator[Mapping[str, Any]]:
        """Every page of the answer in order; begins again from the first when iterated again."""


class Transcoder(Protocol):
    """MediaConvert."""

    def probe(self, uri: str) -> Mapping[str, Any]:
        """MediaConvert's Probe answer for an object."""

    def job(self, job_id: str) -> Mapping[str, Any]:
        """The ``Job`` of GetJob."""


class Uploads(Protocol):
    """The source bucket."""

    def head(self, source: ObjectVersion) -> tuple[int, Mapping[str, str]]:
        """Size in bytes and user metadata of an object version."""

    def sidecar(self, source: ObjectVersion) -> bytes | None:
        """The ``<key>.trailer.json`` beside a film, if there is one; at most 64 KB are read."""


class Results(Protocol):
    """The results bucket."""

    @property
    def bucket(self) -> str:
        """Its name."""

    def put_json(self, key: str, value: Any) -> None:
        """Store JSON, gzipped when the key ends in ``.gz``."""

    def get_json(self, key: str) -> Any:
        """Read JSON back; KeyError when absent."""

    def put_text(self, key: str, text: str, content_type: str) -> None:
        """Store text as UTF-8."""

    def list(self, prefix: str) -> dict[str, int]:
        """Keys below a prefix with their sizes in bytes."""


class Workflow(Protocol):
    """The waiting executions."""

    def succeed(self, task_token: str, output: Mapping[str, Any]) -> None:
        """Wake a waiting state; a token that is closed already is no error."""

    def fail(self, task_token: str, error: str, cause: str) -> None:
        """Fail a waiting state; a token that is closed already is no error."""


class Notifier(Protocol):
    """Tells people how it ended."""

    def notify(self, subject: str, message: Mapping[str, Any]) -> None:
        """Publish an outcome."""


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, in UTC."""


class Services(Protocol):
    """Everything outside, handed to every step. An adapter is made when a step first asks for it."""

    @property
    def settings(self) -> Settings:
        """What the deployment says."""

    @property
    def catalogue(self) -> Catalogue:
        """The table that analysts query."""

    @property
    def jobs(self) -> JobLedger:
        """The table of detection jobs."""

    @property
    def detections(self) -> Detections:
        """Rekognition Video."""

    @property
    def transcoder(self) -> Transcoder:
        """MediaConvert."""

    @property
    def uploads(self) -> Uploads:
        """The source bucket."""

    @property
    def results(self) -> Results:
        """The results bucket."""

    @property
    def workflow(self) -> Workflow:
        """The waiting executions."""

    @property
    def notifier(self) -> Notifier:
        """Tells people how it ended."""

    @property
    def clock(self) -> Clock:
        """The time."""
