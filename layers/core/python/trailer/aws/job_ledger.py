"""The job ledger and its queue in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from trailer.aws.dynamodb import conditional_write, set_expression
from trailer.aws.failures import translated
from trailer.domain.work.jobs import OPEN, DetectionJob, JobStatus, job_tag
from trailer.domain.work.turns import Queue
from trailer.wire.items import job_from_item, job_to_item, storable_values

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_QUEUE: Final = "queue"
_GROUP_KEPT: Final = timedelta(days=30)
"""After a quiet month the queue has come past any turn that a group had been given."""
_PAGE: Final = 50
_WAKING: Final = "waking "
"""``turn`` of a settled job begins so until all its films are woken, which makes it findable."""

_IS_OPEN: Final = Attr("status").is_in(sorted(OPEN))


class DynamoJobLedger:
    """``ports.JobLedger`` on a table; every change is conditional on the row's state."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, job: DetectionJob) -> bool:
        """Write a new PENDING row."""
        item = storable_values({**job_to_item(job), "updatedAt": job.created_at})
        new = Attr("jobTag").not_exists()
        return conditional_write(lambda: self._table.put_item(Item=item, ConditionExpression=new))

    def get(self, tag: str) -> DetectionJob | None:
        """One row, read consistently; None also for the rows of the queue."""
        item = self._item(tag)
        return job_from_item(item) if "attempt" in item else None

    def attempts(self, stem: str) -> list[DetectionJob]:
        """Every attempt; rows of jobs are kept, so the first gap is the end."""
        found: list[DetectionJob] = []
        while (job := self.get(job_tag(stem, len(found) + 1))) is not None:
            found.append(job)
        return found

    def adopt(self, tag: str, video_id: str, task_token: str, *, instead_of: str | None) -> bool:
        """Set one film's token, where it is still as it was read."""
        waiter = Attr(f"waiting.{video_id}")
        before = waiter.not_exists() if instead_of is None else waiter.eq(instead_of)
        return self._change(tag, _IS_OPEN & before, {f"waiting.{video_id}": task_token})

    def drop(self, tag: str, video_id: str, task_token: str) -> None:
        """Remove one film's token."""
        waiter = Attr(f"waiting.{video_id}")
        self._change(tag, _IS_OPEN & waiter.eq(task_token), {}, remove=(f"waiting.{video_id}",))

    def claim(self, tag: str, *, payer: str, at: datetime) -> bool:
        """PENDING to RUNNING; again for who wrote the claim and lost the answer."""
        now = at.isoformat()
        free = Attr("status").eq(JobStatus.PENDING)
        ours = Attr("status").eq(JobStatus.RUNNING) & Attr("startedAt").eq(now) & Attr("jobId").not_exists()
        changes = {"status": JobStatus.RUNNING, "turn": now, "startedAt": now, "videoId": payer}
        return self._change(tag, free | ours, {**changes, "updatedAt": now})

    def release(self, tag: str, place: str, *, claimed_at: datetime) -> None:
        """RUNNING to PENDING."""
        claimed = claimed_at.isoformat()
        ours = (
            Attr("status").eq(JobStatus.RUNNING) & Attr("startedAt").eq(claimed) & Attr("jobId").not_exists()
        )
        self._change(tag, ours, {"status": JobStatus.PENDING, "turn": place}, remove=("startedAt",))

    def mark_running(self, tag: str, job_id: str) -> None:
        """Note the id."""
        self._change(tag, Attr("status").eq(JobStatus.RUNNING), {"jobId": job_id})

    def settle(
        self,
        tag: str,
        *,
        job_id: str | None,
        at: datetime,
        error: str | None = None,
        reason: str | None = None,
    ) -> bool:
        """Open to DONE or FAILED; its films are still to be woken."""
        now = at.isoformat()
        status = JobStatus.DONE if error is None else JobStatus.FAILED
        known = {"jobId": job_id, "error": error, "reason": reason}
        changes = {"status": status, "turn": _WAKING + now, "settledAt": now, "updatedAt": now, **known}
        allowed: ConditionBase = _IS_OPEN
        if status is JobStatus.DONE:
            allowed = allowed | (Attr("status").eq(JobStatus.FAILED) & Attr("jobId").not_exists())
        remove = ("error", "reason") if status is JobStatus.DONE else ()
        return self._change(tag, allowed, changes, remove=remove)

    def abandon(self, tag: str, *, reason: str, at: datetime) -> bool:
        """Open to FAILED, where nobody waits and Rekognition is not known to have it."""
        now = at.isoformat()
        nobody = _IS_OPEN & Attr("waiting").eq({}) & Attr("jobId").not_exists()
        changes = {"status": JobStatus.FAILED, "turn": now, "settledAt": now, "updatedAt": now}
        return self._change(tag, nobody, {**changes, "error": "DetectionFailedError", "reason": reason})

    def mark_woken(self, tag: str, *, at: datetime) -> None:
        """Clear the tokens."""
        settled = Attr("status").is_in([JobStatus.DONE, JobStatus.FAILED])
        self._change(tag, settled, {"waiting": {}, "turn": at.isoformat()})

    def mark_collected(self, tag: str, video_id: str) -> None:
        """Note the first film that has all pages."""
        self._change(tag, Attr("collectedBy").not_exists(), {"collectedBy": video_id})

    def pending(self) -> Iterator[DetectionJob]:
        """In turn, page by page."""
        return self._by_status(Key("status").eq(JobStatus.PENDING))

    def running(self, *, started_before: datetime) -> list[DetectionJob]:
        """All of them: there are as many as the account has slots."""
        condition = Key("status").eq(JobStatus.RUNNING) & Key("turn").lt(started_before.isoformat())
        return list(self._by_status(condition))

    def unwoken(self) -> list[DetectionJob]:
        """Done or failed, with films still to be woken."""
        return [
            job
            for status in (JobStatus.DONE, JobStatus.FAILED)
            for job in self._by_status(Key("status").eq(status) & Key("turn").begins_with(_WAKING))
        ]

    def queue(self) -> Queue:
        """The row of the queue."""
        item = self._item(_QUEUE)
        return Queue(int(item.get("turnReached", 0)), item.get("fullUntil", ""))

    def take_turn(self, group: str, *, not_before: int, at: datetime) -> int:
        """Count the group on; a group that fell behind goes on where the queue is.

        An answer that is lost and repeated leaves a turn unused, which is no harm.
        """
        key = f"{_QUEUE}/{group}"
        expires = int((at + _GROUP_KEPT).timestamp())
        next_turn = Attr("nextTurn")
        while True:
            count_on = {
                "UpdateExpression": "SET #next = #next + :one, #ttl = :ttl",
                "ExpressionAttributeNames": {"#next": "nextTurn", "#ttl": "ttl"},
                "ExpressionAttributeValues": {":one": 1, ":ttl": expires},
            }
            taken = self._update(key, next_turn.gte(not_before), count_on)
            if taken is not None:
                return int(taken["nextTurn"]) - 1
            jump = set_expression({"nextTurn": not_before + 1, "ttl": expires})
            if self._update(key, next_turn.not_exists() | next_turn.lt(not_before), jump) is not None:
                return not_before

    def advance(self, turn: int) -> None:
        """Only forward."""
        reached = Attr("turnReached")
        behind = reached.not_exists() | reached.lt(turn)
        self._change(_QUEUE, behind, {"turnReached": turn})

    def set_full(self, until: datetime) -> None:
        """The last word counts."""
        with translated("Writing to the job ledger"):
            self._table.update_item(
                Key={"jobTag": _QUEUE}, **set_expression({"fullUntil": until.isoformat()})
            )

    def _item(self, key: str) -> dict[str, Any]:
        with translated("Reading the job ledger"):
            answer = self._table.get_item(Key={"jobTag": key}, ConsistentRead=True)
        return answer.get("Item", {})

    def _by_status(self, condition: ConditionBase) -> Iterator[DetectionJob]:
        query: dict[str, Any] = {"IndexName": "byStatus", "KeyConditionExpression": condition, "Limit": _PAGE}
        while True:
            with translated("Reading the job ledger"):
                answer = self._table.query(**query)
            yield from (job_from_item(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _change(
        self, key: str, condition: ConditionBase, changes: Mapping[str, Any], remove: tuple[str, ...] = ()
    ) -> bool:
        update = set_expression(storable_values(changes), remove)
        return conditional_write(
            lambda: self._table.update_item(Key={"jobTag": key}, ConditionExpression=condition, **update)
        )

    def _update(self, key: str, condition: ConditionBase, update: Mapping[str, Any]) -> dict[str, Any] | None:
        """Change a row of the queue; what it is then, or None when the condition did not hold."""
        answer: dict[str, Any] = {}
        done = conditional_write(
            lambda: answer.update(
                self._table.update_item(
                    Key={"jobTag": key}, ConditionExpression=condition, ReturnValues="UPDATED_NEW", **update
                )
            )
        )
        return answer["Attributes"] if done else None
