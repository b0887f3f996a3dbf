"""No job is started twice, none is lost, and every waiting execution is woken exactly by its outcome."""

import json
from datetime import timedelta

import pytest

from tests.fakes import FakeRekognition, fake_services, upload_event
from trailer.domain.work.jobs import JobStatus
from trailer.errors import (
    DetectionFailedError,
    JobQuotaReachedError,
    MalformedResponseError,
    ServiceBusyError,
    StartUnansweredError,
    UnsupportedVideoError,
)
from trailer.steps.collect_detection import collect_detection
from trailer.steps.reconcile_jobs import reconcile_jobs
from trailer.steps.register_video import register_video
from trailer.steps.resume_detection import resume_detection
from trailer.steps.start_detection import start_detection


@pytest.fixture
def services():
    return fake_services()


def register(services, version="v1"):
    return register_video(upload_event(version=version), f"execution-{version}", services)["videoId"]


def completion(tag, status="SUCCEEDED", job_id="job-0"):
    return json.dumps({"Message": json.dumps({"JobTag": tag, "JobId": job_id, "Status": status, "API": "x"})})


def test_a_start_runs_one_job_and_its_completion_wakes_the_token(services):
    film = register(services)
    tag = start_detection(film, "segments", "token-1", services)["jobTag"]
    assert services.jobs.get(tag).status is JobStatus.RUNNING
    resume_detection(completion(tag), services)
    assert services.workflow.succeeded == ["token-1"]
    assert services.jobs.get(tag).status is JobStatus.DONE


def test_a_completion_may_come_before_the_start_returned(services):
    film = register(services)
    start = services.detections.start

    def start_and_finish(job):
        job_id = start(job)
        resume_detection(completion(job.tag, job_id=job_id), services)
        return job_id

    services.detections.start = start_and_finish
    tag = start_detection(film, "segments", "token-1", services)["jobTag"]
    assert services.jobs.get(tag).status is JobStatus.DONE
    assert services.workflow.succeeded == ["token-1"]


def test_a_repeated_start_adopts_the_running_job(services):
    film = register(services)
    tag = start_detection(film, "segments", "token-1", services)["jobTag"]
    assert start_detection(film, "segments", "token-2", services)["jobTag"] == tag
    resume_detection(completion(tag), services)
    assert len(services.detections.jobs) == 1
    assert services.workflow.succeeded == ["token-2"]


def test_a_start_whose_answer_was_lost_is_repeated_under_the_same_request_token(services):
    film = register(services)
    start = services.detections.start

    def lose(job):
        start(job)
        raise TimeoutError

    services.detections.start = lose
    with pytest.raises(TimeoutError):
        start_detection(film, "segments", "token-1", services)
    services.detections.start = start
    start_detection(film, "segments", "token-2", services)
    assert len(services.detections.jobs) == 1


def test_a_start_after_the_job_is_done_answers_at_once(services):
    film = register(services)
    tag = start_detection(film, "segments", "token-1", services)["jobTag"]
    resume_detection(completion(tag), services)
    start_detection(film, "segments", "token-2", services)
    assert services.workflow.succeeded == ["token-1", "token-2"]
    assert len(services.detections.jobs) == 1


def test_a_repeated_or_late_message_changes_nothing(services):
    film = register(services)
    tag = start_detection(film, "segments", "token-1", services)["jobTag"]
    resume_detection(completion(tag), services)
    resume_detection(completion(tag, "FAILED"), services)
    assert services.jobs.get(tag).status is JobStatus.DONE
    assert services.workflow.failed == []


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        ("FAILED", "Internal failure", "DetectionFailedError"),
        ("ERROR", "Internal failure", "DetectionFailedError"),
        ("SOMETHING_NEW", "Internal failure", "DetectionFailedError"),
        # A film that can't be decoded is refused; its owner has to act, not we.
        ("FAILED", "Unsupported codec/format", "UnreadableVideoError"),
    ],
)
def test_whatever_is_not_success_fails_the_execution_with_the_service_reason(
    services, status, message, error
):
    film = register(services)
    tag = start_detection(film, "segments", "token-1", services)["jobTag"]
    services.detections.outcome["job-0"] = ("FAILED", message)
    resume_detection(completion(tag, status), services)
    [failed] = services.workflow.failed
    assert failed[:2] == ("token-1", error)
    assert message in failed[2]


