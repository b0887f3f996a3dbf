"""What runs on the deployed stack left behind, in the shape in which the model leaves it.

So both halves are judged by the same code (``tests/chaos/checks.py``).
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError

from tests.chaos import films as model_films
from tests.chaos.checks import violations
from tests.chaos.deployed.stack import Stack
from tests.chaos.faults import Fault, Violation
from tests.chaos.mediaconvert import destination
from tests.chaos.world import CATALOGUE, JOBS, Upload
from trailer.wire.detectors import DETECTORS, call_name

Record = dict[str, Any]


@dataclass
class Expectation:
    """What the faults of a run excuse.

    Attributes:
        marks: film key, content or version -> faults that may end it otherwise than well.
        letters: how many dead letters the faults explain.
        second_renders: whether a trailer may be rendered twice.
    """

    marks: dict[str, set[Fault]] = field(default_factory=dict)
    letters: int = 0
    second_renders: bool = False

    def explains(self, letters: int) -> bool:
        """Whether so many dead letters are no wonder."""
        return letters <= self.letters

    def allows_second_render(self, video: str) -> bool:
        """Whether a film's trailer may have been rendered twice."""
        return self.second_renders


class Evidence:
    """The facts about some uploads."""

    def __init__(self, stack: Stack, uploads: Sequence[Upload]) -> None:
        """Read everything once; ``uploads`` are those that are judged."""
        self._stack = stack
        self.uploads = list(uploads)
        self._contents = {upload.version: upload.film.content for upload in uploads}
        catalogue = stack.scan("CatalogueTableName")
        self.videos = [
            record
            for record in catalogue
            if record["record"] == "VIDEO" and record.get("objectVersion") in self._contents
        ]
        ids = {record["videoId"] for record in self.videos}
        self.trailers = [
            record
            for record in catalogue
            if record["videoId"] in ids and record["record"].startswith("TRAILER#")
        ]
        self.rows = [row for row in stack.scan("JobsTableName") if self._is_ours(row, ids)]
        self.executions = list(_executions(stack, set(self._contents), ids))
        self.jobs = [job for job in stack.rekognition_jobs() if self._content(job["request"]["Video"])]
        self.renders = [job for job in _renders(stack) if job["UserMetadata"].get("videoId") in ids]

    def _is_ours(self, row: Record, ids: set[str]) -> bool:
        return row.get("videoId") in ids or row.get("source", {}).get("version") in self._contents

    def _content(self, video: Mapping[str, Any]) -> str | None:
        return self._contents.get(video["S3Object"].get("Version", ""))

    @property
    def settled(self) -> bool:
        """Whether nothing is under way any more."""
        return (
            len(self.videos) >= len({upload.version for upload in self.uploads})
            and all(entry["status"] != "RUNNING" for entry in self.executions)
            and all(record["status"] in ("COMPLETED", "REJECTED", "FAILED") for record in self.videos)
            and all(row["status"] in ("DONE", "FAILED") and not row.get("waiting") for row in self.rows)
        )

    def world(self, expected: Expectation, letters: int = 0) -> Any:
        """The evidence in the shape of a run of the model."""
        return SimpleNamespace(
            uploads=self.uploads,
            redriven=Counter(),
            requested=Counter(),
            sidecars={},
            plan=expected,
            tables=SimpleNamespace(
                tables={CATALOGUE: _table([*self.videos, *self.trailers]), JOBS: _table(self.rows)}
            ),
            rekognition=SimpleNamespace(jobs={job["job_id"]: self._job(job) for job in self.jobs}),
            mediaconvert=SimpleNamespace(jobs={job["Id"]: self._render(job) for job in self.renders}),
            stepfunctions=SimpleNamespace(
                executions={
                    entry["executionArn"]: SimpleNamespace(
                        status=entry["status"], arn=entry["executionArn"], transitions=Counter()
                    )
                    for entry in self.executions
                }
            ),
            queue=SimpleNamespace(dead_letters=[SimpleNamespace(body="a dead letter")] * letters),
            functions=SimpleNamespace(dead_letters=[]),
            objects=SimpleNamespace(find=self._object),
        )

    def violations(self, expected: Expectation, letters: int = 0) -> list[Violation]:
        """Every invariant that does not hold."""
        with patch.object(model_films, "answer", functools.cache(self._answer)):
            return violations(self.world(expected, letters))

    def _job(self, job: Record) -> Any:
        return SimpleNamespace(
            id=job["job_id"],
            content=self._content(job["request"]["Video"]),
            operation=job["operation"].removeprefix("Start"),
            failure=(job["message"] or "") if job["status"] == "FAILED" else "",
            request=job["request"],
        )

    def _render(self, job: Record) -> Any:
        return SimpleNamespace(
            status=job["Status"], destination=destination(job["Settings"]), content=self._read([job])
        )

    def _object(self, _bucket: str, key: str) -> Any:
        try:
            answer = self._stack.client("s3").get_object(
                Bucket=self._stack.outputs["ResultsBucketName"], Key=key
            )
        except ClientError:
            return None
        return SimpleNamespace(body=answer["Body"].read(), content=self._shown(key))

    def _shown(self, key: str) -> str:
        """Which content a rendered file shows."""
        return self._read(job for job in self.renders if job["UserMetadata"]["videoId"] == key.split("/")[1])

    def _read(self, renders: Iterable[Record]) -> str:
        """Which contents render jobs show."""
        return ", ".join(
            sorted(
                {
                    upload.film.content
                    for job in renders
                    for item in job["Settings"]["Inputs"]
                    if (upload := self._newest(item["FileInput"], job["Timing"]["SubmitTime"])) is not None
                }
            )
        )

    def _newest(self, url: str, submitted: int) -> Upload | None:
        """The upload that a job found under a key: MediaConvert reads the newest version there is."""
        key = url.split("/", 3)[-1]
        uploads = [upload for upload in self.uploads if upload.film.key == key]
        if len(uploads) > 1:
            stored = self._stack.stored(key)
            uploads = [upload for upload in uploads if stored[upload.version] <= submitted + 1]
        return uploads[-1] if uploads else None

    def _answer(self, operation: str) -> Mapping[str, Any]:
        """All rows that Rekognition has for a detector of our film; the same for every content."""
        job = next(
            job
            for job in self.jobs
            if job["operation"] == f"Start{operation}" and job["status"] == "SUCCEEDED"
        )
        detector = next(entry for entry in DETECTORS.values() if entry.operation == operation)
        get = getattr(self._stack.client("rekognition"), call_name("get", detector))
        rows: list[Any] = []
        token: dict[str, str] = {}
        while True:
            page = get(JobId=job["job_id"], **detector.get, **token)
            rows += page[detector.items]
            if "NextToken" not in page:
                return {detector.items: rows}
            token = {"NextToken": page["NextToken"]}


def _table(records: Iterable[Record]) -> Any:
    serialize = TypeSerializer().serialize
    items = {
        number: {name: serialize(value) for name, value in record.items()}
        for number, record in enumerate(records)
    }
    return SimpleNamespace(main=SimpleNamespace(items=items))


def _executions(stack: Stack, versions: set[str], ids: set[str]) -> Iterable[Record]:
    """Executions of these uploads, and of trailers of these films."""
    for machine in ("AnalyseVideo", "MakeTrailer"):
        for listed in stack.executions(machine):
            entry = described(stack, listed)
            given = json.loads(entry["input"])
            version = given.get("detail", {}).get("object", {}).get("version-id")
            if version in versions or given.get("videoId") in ids:
                yield {**entry, "machine": machine}


_ended: dict[str, Record] = {}


def described(stack: Stack, listed: Record) -> Record:
    """An execution with its input; one that has ended is asked for once."""
    arn = listed["executionArn"]
    if arn not in _ended or _ended[arn]["status"] != listed["status"]:
        _ended[arn] = stack.client("stepfunctions").describe_execution(executionArn=arn)
    return _ended[arn]


def _renders(stack: Stack) -> list[Record]:
    folder = stack.state_dir / "mediaconvert" / "jobs"
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
