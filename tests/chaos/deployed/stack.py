"""The deployed stack on the AWS of this machine, with a fault plan in front of it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local import supervisor
from local.faults.plan import parse
from local.supervisor import Environment

Rule = Mapping[str, Any]
"""One fault as ``local/faults`` reads it."""

PATIENCE = 240.0
"""Seconds that one film may take under one fault; on an idle machine it takes a few."""
QUIET_SECONDS = 2.5
"""No function has called anything for so long: what is still open waits for time to pass."""
POLL_SECONDS = 0.3
_CLOSED = ("DONE", "FAILED", "COMPLETED", "REJECTED", "PUBLISHED", None)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")


@dataclass
class Stack:
    """A running, deployed environment."""

    state_dir: Path
    environment: Environment
    answers: dict[str, str] = field(default_factory=dict)
    """ETag of a film to the measurements that answer for it."""

    @property
    def plan_path(self) -> Path:
        return plan_path(self.state_dir)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            variables = self.environment.client_env()
            url = {
                "rekognition": variables["AWS_ENDPOINT_URL_REKOGNITION"],
                "mediaconvert": variables["AWS_ENDPOINT_URL_MEDIACONVERT"],
            }.get(service, variables["AWS_ENDPOINT_URL"])
            self._clients[service] = boto3.session.Session().client(
                service,
                endpoint_url=url,
                region_name=self.environment.region,
                aws_access_key_id=self.environment.account,
                aws_secret_access_key="local",
                config=Config(retries={"mode": "standard", "max_attempts": 5}, max_pool_connections=20),
            )
        return self._clients[service]

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    @cached_property
    def _resource(self) -> Any:
        return boto3.session.Session().resource(
            "dynamodb",
            endpoint_url=self.environment.endpoint_url,
            region_name=self.environment.region,
            aws_access_key_id=self.environment.account,
            aws_secret_access_key="local",
        )

    @property
    def outputs(self) -> Mapping[str, str]:
        return self.environment.outputs

    @cached_property
    def functions(self) -> Mapping[str, str]:
        """Folder below ``lambdas`` -> deployed name."""
        folders = [path.name for path in (supervisor.PROJECT / "lambdas").iterdir() if path.is_dir()]
        listed = self.client("lambda").get_paginator("list_functions").paginate()
        names = [entry["FunctionName"] for page in listed for entry in page["Functions"]]
        return {
            folder: name for folder in folders for name in names if folder.replace("_", "") in name.lower()
        }

    # Faults.

    def plan(self, *faults: Rule, seed: int = 1, job_seconds: float = 0.2, page_rows: int = 20) -> None:
        """Put a plan into force; it begins to count now."""
        plan = {
            "seed": seed,
            "faults": list(faults),
            "answers": self.answers,
            "jobSeconds": job_seconds,
            "pageRows": page_rows,
        }
        text = json.dumps(plan)
        parse(text)
        scratch = self.plan_path.with_suffix(".partial")
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(self.plan_path)

    @property
    def _journal(self) -> Path:
        return self.plan_path.with_suffix(".journal.jsonl")

    def mark(self) -> int:
        """Where the journal ends now."""
        return self._journal.stat().st_size if self._journal.exists() else 0

    def journal(self, since: int = 0) -> list[dict[str, Any]]:
        """What the services noted since a mark: calls, and faults that came to pass."""
        if not self._journal.exists():
            return []
        with self._journal.open("rb") as file:
            file.seek(since)
            return [json.loads(line) for line in file.read().splitlines()]

    # What people do.

    def stored(self, key: str) -> dict[str, float]:
        """Versions of an upload's key, with the seconds since 1970 at which each was stored."""
        answer = self.client("s3").list_object_versions(Bucket=self.outputs["SourceBucketName"], Prefix=key)
        return {
            version["VersionId"]: version["LastModified"].timestamp()
            for version in answer.get("Versions", ())
            if version["Key"] == key
        }

    def upload(self, key: str, content: bytes, metadata: Mapping[str, str] | None = None) -> str:
        """Put an object; returns its version."""
        put = self.client("s3").put_object(
            Bucket=self.outputs["SourceBucketName"], Key=key, Body=content, Metadata=dict(metadata or {})
        )
        return str(put["VersionId"])

    def reconcile(self) -> None:
        """One tick now; its own failure is nothing to us, the next one comes."""
        self.client("lambda").invoke(FunctionName=self.functions["reconcile_jobs"], Payload=b"{}")

    # What there is.

    def scan(self, table: str) -> list[dict[str, Any]]:
        """All items of a table, as plain values."""
        source = self._resource.Table(self.outputs[table])
        items: list[dict[str, Any]] = []
        start: dict[str, Any] = {}
        while True:
            page = source.scan(ConsistentRead=True, **start)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return items
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def running(self) -> bool:
        """Whether any execution is under way."""
        client = self.client("stepfunctions")
        return any(
            client.list_executions(
                stateMachineArn=self.outputs[f"{machine}StateMachineArn"], statusFilter="RUNNING"
            )["executions"]
            for machine in ("AnalyseVideo", "MakeTrailer")
        )

    def executions(self, machine: str) -> list[dict[str, Any]]:
        """All executions of ``AnalyseVideo`` or ``MakeTrailer``."""
        listed = self.client("stepfunctions").get_paginator("list_executions")
        arn = self.outputs[f"{machine}StateMachineArn"]
        return [entry for page in listed.paginate(stateMachineArn=arn) for entry in page["executions"]]

    def rekognition_jobs(self) -> list[dict[str, Any]]:
        """Every job that Rekognition accepted, as it keeps them: this is what a bill would say."""
        folder = self.state_dir / "rekognition" / "jobs"
        return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]

    def wait(self, done: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Wait for something; False if it does not come.

        When nothing moves any more, minutes pass in the tables and the reconciler's minute comes: what was lost
        is found again as it would be later.
        """
        began = quiet_since = time.monotonic()
        end = self.mark()
        while not done():
            now = time.monotonic()
            if now - began > seconds:
                return False
            if self.mark() != end:
                end, quiet_since = self.mark(), now
            elif now - quiet_since > QUIET_SECONDS:
                self.let_time_pass()
                self.reconcile()
                end, quiet_since = self.mark(), time.monotonic()
            time.sleep(POLL_SECONDS)
        return True

    def let_time_pass(self, minutes: int = 15) -> None:
        """Set the times in the rows of open jobs and films back, as if they had been written earlier."""
        for name, keys in (("JobsTableName", ("jobTag",)), ("CatalogueTableName", ("videoId", "record"))):
            table = self._resource.Table(self.outputs[name])
            for row in self.scan(name):
                times = {key: _earlier(value, minutes) for key, value in row.items() if _is_time(value)}
                if not times or (row.get("status") in _CLOSED and not row.get("waiting")):
                    continue
                table.update_item(
                    Key={key: row[key] for key in keys},
                    UpdateExpression="SET " + ", ".join(f"#{key} = :{key}" for key in times),
                    ExpressionAttributeNames={f"#{key}": key for key in times},
                    ExpressionAttributeValues={f":{key}": value for key, value in times.items()},
                )

    def dead_letters(self) -> int:
        """How many messages wait for a person."""
        queues = self.client("sqs").list_queues().get("QueueUrls", [])
        counts = (
            self.client("sqs").get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"]["ApproximateNumberOfMessages"]
            for url in queues
            if "DeadLetter" in url
        )
        return sum(int(count) for count in counts)

    def restart(self) -> None:
        """Stop the local AWS in an orderly way and start it again on what it saved."""
        supervisor.down(self.state_dir)
        self.environment = supervisor.up(self.state_dir)
        self._clients.clear()
        self.__dict__.pop("_resource", None)


def plan_path(state_dir: Path) -> Path:
    """Where the plan of an environment is."""
    return state_dir / "faults" / "plan.json"


@contextlib.contextmanager
def deployed(state_dir: Path) -> Iterator[Stack]:
    """Start and deploy in a directory of its own; faults come when a plan is put into force."""
    path = plan_path(state_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.environ["TRAILER_FAULTS"] = str(path)
    try:
        running = supervisor.up(state_dir)
        yield Stack(state_dir, supervisor.deploy(running))
    finally:
        supervisor.down(state_dir)
        del os.environ["TRAILER_FAULTS"]


def _is_time(value: object) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _earlier(value: str, minutes: int) -> str:
    return (datetime.fromisoformat(value) - timedelta(minutes=minutes)).isoformat()


def etag(content: bytes) -> str:
    """What S3 says of an object that was put in one piece."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
