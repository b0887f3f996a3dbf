"""The queue: fair between folders, first come first served within one, nobody starts past it, waiting is free."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeRekognition, fake_services
from tests.unit.steps.interleaving import Actor
from trailer.domain.work.jobs import NOBODY_WAITS, JobStatus
from trailer.domain.work.turns import FULL_FOR, Queue, group_of, place, turn_of
from trailer.errors import AccessRefusedError, JobQuotaReachedError, ServiceBusyError, TrailerError
from trailer.steps.job_queue import start_pending
from trailer.steps.reconcile_jobs import reconcile_jobs
from trailer.steps.resume_detection import resume_detection
from trailer.steps.start_detection import start_detection

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class StandingClock:
    def __init__(self):
        self.time = NOON

    def now(self):
        return self.time


class Account:
    """A deployment whose jobs end when told so."""

    def __init__(self, slots):
        self.services = fake_services(detections=FakeRekognition(slots=slots), clock=StandingClock())
        self.arrived = 0
        self.started = []
        start = self.services.detections.start

        def note(job):
            job_id = start(job)
            if job.source.key not in self.started:
                self.started.append(job.source.key)
            return job_id

        self.services.detections.start = note

    def upload(self, folder):
        """One film with one detection; its key."""
        self.arrived += 1
        film, key = f"film-{self.arrived}", f"{folder}/{self.arrived}.mp4"
        record = {"bucket": "films", "key": key, "objectVersion": "1", "contentId": film}
        record["status"] = "ANALYSING"
        self.services.catalogue.update(film, "VIDEO", record)
        start_detection(film, "segments", f"token-{self.arrived}", self.services)
        return key

    def end_one(self):
        job = next(job for job in self.running())
        self.services.detections.outcome[job.job_id] = ("SUCCEEDED", "")
        resume_detection(
            json.dumps({"JobTag": job.tag, "JobId": job.job_id, "Status": "SUCCEEDED"}), self.services
        )
        return job.source.key

    def running(self):
        rows = [r for r in self.services.jobs.rows.values() if r.status is JobStatus.RUNNING]
        return sorted(rows, key=lambda row: (row.started_at, row.place))

    def pending(self):
        return [row.source.key for row in self.services.jobs.pending()]

    def pass_time(self, **span):
        self.services.clock.time += timedelta(**span)


# Fair.


def test_a_single_upload_does_not_wait_for_a_batch_of_a_thousand():
    account = Account(slots=20)
    for _ in range(1000):
        account.upload("batch")
    for _ in range(100):
        account.end_one()
    single = account.upload("single")
    assert single in account.pending()
    account.end_one()
    account.end_one()
    assert single in account.started, "it starts within one job of each active folder"


def test_two_batches_share_the_slots_evenly_though_one_came_first():
    account = Account(slots=4)
    for folder in ("first", "second"):
        for _ in range(50):
            account.upload(folder)
    before = len(account.started)
    for _ in range(40):
        account.end_one()
    folders = [key.split("/")[0] for key in account.started[before:]]
    assert abs(folders.count("first") - folders.count("second")) <= 4 + 1


@settings(max_examples=150, deadline=None)
@given(
    slots=st.integers(1, 4),
    events=st.lists(st.one_of(st.just("end"), st.sampled_from(["a", "b", "c", "d"])), max_size=80),
)
def test_nobody_waits_longer_than_one_job_of_each_other_folder_and_one_s_own(slots, events):
    """The bound of fair queueing: each other folder starts as many as are ahead in one's own, and two."""
    account, waits = Account(slots), {}
    for event in [*events, *["end"] * 80]:
        before = len(account.started)
        if event != "end":
            key = account.upload(event)
            if key not in account.started:
                ahead = [k for k in account.pending() if group_of(k) == event and k != key]
                waits[key] = (before, len(ahead))
        elif account.running():
            account.end_one()
    assert not account.pending(), "nobody starves"
    for key, (since, ahead) in waits.items():
        passed = account.started[since : account.started.index(key)]
        for folder in {group_of(other) for other in passed} - {group_of(key)}:
            assert sum(group_of(other) == folder for other in passed) <= ahead + 2
    for folder in "abcd":
        own = [int(key.split("/")[1].split(".")[0]) for key in account.started if group_of(key) == folder]
        assert own == sorted(own), "first come, first served"


def test_an_arrival_does_not_start_past_those_that_wait():
    account = Account(slots=1)
    keys = [account.upload("folder") for _ in range(3)]
    account.services.detections.outcome["job-0"] = ("SUCCEEDED", "")
    account.pass_time(seconds=10)
    last = account.upload("folder")
    assert account.started == keys[:2]
    assert account.pending() == [keys[2], last]


