"""The deployed half can fail: each invariant is found broken where the evidence says so."""

from __future__ import annotations

import copy
import gzip
import io
import json
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from tests.chaos.deployed.cases import CALLERS, EVERYWHERE, common
from tests.chaos.deployed.evidence import Evidence, Expectation
from tests.chaos.faults import Fault, Invariant
from tests.chaos.films import Film
from tests.chaos.world import Upload

VERSION, VIDEO = "v1", "film-1"
UPLOADS = [Upload(Film("films/one.mp4", "one"), VERSION, 0.0)]
ROWS = [{"Type": "SHOT", "StartFrameNumber": number} for number in range(5)]
PLACE = {"S3Object": {"Bucket": "films", "Name": "films/one.mp4", "Version": VERSION}}
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:AnalyseVideo:1"


class Account:
    """What a deployed stack would say after one film went through, to be spoilt by the tests."""

    def __init__(self, folder: Path) -> None:
        self.state_dir = folder
        (folder / "mediaconvert" / "jobs").mkdir(parents=True)
        self.outputs = {"ResultsBucketName": "results"}
        self.status = "SUCCEEDED"
        self.video = {
            "videoId": VIDEO,
            "record": "VIDEO",
            "objectVersion": VERSION,
            "status": "COMPLETED",
            "executionId": EXECUTION,
            "profileIds": ["romance"],
            "detectors": ["segments"],
            "costParts": {"segments": 1, "rendering": Decimal("0.01")},
        }
        self.trailer = {"videoId": VIDEO, "record": "TRAILER#romance#0001", "profileId": "romance"}
        self.trailer["status"] = "PUBLISHED"
        self.row = {"jobTag": "one/segments/1", "videoId": VIDEO, "status": "DONE", "jobId": "job-1"}
        job = {"job_id": "job-1", "operation": "StartSegmentDetection", "status": "SUCCEEDED"}
        self.jobs = [{**job, "message": None, "request": {"Video": PLACE, "JobTag": "one/segments/1"}}]
        self.renders("render-1")
        folder = f"videos/{VIDEO}/detections/segments/"
        self.objects = {
            f"{folder}index.json": json.dumps({"pages": 1}).encode(),
            f"{folder}page-00000.json.gz": gzip.compress(json.dumps({"Segments": ROWS}).encode()),
        }

    def renders(self, job: str, status: str = "COMPLETE") -> None:
        """One more render job."""
        place = {"FileGroupSettings": {"Destination": f"s3://results/videos/{VIDEO}/trailers/romance/0001/t"}}
        settings = {
            "Inputs": [{"FileInput": "s3://films/films/one.mp4"}],
            "OutputGroups": [{"OutputGroupSettings": place}],
        }
        described = {
            **{"Id": job, "Status": status, "Settings": settings},
            **{"UserMetadata": {"videoId": VIDEO}, "Timing": {"SubmitTime": 60}},
        }
        path = self.state_dir / "mediaconvert" / "jobs" / f"{job}.json"
        path.write_text(json.dumps(described), encoding="utf-8")

    def scan(self, table: str) -> list[dict]:
        return {"CatalogueTableName": [self.video, self.trailer], "JobsTableName": [self.row]}[table]

    def executions(self, machine: str) -> list[dict]:
        return [{"executionArn": EXECUTION, "status": self.status}] if machine == "AnalyseVideo" else []

    def rekognition_jobs(self) -> list[dict]:
        return self.jobs

    def client(self, service: str) -> SimpleNamespace:
        given = json.dumps({"detail": {"object": {"version-id": VERSION}}})
        described = {"executionArn": EXECUTION, "status": self.status, "input": given}
        return SimpleNamespace(
            describe_execution=lambda executionArn: described,
            get_segment_detection=lambda **asked: {"Segments": ROWS},
            get_object=self._get_object,
        )

    def _get_object(self, Bucket: str, Key: str) -> dict:
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(tmp_path)


