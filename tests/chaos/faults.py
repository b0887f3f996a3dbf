"""The words of the proof: what can go wrong, and what must hold all the same.

Both halves of ``make chaos`` use them: the model, where the deployed state
machines and handlers run on a virtual clock, and the deployed stack on the AWS
of this machine. A fault is planned, seeded and injected from outside; nothing
in the product knows of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """What can go wrong, by the place where it is injected."""

    # At one call that a function makes to AWS.
    KILL_BEFORE = "kill-before"
    """The process dies before the request leaves it."""
    KILL_DURING = "kill-during"
    """AWS did what was asked; the process dies before the answer arrives."""
    KILL_AFTER = "kill-after"
    """The answer arrived and was worked on; the process dies before the next call, or before it returns."""
    ANSWER_LOST = "answer-lost"
    """AWS did what was asked, the connection breaks; the process lives and botocore repeats the call."""
    THROTTLED = "throttled"
    """AWS puts the call off with the service's own error for "too fast"; nothing was done."""
    SERVER_ERROR = "server-error"
    """HTTP 500 of the service; nothing was done."""
    REFUSED = "refused"
    """AccessDenied, each time: nobody but the platform team can help."""
    MODELLED = "modelled-error"
    """An error that botocore's model of the call names, each time."""

    # At the invocation of a function.
    FUNCTION_THROTTLED = "function-throttled"
    """Lambda has no concurrency left: TooManyRequestsException."""
    FUNCTION_UNAVAILABLE = "function-unavailable"
    """Lambda itself fails: ServiceException, before the function ran."""
    FUNCTION_ANSWER_LOST = "function-answer-lost"
    """The function ran to its end and its answer is lost on the way back."""

    # At an event or a message on its way (see ``Carrier``).
    DROPPED = "dropped"
    DUPLICATED = "duplicated"
    DELAYED = "delayed"
    """By minutes to hours; what comes meanwhile overtakes it, so this is reordering too."""

    # In the services.
    PAGE_TOKEN_EXPIRED = "page-token-expired"
    """Rekognition forgets a NextToken between two pages."""
    DETECTION_FAILED = "detection-failed"
    """Rekognition ends a job as FAILED."""
    DETECTION_AT_ONCE = "detection-at-once"
    """A job ends, and its message is there, before Start has answered."""
    DETECTION_LATE = "detection-late"
    """A job runs for hours."""
    SLOTS_TAKEN = "slots-taken"
    """Another tenant of the account holds 1 to 20 of the job slots for a time."""
    INDEX_LATE = "index-late"
    """DynamoDB's indexes show what the table held some seconds ago."""
    RENDER_FAILED = "render-failed"
    """MediaConvert ends a job as ERROR."""
    RENDER_THROTTLED = "render-throttled"
    """CreateJob is answered with TooManyRequestsException."""
    RENDER_ANSWER_LOST = "render-answer-lost"
    """CreateJob made a job and its answer is lost; Step Functions asks again."""

    # By people.
    EXECUTION_ABORTED = "execution-aborted"
    """Somebody stops an execution in the console."""
    EXECUTION_TIMED_OUT = "execution-timed-out"
    """The state machine's own TimeoutSeconds ends it."""
    EXECUTION_REDRIVEN = "execution-redriven"
    """Somebody redrives an execution that ended unhappily."""
    OBJECT_DELETED = "object-deleted"
    """The uploaded version is deleted while the pipeline works on it."""
    SAME_BYTES = "same-bytes"
    """The same bytes are uploaded under another name."""
    SAME_KEY = "same-key"
    """The same key is uploaded again: a new version, a new film."""
    REQUESTED_TWICE = "requested-twice"
    """The same request for a trailer is made twice at once, and another one beside it."""

    # Of the AWS of one machine only.
    EMULATOR_RESTARTED = "emulator-restarted"
    """The emulator is stopped and started again between two states."""


class Carrier(StrEnum):
    """On which way an event or a message is lost, late or double."""

    UPLOAD = "upload"
    """S3 Object Created -> EventBridge -> AnalyseVideo."""
    COMPLETION = "completion"
    """Rekognition -> SNS -> SQS -> ResumeDetection."""
    STATUS_CHANGE = "status-change"
    """Step Functions execution status -> EventBridge -> CloseRecords."""
    RENDERED = "rendered"
    """MediaConvert job state -> EventBridge -> the waiting .sync task."""
    TICK = "tick"
    """EventBridge schedule -> ReconcileJobs, CloseRecords."""


class Invariant(StrEnum):
    """What is checked when nothing moves any more."""

    ONE_TERMINAL_RECORD = "one terminal record per object version"
    ONE_TRAILER = "one trailer per request"
    ONE_BILLED_JOB = "one billed job per detector and content"
    NO_OPEN_ROW = "no orphan PENDING or RUNNING row"
    NO_OPEN_EXECUTION = "no execution still open"
    NO_LOST_PAGE = "no lost page"
    LEDGER_IS_THE_BILL = "the ledger's cost equals the calls really accepted"
    RIGHT_REASON = "the reason is the right one"
    DEAD_LETTERS_EXPLAINED = "every dead letter has its fault"


AT_A_CALL: Final = (
    Fault.KILL_BEFORE,
    Fault.KILL_DURING,
    Fault.KILL_AFTER,
    Fault.THROTTLED,
    Fault.ANSWER_LOST,
    Fault.SERVER_ERROR,
)
"""Each of these, once at each call of each function, must change nothing about the outcome."""

UNHAPPY: Final[Mapping[Fault, frozenset[str]]] = {
    Fault.REFUSED: frozenset({"FAILED"}),
    Fault.MODELLED: frozenset({"FAILED", "REJECTED"}),
    Fault.DETECTION_FAILED: frozenset({"FAILED", "REJECTED"}),
    Fault.RENDER_FAILED: frozenset({"FAILED", "REJECTED"}),
    Fault.EXECUTION_ABORTED: frozenset({"FAILED"}),
    Fault.EXECUTION_TIMED_OUT: frozenset({"FAILED"}),
    Fault.OBJECT_DELETED: frozenset({"REJECTED", "FAILED"}),
    Fault.SAME_KEY: frozenset({"REJECTED", "FAILED"}),
}
"""Faults that may end a film otherwise than COMPLETED, and the statuses that they may give it.

A film whose key is uploaded again while it is in work may be given up, since MediaConvert can't read an
older version; what it may not be is cut from the other film's pictures.
"""


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """One call of one function to AWS: where a fault is put."""

    function: str
    """The folder below ``lambdas``: ``start_detection``."""
    api: str
    """Service and operation as botocore has them: ``rekognition.StartLabelDetection``."""
    nth: int
    """Counts from 1: the how-manieth call of this API by this function in the whole run."""

    def __str__(self) -> str:
        return f"{self.function} {self.api} #{self.nth}"


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold."""

    invariant: Invariant
    subject: str
    """Film, job or execution."""
    detail: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.subject}: {self.detail}"
