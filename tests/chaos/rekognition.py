"""Rekognition Video: 20 jobs at a time, tokens, pages, and completions that are announced at least once.

As ``reference/aws.md`` section 1 has it. What no page of AWS says is chosen
the unpleasant way: a repeated ClientRequestToken sends no second message, a
NextToken can be forgotten between two pages.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.chaos.answers import AwsError
from tests.chaos.loop import Loop

SLOTS = 20
STARTS_PER_SECOND = 5
KEPT = 7 * 86400.0
_ROWS = {
    "SegmentDetection": "Segments",
    "LabelDetection": "Labels",
    "FaceDetection": "Faces",
    "CelebrityRecognition": "Celebrities",
}


class Fate(Protocol):
    """What the fault plan decides about jobs."""

    def job(self, content: str, operation: str) -> tuple[float, str]:
        """How long a job runs, in seconds, and the status message of its failure, or an empty text."""

    def slots_taken(self) -> int:
        """How many slots another tenant holds now."""

    def forget_page(self) -> bool:
        """Whether the NextToken just given is forgotten."""


@dataclass
class Job:
    """One job: Rekognition bills it when it succeeds, and it was accepted when it is here."""

    id: str
    operation: str
    content: str
    request: Mapping[str, Any]
    started: float
    ends: float
    failure: str
    tokens: dict[str, int] = field(default_factory=dict)
    """NextToken to the row that it continues at."""

    def status(self, now: float) -> str:
        """As Get* says it."""
        if now < self.ends:
            return "IN_PROGRESS"
        return "FAILED" if self.failure else "SUCCEEDED"


class Rekognition:
    """The service.

    Attributes:
        jobs: all that were ever accepted, by id, in order.
        refused: Start* calls answered with a quota or rate error.
    """

    def __init__(
        self,
        loop: Loop,
        fate: Fate,
        content: Callable[[str, str, str | None], str | None],
        pages: Callable[[str, str], Mapping[str, Any]],
        announce: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """Make it.

        Args:
            loop: the time.
            fate: durations, failures, other tenants.
            content: what an object version shows; None when it can't be read.
            pages: all rows of an answer and what surrounds them, by content and operation.
            announce: publishes a completion.
        """
        self._loop, self._fate, self._content, self._answer, self._announce = (
            loop,
            fate,
            content,
            pages,
            announce,
        )
        self.jobs: dict[str, Job] = {}
        self.refused = 0
        self.page_rows = 60
        self._running: set[str] = set()
        self._tokens: dict[str, str] = {}
        self._starts: dict[str, deque[float]] = defaultdict(deque)

    def handle(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer Start* or Get*.

        Raises:
            AwsError: as the API refuses.
        """
        verb, kind = ("Start", operation[5:]) if operation.startswith("Start") else ("Get", operation[3:])
        if kind not in _ROWS:
            raise NotImplementedError(f"rekognition.{operation}")
        return self._start(kind, request) if verb == "Start" else self._get(kind, request)

    def _start(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        self._limit_rate(kind)
        known = self._tokens.get(request.get("ClientRequestToken", ""))
        if known is not None and self._loop.now - self.jobs[known].started < KEPT:
            if self.jobs[known].operation != kind or self.jobs[known].request != request:
                raise AwsError("IdempotentParameterMismatchException", "The token was used with other input.")
            return {"JobId": known}
        video = request["Video"]["S3Object"]
        content = self._content(video["Bucket"], video["Name"], video.get("Version"))
        if content is None:
            raise AwsError("InvalidS3ObjectException", "Unable to get object metadata from S3.")
        if len(self._running) + self._fate.slots_taken() >= SLOTS:
            self.refused += 1
            raise AwsError("LimitExceededException", f"{SLOTS} open Jobs for User Maximum limit: {SLOTS}")
        return {"JobId": self._run(kind, content, request)}

    def _limit_rate(self, kind: str) -> None:
        recent = self._starts[kind]
        while recent and recent[0] <= self._loop.now - 1:
            recent.popleft()
        if len(recent) >= STARTS_PER_SECOND:
            self.refused += 1
            raise AwsError("ProvisionedThroughputExceededException", "Provisioned Rate exceeded.")
        recent.append(self._loop.now)

    def _run(self, kind: str, content: str, request: dict[str, Any]) -> str:
        identity = hashlib.sha256(f"job {len(self.jobs)}".encode()).hexdigest()
        seconds, failure = self._fate.job(content, kind)
        now = self._loop.now
        self.jobs[identity] = Job(identity, kind, content, request, now, now + seconds, failure)
        if "ClientRequestToken" in request:
            self._tokens[request["ClientRequestToken"]] = identity
        self._running.add(identity)
        if seconds <= 0:
            self._end(identity)
        else:
            self._loop.after(seconds, lambda: self._end(identity))
        return identity

    def _end(self, identity: str) -> None:
        self._running.discard(identity)
        job = self.jobs[identity]
        video = job.request["Video"]["S3Object"]
        message = {
            "JobId": identity,
            "Status": "FAILED" if job.failure else "SUCCEEDED",
            "API": f"Start{job.operation}",
            "Timestamp": int(self._loop.clock().timestamp() * 1000),
            "Video": {"S3ObjectName": video["Name"], "S3Bucket": video["Bucket"]},
        }
        if "JobTag" in job.request:
            message["JobTag"] = job.request["JobTag"]
        if "NotificationChannel" in job.request:
            self._announce(message)

    def _get(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        job = self.jobs.get(request["JobId"])
        if job is None or job.operation != kind or self._loop.now > job.ends + KEPT:
            raise AwsError("ResourceNotFoundException", f"Could not find JobId {request['JobId']}")
        answer: dict[str, Any] = {"JobStatus": job.status(self._loop.now), "JobId": job.id}
        if "JobTag" in job.request:
            answer["JobTag"] = job.request["JobTag"]
        if answer["JobStatus"] == "FAILED":
            return {**answer, "StatusMessage": job.failure}
        if answer["JobStatus"] == "IN_PROGRESS":
            return answer
        whole = self._answer(job.content, kind)
        rows, first = whole[_ROWS[kind]], 0
        if "NextToken" in request:
            if request["NextToken"] not in job.tokens:
                raise AwsError("InvalidPaginationTokenException", "The pagination token is not valid.")
            first = job.tokens[request["NextToken"]]
        last = first + min(request.get("MaxResults", 1000), self.page_rows)
        answer |= {**whole, _ROWS[kind]: rows[first:last]}
        if last < len(rows):
            token = hashlib.sha256(f"{job.id}/{last}/{self._loop.now}".encode()).hexdigest()
            if not self._fate.forget_page():
                job.tokens[token] = last
            answer["NextToken"] = token
        return answer


def completion_body(message: Mapping[str, Any]) -> str:
    """The body of the SNS message, which our queue gets raw."""
    return json.dumps(message)
