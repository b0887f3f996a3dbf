"""What the steps need from outside, as protocols.

The adapters in ``trailer.aws`` fulfil them with boto3, the tests with plain
objects. Every adapter turns AWS's errors into ``trailer.errors``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from trailer.domain.work.executions import Execution
from trailer.domain.work.jobs import DetectionJob
from trailer.domain.work.proxies import ProxyClaim, ProxyState
from trailer.domain.work.turns import Queue
from trailer.domain.work.upload import ObjectVersion, UploadHead
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
        """Set attributes of a record, and remove those that are None; it is created when absent."""

    def update_open(
        self,
        video_id: str,
        record: str,
        changes: Mapping[str, Any],
        *,
        while_in: Iterable[str] | None = None,
    ) -> bool:
        """Set attributes of a record in one of these statuses; False, and nothing set, in any other.

        None stands for every status that is not terminal.

        False also when the answer to this very change was lost and the change repeated.
        """

    def update_unchanged(
        self, video_id: str, record: str, changes: Mapping[str, Any], *, seen: Mapping[str, Any]
    ) -> bool:
        """Set attributes of a record where others are still as they were seen, absent where None.

        False, and nothing set, where they are not, or when the answer to this very change was lost.
        """

    def query(self, video_id: str, prefix: str) -> list[Item]:
        """All records of a film whose sort key begins so, in order."""

    def unchanged(self, status: str, *, since: datetime, limit: int) -> list[Item]:
        """Records of this status that have not changed since a time, the oldest first.

        Eventually consistent: read again before acting.
        """

    def replace(self, video_id: str, prefixes: Iterable[str], items: Iterable[Item]) -> int:
        """Make the records below these prefixes be exactly ``items``; returns how many were written."""


class JobLedger(Protocol):
    """The table of detection jobs and of their queue.

    Every change is conditional on the row as it is. False means that the row was
    not as expected: somebody else was faster, or the answer to this very change
    was lost and repeated. So False is never an answer by itself: read again.
    """

    def add(self, job: DetectionJob) -> bool:
        """Write a new PENDING row; False when the attempt already has one."""

    def get(self, tag: str) -> DetectionJob | None:
        """One row, read consistently."""

    def attempts(self, stem: str) -> list[DetectionJob]:
        """Every attempt of one detector on one content, the first one first, read consistently."""

    def adopt(self, tag: str, video_id: str, task_token: str, *, instead_of: str | None) -> bool:
        """Let a film wait for an open job, with a new token if it had one; False when not as expected."""

    def drop(self, tag: str, video_id: str, task_token: str) -> None:
        """Take a film whose wait is over off an open job, unless it has a newer token."""

    def claim(self, tag: str, *, payer: str, at: datetime) -> bool:
        """PENDING to RUNNING, before Start is called; False when somebody else does it."""

    def release(self, tag: str, place: str, *, claimed_at: datetime) -> None:
        """Back to PENDING after Start was refused for want of a slot, if the claim is still ours."""

    def mark_running(self, tag: str, job_id: str) -> None:
        """Note the id of a job that was started; changes nothing when the completion was faster."""

    def settle(
        self,
        tag: str,
        *,
        job_id: str | None,
        at: datetime,
        error: str | None = None,
        reason: str | None = None,
    ) -> bool:
        """Open to DONE, or to FAILED with an error; False when it was settled before.

        A success also replaces a failure without a job id: the start that seemed
        to be refused had been accepted before.
        """

    def abandon(self, tag: str, *, reason: str, at: datetime) -> bool:
        """An open job without a job id, for which nobody waits, to FAILED; False when somebody does."""

    def mark_woken(self, tag: str, *, at: datetime) -> None:
        """Forget the tokens of a settled job: all of them were woken."""

    def mark_collected(self, tag: str, video_id: str) -> None:
        """Note whose folder holds every page of a job."""

    def pending(self) -> Iterator[DetectionJob]:
        """Jobs that wait for a slot, in turn. Eventually consistent: read again before acting."""

    def running(self, *, started_before: datetime) -> list[DetectionJob]:
        """Jobs that run since before a time, the oldest first. Eventually consistent."""

    def unwoken(self) -> list[DetectionJob]:
        """Settled jobs whose films were not all woken. Eventually consistent."""

    def queue(self) -> Queue:
        """What is common to all groups, read consistently."""

    def take_turn(self, group: str, *, not_before: int, at: datetime) -> int:
        """The next turn of a group, never given twice; at least ``not_before``."""

    def advance(self, turn: int) -> None:
        """Note that a job of this turn was started."""

    def set_full(self, until: datetime) -> None:
        """Note that a start was refused, or with a time that is past that there is room again."""


class Proxies(Protocol):
    """Who makes the copies that Rekognition reads: a claim for each, by the key of the copy."""

    def get(self, key: str) -> ProxyClaim | None:
        """The claim to a copy, read consistently; None when nobody ever had one."""

    def claim(self, claim: ProxyClaim, *, instead_of: ProxyClaim | None) -> bool:
        """Write a claim where it is still as it was read; False when somebody else was faster."""

    def judge(self, claim: ProxyClaim, state: ProxyState) -> None:
        """Write down what a finished copy is; changes nothing when the claim is not the same any more."""


class Detections(Protocol):
    """Rekognition Video."""

    def start(self, job: DetectionJob) -> str:
        """Start a job, or find the one already started for this attempt; returns its id.

        Raises:
            JobQuotaReachedError: no slot, or too many starts a second; nothing was started.
            ServiceBusyError: no answer, so that it may have been started or not.
            TrailerError: any other refusal; trying this attempt again will not help.
        """

    def status(self, detector: str, job_id: str) -> tuple[str, str]:
        """``IN_PROGRESS``, ``SUCCEEDED`` or ``FAILED``, and the service's message.

        Raises:
            ResultForgottenError: Rekognition doesn't know the job, or not any more.
        """

    def pages(self, detector: str, job_id: str) -> Iterator[Mapping[str, Any]]:
        """Every page of the answer in order; begins again from the first when iterated again.

        Raises:
            ResultForgottenError: Rekognition keeps results for seven days.
            ServiceBusyError: also for a page token that expired; begin again.
        """


class Transcoder(Protocol):
    """MediaConvert."""

    def probe(self, uri: str) -> Mapping[str, Any]:
        """MediaConvert's Probe answer for an object."""

    def job(self, job_id: str) -> Mapping[str, Any]:
        """The ``Job`` of GetJob."""


class Uploads(Protocol):
    """The source bucket."""

    def head(self, source: ObjectVersion) -> UploadHead:
        """What S3 says about exactly this object version."""

    def current(self, bucket: str, key: str) -> ObjectVersion | None:
        """The newest version of an object; None where there is none, or it was deleted."""

    def sidecar(self, source: ObjectVersion) -> bytes | None:
        """The ``<key>.trailer.json`` beside a film, if there is one; at most 64 KB are read."""

    def beside(self, source: ObjectVersion, key: str, most: int) -> bytes | None:
        """The first ``most`` bytes of another object of the film's bucket; None where there is none."""


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

    def start_trailer(self, name: str, wish: Mapping[str, Any]) -> bool:
        """Start MakeTrailer; False when an execution of this name was started before."""

    def execution(self, execution_id: str) -> Execution | None:
        """An execution by its ARN; None when Step Functions does not know it. Eventually consistent."""

    def fail(self, task_token: str, error: str, cause: str) -> None:
        """Fail a waiting state; a token that is closed already is no error."""

    def is_waiting(self, task_token: str) -> bool:
        """Whether a state still waits under this token."""


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
    def proxies(self) -> Proxies:
        """Claims to make proxies, in the same table."""

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