def test_after_a_failure_a_new_attempt_has_its_own_row_and_request_token(services):
    film = register(services)
    first = start_detection(film, "segments", "token-1", services)["jobTag"]
    resume_detection(completion(first, "FAILED"), services)
    second = start_detection(film, "segments", "token-2", services)["jobTag"]
    assert second != first and len(services.detections.jobs) == 2
    resume_detection(completion(second, "FAILED", "job-1"), services)
    third = start_detection(film, "segments", "token-3", services)["jobTag"]
    resume_detection(completion(third, "FAILED", "job-2"), services)
    with pytest.raises(DetectionFailedError, match="3 times"):
        start_detection(film, "segments", "token-4", services)


def test_without_a_slot_a_job_waits_and_the_oldest_starts_when_one_ends():
    services = fake_services(detections=FakeRekognition(slots=1))
    films = [register(services, f"v{n}") for n in range(3)]
    tags = [
        start_detection(film, "segments", f"token-{n}", services)["jobTag"] for n, film in enumerate(films)
    ]
    assert [services.jobs.get(tag).status for tag in tags] == ["RUNNING", "PENDING", "PENDING"]
    services.detections.outcome["job-0"] = ("SUCCEEDED", "")
    resume_detection(completion(tags[0]), services)
    assert [services.jobs.get(tag).status for tag in tags] == ["DONE", "RUNNING", "PENDING"]


def test_the_minute_tick_starts_pending_jobs_and_settles_those_whose_message_was_lost():
    services = fake_services(detections=FakeRekognition(slots=1))
    films = [register(services, f"v{n}") for n in range(2)]
    tags = [
        start_detection(film, "segments", f"token-{n}", services)["jobTag"] for n, film in enumerate(films)
    ]
    services.detections.outcome["job-0"] = ("SUCCEEDED", "")
    services.clock.start += timedelta(minutes=10)
    assert reconcile_jobs(services) == {"woken": 0, "repeated": 0, "settled": 1, "started": 1}
    assert services.workflow.succeeded == ["token-0"]
    assert services.jobs.get(tags[1]).status is JobStatus.RUNNING


def test_a_start_without_an_answer_is_repeated_each_minute_and_told_after_a_day(services):
    film = register(services)
    services.detections.refusal = ServiceBusyError("no answer")
    tag = start_detection(film, "segments", "token-1", services)["jobTag"]
    services.clock.start += timedelta(hours=23)
    assert reconcile_jobs(services)["repeated"] == 1
    services.clock.start += timedelta(hours=2)
    with pytest.raises(StartUnansweredError, match=f"segments detection of {film}"):
        reconcile_jobs(services)
    assert services.jobs.get(tag).status is JobStatus.RUNNING
    services.detections.refusal = None
    reconcile_jobs(services)
    assert services.jobs.get(tag).job_id == "job-0"


def test_slots_that_are_taken_for_days_are_an_answer(services):
    film = register(services)
    services.detections.refusal = ServiceBusyError("no answer")
    start_detection(film, "segments", "token-1", services)
    services.detections.refusal = JobQuotaReachedError("no slot")
    services.clock.start += timedelta(days=3)
    assert reconcile_jobs(services)["repeated"] == 1


def test_the_minute_tick_leaves_running_jobs_alone(services):
    film = register(services)
    start_detection(film, "segments", "token-1", services)
    services.clock.start += timedelta(minutes=10)
    assert set(reconcile_jobs(services).values()) == {0}


def test_a_pending_job_that_is_refused_fails_its_own_execution_and_the_queue_goes_on():
    services = fake_services(detections=FakeRekognition(slots=0))
    tags = [
        start_detection(register(services, f"v{n}"), "segments", f"t{n}", services)["jobTag"]
        for n in range(2)
    ]
    services.detections.refusal = UnsupportedVideoError("Rekognition can't read it")
    reconcile_jobs(services)
    assert [token for token, _, _ in services.workflow.failed] == ["t0", "t1"]
    assert all(services.jobs.get(tag).status is JobStatus.FAILED for tag in tags)


def test_a_completion_of_nobody_goes_back_to_the_queue(services):
    with pytest.raises(MalformedResponseError):
        resume_detection(completion("stranger/segments/1"), services)


def test_collecting_twice_overwrites_the_pages(services):
    film = register(services)
    tag = start_detection(film, "segments", "token-1", services)["jobTag"]
    resume_detection(completion(tag), services)
    services.detections.answers["segments"] = [{"Segments": [1]}, {"Segments": [2]}]
    assert collect_detection(film, "segments", services)["pages"] == 2
    before = dict(services.results.objects)
    collect_detection(film, "segments", services)
    assert services.results.objects == before