def test_an_arrival_that_the_index_does_not_list_yet_is_started():
    account = Account(slots=1)
    account.services.jobs.pending = lambda: iter(())
    assert account.upload("folder") in account.started


@given(st.integers(0, 10**12 - 1), st.integers(0, 10**12 - 1))
def test_places_sort_by_turn_then_by_arrival(one, two):
    early, late = NOON.isoformat(), (NOON + timedelta(microseconds=1)).isoformat()
    assert (place(one, late) < place(two, early)) == (one < two)
    assert place(one, early) < place(one, late)
    assert turn_of(place(one, early)) == one


@pytest.mark.parametrize(
    ("key", "group"), [("a/b/film.mp4", "a/b"), ("film.mp4", ""), ("a/../x", "a/.."), ("/x", "")]
)
def test_a_group_is_a_folder(key, group):
    assert group_of(key) == group


# Waiting costs nothing.


def test_a_thousand_arrivals_are_not_a_thousand_calls():
    """1,000 detections arrive within 100 seconds while another tenant holds all slots."""
    account = Account(slots=0)
    for _ in range(1000):
        account.upload("batch")
        account.pass_time(milliseconds=100)
    assert account.services.detections.calls == 100 / FULL_FOR.total_seconds()
    assert len(account.pending()) == 1000


def test_the_minute_tick_tries_although_the_queue_was_full_a_moment_ago():
    account = Account(slots=0)
    key = account.upload("folder")
    account.services.detections.slots = 1
    assert account.services.jobs.queue().is_full(NOON)
    assert reconcile_jobs(account.services)["started"] == 1
    assert account.started == [key]
    assert not account.services.jobs.queue().is_full(NOON), "so that the next arrival starts at once"


def test_a_queue_is_full_until_then_and_no_longer():
    queue = Queue(0, NOON.isoformat())
    assert queue.is_full(NOON - timedelta(microseconds=1))
    assert not queue.is_full(NOON)


# Nobody waits any more.


def test_a_job_that_nobody_waits_for_is_never_started():
    account = Account(slots=0)
    gone, alive = account.upload("folder"), account.upload("folder")
    account.services.workflow.closed.add("token-1")
    account.services.detections.slots = 2
    assert start_pending(account.services) == 1
    assert account.started == [alive]
    row = next(row for row in account.services.jobs.rows.values() if row.source.key == gone)
    assert (row.status, row.reason) == (JobStatus.FAILED, NOBODY_WAITS)


def test_a_film_that_joins_an_abandoned_job_at_the_last_moment_keeps_it():
    account = Account(slots=0)
    account.upload("folder")
    [job] = account.services.jobs.rows.values()
    account.services.workflow.closed.add("token-1")
    account.services.detections.slots = 1
    tick = Actor("tick", start_pending, account.services)
    while tick.calls[-1:] != ["jobs.drop"]:
        tick.proceed()
    assert account.services.jobs.adopt(job.tag, "film-2", "token-2", instead_of=None)
    tick.finish()
    assert account.services.jobs.get(job.tag).status is JobStatus.PENDING
    assert start_pending(account.services) == 1


def test_a_row_that_something_is_wrong_with_blocks_nobody_and_is_told_by_the_tick():
    """Such as one whose film waits in a deployment that is gone, and that nobody may ask any more."""
    account = Account(slots=0)
    bad, good = account.upload("folder"), account.upload("folder")
    ask = account.services.workflow.is_waiting

    def refuse_the_first(token):
        if token == "token-1":
            raise AccessRefusedError("not authorized to perform states:SendTaskHeartbeat")
        return ask(token)

    account.services.workflow.is_waiting = refuse_the_first
    account.services.detections.slots = 2
    assert start_pending(account.services) == 1
    third = account.upload("folder")
    assert account.started == [good, third], "the newcomer neither waits nor fails for it"
    with pytest.raises(AccessRefusedError, match="SendTaskHeartbeat"):
        reconcile_jobs(account.services)
    row = next(row for row in account.services.jobs.rows.values() if row.source.key == bad)
    assert row.status is JobStatus.PENDING


def test_all_the_dead_are_passed_over_at_once():
    account = Account(slots=0)
    for _ in range(60):
        account.upload("folder")
    account.services.workflow.closed |= {f"token-{n}" for n in range(1, 60)}
    account.services.detections.slots = 1
    assert start_pending(account.services) == 1
    assert account.started == ["folder/60.mp4"]


# What goes wrong on the way.


