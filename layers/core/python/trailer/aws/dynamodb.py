"""The catalogue and the job ledger in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase, Key
from botocore.exceptions import ClientError

from trailer.aws.failures import error_code, translated
from trailer.domain.jobs import OPEN, DetectionJob, JobStatus
from trailer.ports import Item
from trailer.wire.items import job_from_item, job_to_item, plain_values, storable_values

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_LEDGER_KEPT = timedelta(days=90)
_MAX_PAGES_ROWS = 1000


class DynamoCatalogue:
    """``ports.Catalogue`` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim(self, item: Item) -> bool:
        """Write a new record; True again for the execution that wrote it before."""
        mine = Attr("record").not_exists() | Attr("executionId").eq(item["executionId"])
        return _conditional(
            lambda: self._table.put_item(Item=storable_values(item), ConditionExpression=mine)
        )

    def get(self, video_id: str, record: str) -> Item | None:
        """One record, read consistently."""
        with translated("Reading the catalogue"):
            answer = self._table.get_item(Key={"videoId": video_id, "record": record}, ConsistentRead=True)
        return plain_values(answer["Item"]) if "Item" in answer else None

    def update(self, video_id: str, record: str, changes: Mapping[str, Any]) -> None:
        """Set attributes of a record."""
        with translated("Writing to the catalogue"):
            self._table.update_item(
                Key={"videoId": video_id, "record": record}, **_set_expression(storable_values(changes))
            )

    def query(self, video_id: str, prefix: str) -> list[Item]:
        """All records of a film whose sort key begins so."""
        condition = Key("videoId").eq(video_id) & Key("record").begins_with(prefix)
        return [plain_values(item) for item in self._pages(KeyConditionExpression=condition)]

    def replace(self, video_id: str, prefixes: Iterable[str], items: Iterable[Item]) -> int:
        """Write the items, then delete what an earlier run left beside them."""
        written: set[str] = set()
        with translated("Writing to the catalogue"):
            with self._table.batch_writer() as batch:
                for item in items:
                    written.add(item["record"])
                    batch.put_item(Item=storable_values(item))
            for record in self._stale(video_id, prefixes, written):
                self._table.delete_item(Key={"videoId": video_id, "record": record})
        return len(written)

    def _stale(self, video_id: str, prefixes: Iterable[str], kept: set[str]) -> list[str]:
        stale = []
        for prefix in prefixes:
            condition = Key("videoId").eq(video_id) & Key("record").begins_with(prefix)
            found = self._pages(
                KeyConditionExpression=condition, ProjectionExpression="#r", names={"#r": "record"}
            )
            stale += [str(item["record"]) for item in found if item["record"] not in kept]
        return stale

    def _pages(self, *, names: Mapping[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
        if names:
            query["ExpressionAttributeNames"] = dict(names)
        items: list[dict[str, Any]] = []
        with translated("Reading the catalogue"):
            while True:
                answer = self._table.query(ConsistentRead=True, **query)
                items += answer["Items"]
                if "LastEvaluatedKey" not in answer:
                    return items
                query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


class DynamoJobLedger:
    """``ports.JobLedger`` on a table; every change is conditional on the row's state."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, job: DetectionJob) -> bool:
        """Write a new PENDING row."""
        expires = int((datetime.now(UTC) + _LEDGER_KEPT).timestamp())
        item = storable_values({**job_to_item(job), "updatedAt": job.created_at, "ttl": expires})
        new = Attr("jobTag").not_exists()
        return _conditional(lambda: self._table.put_item(Item=item, ConditionExpression=new))

    def get(self, tag: str) -> DetectionJob | None:
        """One row, read consistently."""
        with translated("Reading the job ledger"):
            answer = self._table.get_item(Key={"jobTag": tag}, ConsistentRead=True)
        return job_from_item(answer["Item"]) if "Item" in answer else None

    def adopt(self, tag: str, task_token: str) -> bool:
        """Give an open job to a new waiting execution."""
        return self._change(tag, OPEN, {"taskToken": task_token})

    def mark_running(self, tag: str, job_id: str) -> None:
        """PENDING to RUNNING."""
        self._change(tag, {JobStatus.PENDING}, {"status": JobStatus.RUNNING, "jobId": job_id})

    def settle(self, tag: str, *, job_id: str | None, reason: str | None) -> bool:
        """Open to DONE or FAILED."""
        status = JobStatus.DONE if reason is None else JobStatus.FAILED
        known = {name: value for name, value in (("jobId", job_id), ("reason", reason)) if value is not None}
        return self._change(tag, OPEN, {"status": status, **known})

    def pending(self, limit: int) -> list[DetectionJob]:
        """The oldest jobs that wait for a slot."""
        return self._by_status(Key("status").eq(JobStatus.PENDING), limit)

    def running(self, *, created_before: datetime, limit: int) -> list[DetectionJob]:
        """Jobs that run since before a time."""
        condition = Key("status").eq(JobStatus.RUNNING) & Key("createdAt").lt(created_before.isoformat())
        return self._by_status(condition, limit)

    def of_video(self, video_id: str, detectors: Iterable[str]) -> list[DetectionJob]:
        """Every attempt of these detectors on a film."""
        jobs = []
        for detector in detectors:
            attempt = 1
            while (job := self.get(f"{video_id}/{detector}/{attempt}")) is not None:
                jobs.append(job)
                attempt += 1
        return jobs

    def _by_status(self, condition: ConditionBase, limit: int) -> list[DetectionJob]:
        with translated("Reading the job ledger"):
            answer = self._table.query(
                IndexName="byStatus", KeyConditionExpression=condition, Limit=min(limit, _MAX_PAGES_ROWS)
            )
        return [job_from_item(item) for item in answer["Items"]]

    def _change(self, tag: str, allowed: Iterable[JobStatus], changes: Mapping[str, Any]) -> bool:
        stamped = {**changes, "updatedAt": datetime.now(UTC).isoformat()}
        condition = Attr("status").is_in(sorted(allowed))
        return _conditional(
            lambda: self._table.update_item(
                Key={"jobTag": tag},
                ConditionExpression=condition,
                **_set_expression(storable_values(stamped)),
            )
        )


def _set_expression(changes: Mapping[str, Any]) -> dict[str, Any]:
    """SET for every attribute, by placeholders, since half of the good names are reserved words.

    boto3 numbers the placeholders of its conditions as #n0 and :v0; ours differ.
    """
    names = list(changes)
    return {
        "UpdateExpression": "SET " + ", ".join(f"#set{i} = :set{i}" for i in range(len(names))),
        "ExpressionAttributeNames": {f"#set{i}": name for i, name in enumerate(names)},
        "ExpressionAttributeValues": {f":set{i}": changes[name] for i, name in enumerate(names)},
    }


def _conditional(write: Any) -> bool:
    with translated("Writing to the table"):
        try:
            write()
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return False
            raise
    return True
