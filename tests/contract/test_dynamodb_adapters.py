"""The tables behave as the steps rely on: claims are exclusive, transitions are conditional."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from trailer.aws.dynamodb import DynamoCatalogue, DynamoJobLedger
from trailer.domain.jobs import DetectionJob, JobStatus
from trailer.domain.upload import ObjectVersion


@pytest.fixture
def dynamodb(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield boto3.resource("dynamodb", region_name="us-east-1")


def string_keys(*names):
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


@pytest.fixture
def catalogue(dynamodb):
    schema = [
        {"AttributeName": "videoId", "KeyType": "HASH"},
        {"AttributeName": "record", "KeyType": "RANGE"},
    ]
    return DynamoCatalogue(
        dynamodb.create_table(
            TableName="catalogue",
            KeySchema=schema,
            AttributeDefinitions=string_keys("videoId", "record"),
            BillingMode="PAY_PER_REQUEST",
        )
    )


@pytest.fixture
def ledger(dynamodb):
    by_status = {
        "IndexName": "byStatus",
        "KeySchema": [
            {"AttributeName": "status", "KeyType": "HASH"},
            {"AttributeName": "createdAt", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }
    return DynamoJobLedger(
        dynamodb.create_table(
            TableName="jobs",
            KeySchema=[{"AttributeName": "jobTag", "KeyType": "HASH"}],
            AttributeDefinitions=string_keys("jobTag", "status", "createdAt"),
            GlobalSecondaryIndexes=[by_status],
            BillingMode="PAY_PER_REQUEST",
        )
    )


def item(execution_id="e1", record="VIDEO", **more):
    return {"videoId": "film", "record": record, "executionId": execution_id, **more}


def job(n=1, **changes):
    created = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)).isoformat()
    made = DetectionJob("film", "segments", n, ObjectVersion("b", "k +é.mp4", "v"), "token", created)
    return replace(made, **changes)


def test_a_claim_is_exclusive_but_repeatable_by_its_owner(catalogue):
    assert catalogue.claim(item("e1"))
    assert catalogue.claim(item("e1"))
    assert not catalogue.claim(item("e2"))


def test_numbers_come_back_as_they_went_and_none_is_left_out(catalogue):
    catalogue.claim(item(size=5, price=1.25, note=None, media={"fps": 23.976}, tags=["a"]))
    catalogue.update("film", "VIDEO", {"status": "COMPLETED", "size": 6})
    found = catalogue.get("film", "VIDEO")
    assert found == item(size=6, price=1.25, media={"fps": 23.976}, tags=["a"], status="COMPLETED")


def test_replacing_removes_what_an_earlier_run_left(catalogue):
    catalogue.claim(item())
    catalogue.replace("film", ["SCENE#"], [item(record=f"SCENE#{n:04d}") for n in range(60)])
    assert catalogue.replace("film", ["SCENE#"], [item(record=f"SCENE#{n:04d}") for n in range(30)]) == 30
    assert [i["record"] for i in catalogue.query("film", "SCENE#")] == [f"SCENE#{n:04d}" for n in range(30)]
    assert catalogue.get("film", "VIDEO")


def test_a_ledger_row_is_written_once_and_read_back_whole(ledger):
    assert ledger.add(job())
    assert not ledger.add(job())
    assert ledger.get(job().tag) == job()
    assert ledger.get("film/segments/9") is None


def test_a_settled_job_never_changes_again(ledger):
    ledger.add(job())
    assert ledger.settle(job().tag, job_id="j", reason=None)
    ledger.mark_running(job().tag, "other")
    assert not ledger.settle(job().tag, job_id="j", reason="late failure")
    assert not ledger.adopt(job().tag, "token-2")
    assert ledger.get(job().tag) == job(status=JobStatus.DONE, job_id="j")


def test_an_open_job_can_be_adopted(ledger):
    ledger.add(job())
    ledger.mark_running(job().tag, "j")
    assert ledger.adopt(job().tag, "token-2")
    assert ledger.get(job().tag) == job(status=JobStatus.RUNNING, job_id="j", task_token="token-2")


def test_the_queue_is_oldest_first_and_running_jobs_are_found_by_age(ledger):
    for n in (3, 1, 2):
        ledger.add(job(n))
    ledger.mark_running(job(2).tag, "j")
    assert [row.attempt for row in ledger.pending(10)] == [1, 3]
    assert [row.attempt for row in ledger.pending(1)] == [1]
    later = datetime(2026, 1, 1, 0, 2, 30, tzinfo=UTC)
    assert [row.attempt for row in ledger.running(created_before=later, limit=10)] == [2]
    assert ledger.running(created_before=later - timedelta(minutes=2), limit=10) == []


def test_all_attempts_of_a_film_are_found(ledger):
    for n in (1, 2):
        ledger.add(job(n))
    assert [row.attempt for row in ledger.of_video("film", ["segments", "labels"])] == [1, 2]
