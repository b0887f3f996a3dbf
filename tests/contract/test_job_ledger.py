"""The ledger behaves as the steps rely on: every transition is conditional, every turn is given once.

The same rules hold for the ledger in memory that the unit tests use, so that
those tests prove something about the one on DynamoDB.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from tests.fakes import FakeLedger
from trailer.aws.job_ledger import DynamoJobLedger
from trailer.domain.work.jobs import DetectionJob, JobStatus
from trailer.domain.work.turns import Queue, place
from trailer.domain.work.upload import ObjectVersion

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SOURCE = ObjectVersion("b", "k +é.mp4", "v")
REQUEST = {"MinConfidence": 50, "Filters": {"ShotFilter": {"MinSegmentConfidence": 50}}}


@pytest.fixture
def table(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    by_status = {
        "IndexName": "byStatus",
        "KeySchema": [
            {"AttributeName": "status", "KeyType": "HASH"},
            {"AttributeName": "turn", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }
    with mock_aws():
        yield boto3.resource("dynamodb", region_name="us-east-1").create_table(
            TableName="jobs",
            KeySchema=[{"AttributeName": "jobTag", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("jobTag", "status", "turn")
            ],
            GlobalSecondaryIndexes=[by_status],
            BillingMode="PAY_PER_REQUEST",
        )


@pytest.fixture(params=["DynamoDB", "memory"])
def ledger(request):
    if request.param == "memory":
        return FakeLedger()
    return DynamoJobLedger(request.getfixturevalue("table"))


def job(n=1, stem="c0ffee/segments.12345678", turn=None, **changes):
    created = (NOON + timedelta(minutes=n)).isoformat()
    queued = place(n if turn is None else turn, created)
    made = DetectionJob(stem, n, "segments", REQUEST, SOURCE, "film-1", "film-1", queued, created)
    return replace(made, **({"waiting": {"film-1": "token-1"}} | changes))


def test_a_row_is_written_once_and_read_back_whole(ledger):
    assert ledger.add(job())
    assert not ledger.add(job(video_id="film-2"))
    assert ledger.get(job().tag) == job()
    assert ledger.get("c0ffee/segments.12345678/9") is None


def test_the_rows_of_the_queue_are_no_jobs(ledger):
    ledger.take_turn("films", not_before=0, at=NOON)
    ledger.advance(3)
    assert ledger.get("queue") is None
    assert ledger.get("queue/films") is None


def test_all_attempts_are_found_in_order(ledger):
    for n in (1, 2, 3):
        ledger.add(job(n))
    ledger.add(job(1, "c0ffee/labels.12345678"))
    assert [row.attempt for row in ledger.attempts(job().stem)] == [1, 2, 3]
    assert ledger.attempts("feed/segments.12345678") == []


def test_films_wait_beside_each_other_and_a_token_is_replaced_only_where_it_was_seen(ledger):
    ledger.add(job())
    assert ledger.adopt(job().tag, "film-2", "token-2", instead_of=None)
    assert not ledger.adopt(job().tag, "film-2", "stale", instead_of=None)
    assert not ledger.adopt(job().tag, "film-1", "stale", instead_of="token-0")
    assert ledger.adopt(job().tag, "film-1", "token-1b", instead_of="token-1")
    assert ledger.get(job().tag).waiting == {"film-1": "token-1b", "film-2": "token-2"}


def test_only_the_token_that_was_found_dead_is_dropped(ledger):
    ledger.add(job(waiting={"film-1": "new", "film-2": "token-2"}))
    ledger.drop(job().tag, "film-1", "old")
    ledger.drop(job().tag, "film-2", "token-2")
    assert ledger.get(job().tag).waiting == {"film-1": "new"}


def test_a_claim_is_exclusive_and_a_release_gives_back_only_the_own_claim(ledger):
    ledger.add(job())
    assert ledger.claim(job().tag, payer="film-2", at=NOON)
    assert not ledger.claim(job().tag, payer="film-3", at=NOON + timedelta(seconds=1))
    ledger.release(job().tag, job().place, claimed_at=NOON + timedelta(seconds=1))
    assert ledger.get(job().tag).status is JobStatus.RUNNING
    assert list(ledger.pending()) == []
    ledger.release(job().tag, job().place, claimed_at=NOON)
    assert ledger.get(job().tag) == job(video_id="film-2")
    assert [row.tag for row in ledger.pending()] == [job().tag]


def test_a_claim_whose_answer_was_lost_is_ours_when_it_is_repeated(ledger):
    ledger.add(job())
    assert ledger.claim(job().tag, payer="film-1", at=NOON)
    assert ledger.claim(job().tag, payer="film-1", at=NOON)
    ledger.mark_running(job().tag, "j")
    assert not ledger.claim(job().tag, payer="film-1", at=NOON)


def test_a_job_that_was_accepted_is_not_released(ledger):
    ledger.add(job())
    ledger.claim(job().tag, payer="film-1", at=NOON)
    ledger.mark_running(job().tag, "j")
    ledger.release(job().tag, job().place, claimed_at=NOON)
    assert (ledger.get(job().tag).status, ledger.get(job().tag).job_id) == (JobStatus.RUNNING, "j")


def test_a_settled_job_never_changes_again(ledger):
    ledger.add(job())
    assert ledger.settle(job().tag, job_id="j", at=NOON)
    ledger.mark_running(job().tag, "other")
    assert not ledger.settle(job().tag, job_id="j", at=NOON, error="DetectionFailedError", reason="late")
    assert not ledger.settle(job().tag, job_id="j", at=NOON)
    assert not ledger.adopt(job().tag, "film-2", "token-2", instead_of=None)
    assert not ledger.claim(job().tag, payer="film-1", at=NOON)
    ledger.drop(job().tag, "film-1", "token-1")
    assert ledger.get(job().tag) == job(status=JobStatus.DONE, job_id="j", settled_at=NOON.isoformat())


def test_a_success_replaces_a_refusal_of_a_start_that_had_been_accepted(ledger):
    ledger.add(job())
    ledger.settle(job().tag, job_id=None, at=NOON, error="AccessRefusedError", reason="no")
    later = NOON + timedelta(minutes=1)
    assert not ledger.settle(job().tag, job_id="j", at=later, error="DetectionFailedError", reason="no")
    assert ledger.settle(job().tag, job_id="j", at=later)
    assert ledger.get(job().tag) == job(status=JobStatus.DONE, job_id="j", settled_at=later.isoformat())


def test_a_failure_that_rekognition_reported_is_final(ledger):
    ledger.add(job())
    ledger.settle(job().tag, job_id="j", at=NOON, error="DetectionFailedError", reason="no")
    assert not ledger.settle(job().tag, job_id="j", at=NOON)


def test_a_job_is_abandoned_only_while_nobody_waits_and_it_is_not_known_to_run(ledger):
    ledger.add(job())
    assert not ledger.abandon(job().tag, reason="nobody", at=NOON)
    ledger.drop(job().tag, "film-1", "token-1")
    ledger.claim(job().tag, payer="film-1", at=NOON)
    ledger.mark_running(job().tag, "j")
    assert not ledger.abandon(job().tag, reason="nobody", at=NOON)
    ledger.add(job(2, waiting={}))
    assert ledger.abandon(job(2).tag, reason="nobody", at=NOON)
    assert ledger.get(job(2).tag).status is JobStatus.FAILED
    assert ledger.unwoken() == []


def test_settled_jobs_are_found_until_their_films_are_woken(ledger):
    for n in (1, 2, 3):
        ledger.add(job(n))
    ledger.settle(job(1).tag, job_id="j", at=NOON)
    ledger.settle(job(2).tag, job_id="k", at=NOON, error="DetectionFailedError", reason="no")
    assert [row.attempt for row in ledger.unwoken()] == [1, 2]
    ledger.mark_woken(job(1).tag, at=NOON)
    ledger.mark_woken(job(3).tag, at=NOON)
    assert [row.attempt for row in ledger.unwoken()] == [2]
    assert ledger.get(job(1).tag).waiting == {}
    assert ledger.get(job(3).tag).waiting == {"film-1": "token-1"}


def test_pending_jobs_come_in_turn_however_many_there_are(ledger):
    for n in range(1, 121):
        ledger.add(job(n, turn=120 - n))
    assert [row.attempt for row in ledger.pending()] == list(range(120, 0, -1))


def test_running_jobs_are_found_by_how_long_they_run(ledger):
    for n in (1, 2, 3):
        ledger.add(job(n))
        ledger.claim(job(n).tag, payer="film-1", at=NOON + timedelta(minutes=10 - n))
    assert [r.attempt for r in ledger.running(started_before=NOON + timedelta(minutes=9))] == [3, 2]


def test_the_first_film_that_collected_is_the_one_whose_pages_are_kept(ledger):
    ledger.add(job())
    ledger.mark_collected(job().tag, "film-2")
    ledger.mark_collected(job().tag, "film-3")
    assert ledger.get(job().tag).collected_by == "film-2"


def test_a_group_gets_each_turn_once_and_catches_up_with_the_queue(ledger):
    assert [ledger.take_turn("a", not_before=0, at=NOON) for _ in range(3)] == [0, 1, 2]
    assert ledger.take_turn("b", not_before=0, at=NOON) == 0
    assert [ledger.take_turn("a", not_before=7, at=NOON) for _ in range(2)] == [7, 8]
    assert ledger.take_turn("a", not_before=3, at=NOON) == 9


def test_the_queue_only_advances(ledger):
    assert ledger.queue() == Queue(0, "")
    ledger.advance(5)
    ledger.advance(3)
    ledger.set_full(NOON)
    assert ledger.queue() == Queue(5, NOON.isoformat())


class OvertakenTable:
    """A table on which another writer is always a little faster."""

    def __init__(self, table, others):
        self._table, self._others = table, others

    def update_item(self, **update):
        for other in self._others:
            other()
        return self._table.update_item(**update)


def test_turns_are_unique_whoever_writes_in_between(table):
    others = iter([0, 0, 4, 4, 0, 9])
    taken = []

    def overtake():
        if (not_before := next(others, None)) is not None:
            taken.append(DynamoJobLedger(table).take_turn("films", not_before=not_before, at=NOON))

    ledger = DynamoJobLedger(OvertakenTable(table, [overtake, overtake]))
    taken += [ledger.take_turn("films", not_before=n, at=NOON) for n in (0, 2, 5)]
    assert len(set(taken)) == len(taken) == 9


def test_only_the_rows_of_groups_expire(table):
    ledger = DynamoJobLedger(table)
    ledger.add(job())
    ledger.settle(job().tag, job_id="j", at=NOON)
    ledger.take_turn("films", not_before=0, at=NOON)
    expiring = {row["jobTag"]: int(row["ttl"]) for row in table.scan()["Items"] if "ttl" in row}
    assert list(expiring) == ["queue/films"]
    assert expiring["queue/films"] > (NOON + timedelta(days=7)).timestamp()