def found(account: Account, expected: Expectation | None = None, letters: int = 0) -> set[Invariant]:
    evidence = Evidence(account, UPLOADS)
    return {violation.invariant for violation in evidence.violations(expected or Expectation(), letters)}


def test_a_film_that_went_through_breaks_nothing(account: Account) -> None:
    assert found(account) == set()
    assert Evidence(account, UPLOADS).settled


def test_each_invariant_is_found_broken(account: Account, tmp_path: Path) -> None:
    def spoilt(change) -> set[Invariant]:
        other = copy.deepcopy(account)
        change(other)
        return found(other)

    page = f"videos/{VIDEO}/detections/segments/page-00000.json.gz"
    assert Invariant.ONE_TERMINAL_RECORD in spoilt(lambda a: a.video.update(status="ANALYSING"))
    assert Invariant.ONE_TRAILER in spoilt(lambda a: a.trailer.update(status="RENDERING"))
    assert Invariant.ONE_BILLED_JOB in spoilt(lambda a: a.jobs.append({**a.jobs[0], "job_id": "job-2"}))
    assert Invariant.NO_OPEN_ROW in spoilt(lambda a: a.row.update(status="RUNNING"))
    assert Invariant.NO_OPEN_EXECUTION in spoilt(lambda a: setattr(a, "status", "RUNNING"))
    assert Invariant.NO_LOST_PAGE in spoilt(lambda a: a.objects.pop(page))
    assert Invariant.LEDGER_IS_THE_BILL in spoilt(
        lambda a: a.video.update(costParts={"rendering": Decimal("0.01")})
    )
    assert Invariant.LEDGER_IS_THE_BILL in spoilt(lambda a: a.video.update(costParts={"segments": 1}))
    assert Invariant.RIGHT_REASON in spoilt(lambda a: a.video.update(status="FAILED", error="X", reason="x"))
    assert Invariant.DEAD_LETTERS_EXPLAINED in found(account, letters=1)


def test_a_second_render_is_found_and_one_that_failed_is_no_bill(account: Account) -> None:
    account.renders("render-2", status="ERROR")
    assert found(account) == set()
    account.renders("render-3")
    assert {Invariant.ONE_BILLED_JOB, Invariant.LEDGER_IS_THE_BILL} <= found(account)


def test_what_a_fault_excuses_is_no_broken_invariant(account: Account) -> None:
    account.video |= {"status": "FAILED", "error": "AccessRefusedError"}
    account.video |= {"reason": "A permission is missing.", "errorClass": "permission"}
    account.trailer["status"] = "FAILED"
    assert Invariant.RIGHT_REASON in found(account)
    assert found(account, Expectation(marks={"films/one.mp4": {Fault.REFUSED}})) == set()


def test_a_render_shows_the_version_that_was_the_newest_when_it_began(account: Account) -> None:
    twice = [*UPLOADS, Upload(Film("films/one.mp4", "two"), "v2", 0.0)]
    for stored, shown in (({VERSION: 1.0, "v2": 90.0}, "one"), ({VERSION: 1.0, "v2": 50.0}, "two")):
        account.stored = lambda key, stored=stored: stored
        (render,) = Evidence(account, twice).world(Expectation()).mediaconvert.jobs.values()
        assert render.content == shown


def test_a_film_that_waits_or_has_an_open_row_is_not_settled(account: Account) -> None:
    account.row["waiting"] = {VIDEO: "token"}
    assert not Evidence(account, UPLOADS).settled
    account.row.pop("waiting")
    account.status = "RUNNING"
    assert not Evidence(account, UPLOADS).settled


def test_the_common_subset_visits_each_api_with_each_of_the_three_faults() -> None:
    visited = {(rule["api"], rule["fault"]) for case in common() for rule in case.rules if "api" in rule}
    assert {(api, str(fault)) for api in CALLERS for fault in EVERYWHERE} <= visited
    assert len(common()) >= 30