def lose_answer(account, *, accepted):
    """Let the next Start not answer."""
    start = account.services.detections.start

    def lost(job):
        account.services.detections.start = start
        if accepted:
            start(job)
        raise ServiceBusyError("no answer")

    account.services.detections.start = lost


@pytest.mark.parametrize("accepted", [True, False])
def test_a_start_that_did_not_answer_is_repeated_by_the_tick_and_billed_once(accepted):
    account = Account(slots=1)
    lose_answer(account, accepted=accepted)
    account.upload("folder")
    assert account.running()[0].job_id is None
    account.pass_time(minutes=3)
    assert reconcile_jobs(account.services)["repeated"] == 1
    assert account.running()[0].job_id == "job-0"
    assert len(account.services.detections.jobs) == 1


def test_a_start_that_did_not_answer_is_not_repeated_for_nobody_and_given_up_in_the_end():
    account = Account(slots=1)
    lose_answer(account, accepted=False)
    account.upload("folder")
    account.services.workflow.closed.add("token-1")
    account.pass_time(days=5)
    reconcile_jobs(account.services)
    assert account.running()
    account.pass_time(days=1, minutes=1)
    reconcile_jobs(account.services)
    assert (account.running(), account.services.detections.jobs) == ([], {})


def test_a_refusal_of_the_repetition_proves_nothing_about_the_first_call():
    account = Account(slots=1)
    lose_answer(account, accepted=True)
    account.upload("folder")
    start = account.services.detections.start

    def full(job):
        raise JobQuotaReachedError("20 open jobs")

    account.services.detections.start = full
    account.pass_time(minutes=3)
    reconcile_jobs(account.services)
    account.services.workflow.closed.add("token-1")
    reconcile_jobs(account.services)
    assert account.running(), "given up, it would be billed again for the next film with these bytes"
    account.services.detections.start = start
    [job_id] = account.services.detections.jobs.values()
    message = {"JobTag": account.running()[0].tag, "JobId": job_id, "Status": "SUCCEEDED"}
    resume_detection(json.dumps(message), account.services)
    assert [row.status for row in account.services.jobs.rows.values()] == [JobStatus.DONE]


def test_a_refusal_gives_the_place_back():
    account = Account(slots=1)
    keys = [account.upload("folder") for _ in range(3)]
    before = account.pending()
    account.services.clock.time += timedelta(minutes=1)
    assert start_pending(account.services) == 0
    assert account.pending() == before == keys[1:]


def test_a_refused_permission_fails_the_films_one_by_one_and_not_the_queue():
    account = Account(slots=0)
    for _ in range(2):
        account.upload("folder")

    def refuse(job):
        raise AccessRefusedError("no permission")

    account.services.detections.start = refuse
    assert start_pending(account.services) == 0
    assert [(token, error) for token, error, _ in account.services.workflow.failed] == [
        ("token-1", "AccessRefusedError"),
        ("token-2", "AccessRefusedError"),
    ]


def test_an_execution_that_was_not_woken_by_a_dying_function_is_woken_by_the_tick():
    account = Account(slots=1)
    account.upload("folder")
    [job] = account.running()
    account.services.detections.outcome[job.job_id] = ("SUCCEEDED", "")
    message = json.dumps({"JobTag": job.tag, "JobId": job.job_id, "Status": "SUCCEEDED"})
    dying = Actor("resume", lambda services: resume_detection(message, services), account.services)
    while dying.calls[-1:] != ["jobs.settle"]:
        dying.proceed()
    dying.kill()
    assert account.services.workflow.succeeded == []
    assert reconcile_jobs(account.services)["woken"] == 1
    assert account.services.workflow.succeeded == ["token-1"]


def test_every_overdue_job_is_asked_about_though_not_all_in_one_minute():
    account = Account(slots=60)
    for _ in range(60):
        account.upload("folder")
    account.pass_time(minutes=10)
    asked = []
    account.services.detections.status = lambda detector, job_id: asked.append(job_id) or ("IN_PROGRESS", "")
    for _ in range(3):
        reconcile_jobs(account.services)
        account.pass_time(minutes=1)
    assert len(set(asked)) == 60 and len(asked) == 75


def test_one_job_that_can_not_be_asked_about_does_not_stop_the_tick():
    account = Account(slots=1)
    account.upload("folder")
    waiting = account.upload("folder")
    account.pass_time(minutes=10)

    def broken(detector, job_id):
        raise TrailerError("an answer nobody expected")

    account.services.detections.status = broken
    account.services.detections.slots = 2
    with pytest.raises(TrailerError, match="nobody expected"):
        reconcile_jobs(account.services)
    assert waiting in account.started
