"""Films with equal bytes share their jobs: nothing is billed twice, everybody is woken, nobody suffers for another."""

import json
from datetime import timedelta

import pytest

from tests.fakes import FakeRekognition, FakeUploads, fake_services, upload_event
from tests.unit.steps.interleaving import Actor
from trailer.domain.work.jobs import MAX_WAITING, JobStatus
from trailer.domain.work.upload import content_id
from trailer.errors import (
    AccessRefusedError,
    DetectionFailedError,
    SharedJobCrowdedError,
    UnsupportedVideoError,
)
from trailer.steps.collect_detection import collect_detection
from trailer.steps.register_video import register_video
from trailer.steps.resume_detection import resume_detection
from trailer.steps.start_detection import start_detection
from trailer.wire import keys


@pytest.fixture
def services():
    """Versions a, b and c are the same bytes; x is a film of its own."""
    return fake_services(uploads=FakeUploads(etags=dict.fromkeys("abc", "the same")))


def register(services, version):
    event = upload_event(key=f"films/{version}.mp4", version=version)
    return register_video(event, f"execution-{version}", services)["videoId"]


def start(services, film, token, detector="segments"):
    return services.jobs.get(start_detection(film, detector, token, services)["jobTag"])


def complete(services, job, status="SUCCEEDED"):
    services.detections.outcome[job.job_id] = (status, "broken")
    message = {"JobTag": job.tag, "JobId": job.job_id, "Status": status}
    resume_detection(json.dumps(message), services)


def test_equal_bytes_are_one_content_whatever_they_are_called(services):
    contents = {v: services.catalogue.get(register(services, v), "VIDEO")["contentId"] for v in "abx"}
    assert contents["a"] == contents["b"] != contents["x"]


def test_a_content_is_named_by_etag_and_size():
    assert content_id("e", 1) == content_id("e", 1)
    assert len({content_id("e", 1), content_id("e", 2), content_id("f", 1), content_id("e1", 1)}) == 4


def test_two_films_wait_for_one_job_and_both_are_woken(services):
    first = start(services, register(services, "a"), "token-a")
    second = start(services, register(services, "b"), "token-b")
    assert second.tag == first.tag and services.detections.calls == 1
    complete(services, second)
    assert sorted(services.workflow.succeeded) == ["token-a", "token-b"]
    assert services.jobs.get(first.tag).waiting == {}


def test_another_detector_or_other_bytes_share_nothing(services):
    film, other = register(services, "a"), register(services, "x")
    tags = {start(services, film, "t1").tag, start(services, film, "t2", "labels").tag}
    assert len(tags | {start(services, other, "t3").tag}) == 3


def test_a_film_that_reads_a_proxy_shares_nothing_with_one_that_does_not(services):
    one, two = register(services, "a"), register(services, "b")
    services.catalogue.update(two, "VIDEO", {"proxyKey": "videos/content/proxy/made-so.mp4"})
    assert start(services, one, "t1").stem != start(services, two, "t2").stem


def test_a_result_is_reused_at_once(services):
    complete(services, start(services, register(services, "a"), "token-a"))
    start(services, register(services, "b"), "token-b")
    assert services.workflow.succeeded == ["token-a", "token-b"]
    assert services.detections.calls == 1


def test_after_a_week_the_pages_of_the_earlier_film_are_the_source(services):
    first = register(services, "a")
    job = start(services, first, "token-a")
    complete(services, job)
    services.detections.answers["segments"] = [{"Segments": [1]}, {"Segments": [2]}]
    collect_detection(first, "segments", services)

    services.clock.start += timedelta(days=8)
    services.detections.forgotten.add(job.job_id)
    second = register(services, "b")
    start(services, second, "token-b")
    assert collect_detection(second, "segments", services)["pages"] == 2
    assert services.detections.calls == 1
    pages = [services.results.get_json(keys.detection_page(second, "segments", n)) for n in (0, 1)]
    assert pages == [{"Segments": [1]}, {"Segments": [2]}]


def test_a_completion_that_came_a_week_late_does_not_make_its_result_look_new(services):
    job = start(services, register(services, "a"), "token-a")
    services.clock.start += timedelta(days=8)
    complete(services, job)
    services.detections.forgotten.add(job.job_id)
    assert start(services, register(services, "b"), "token-b").attempt == 2


@pytest.mark.parametrize("pages", ["never collected", "deleted", "of another job"])
def test_when_the_pages_are_gone_too_it_is_analysed_again(services, pages):
    first = register(services, "a")
    job = start(services, first, "token-a")
    complete(services, job)
    if pages != "never collected":
        services.detections.answers["segments"] = [{}]
        collect_detection(first, "segments", services)
        index = keys.detection_index(first, "segments")
        if pages == "deleted":
            del services.results.objects[index]
        else:
            services.results.put_json(index, {"pages": 1, "jobId": "another"})

    services.clock.start += timedelta(days=8)
    again = start(services, register(services, "b"), "token-b")
    assert (again.attempt, again.status) == (2, JobStatus.RUNNING)
    assert services.detections.calls == 2


def test_every_film_that_waits_gets_the_failure_and_the_next_one_a_new_attempt(services):
    job = start(services, register(services, "a"), "token-a")
    start(services, register(services, "b"), "token-b")
    complete(services, services.jobs.get(job.tag), "FAILED")
    assert [(token, error) for token, error, _ in services.workflow.failed] == [
        ("token-a", "DetectionFailedError"),
        ("token-b", "DetectionFailedError"),
    ]
    assert start(services, register(services, "c"), "token-c").attempt == 2


def test_bytes_that_rekognition_can_not_decode_are_not_tried_again_under_another_name(services):
    job = start(services, register(services, "a"), "token-a")
    start(services, register(services, "b"), "token-b")
    services.detections.outcome[job.job_id] = ("FAILED", "The video could not be decoded.")
    resume_detection(json.dumps({"JobTag": job.tag, "JobId": job.job_id, "Status": "FAILED"}), services)
    assert [error for _, error, _ in services.workflow.failed] == ["UnreadableVideoError"] * 2


def fail_three_times(services):
    for n in range(3):
        complete(services, start(services, register(services, "abc"[n]), f"token-{n}"), "FAILED")


def test_a_content_that_failed_three_times_today_is_refused_with_the_reason(services):
    fail_three_times(services)
    with pytest.raises(DetectionFailedError, match=r"3 times within 24 hours.*broken"):
        start(services, register(services, "a"), "token-4")
    assert services.detections.calls == 3


def test_a_content_that_failed_long_ago_is_tried_again(services):
    fail_three_times(services)
    services.clock.start += timedelta(days=1, minutes=1)
    assert start(services, register(services, "a"), "token-4").attempt == 4


def test_starts_that_were_refused_do_not_count(services):
    services.detections.refusal = AccessRefusedError("no permission")
    for n in range(5):
        start(services, register(services, "a"), f"token-{n}")
    services.detections.refusal = None
    assert start(services, register(services, "a"), "token-5").status is JobStatus.RUNNING


def test_a_deleted_file_fails_its_own_film_and_the_other_one_goes_on_with_its_own():
    services = fake_services(
        uploads=FakeUploads(etags=dict.fromkeys("ab", "the same")), detections=FakeRekognition(slots=0)
    )
    first, second = register(services, "a"), register(services, "b")
    start(services, first, "token-a")
    start(services, second, "token-b")
    services.detections.slots = 1
    services.detections.deleted.add("films/a.mp4")
    services.clock.start += timedelta(minutes=1)
    start(services, second, "token-b")
    assert [(token, error) for token, error, _ in services.workflow.failed] == [
        ("token-a", UnsupportedVideoError.__name__),
        ("token-b", "SharedJobLostError"),
    ]
    again = start(services, second, "token-b2")
    assert (again.attempt, again.source.key, again.status) == (2, "films/b.mp4", JobStatus.RUNNING)


def test_the_source_of_an_attempt_never_changes(services):
    services.detections.slots = 0
    first = start(services, register(services, "a"), "token-a")
    second = start(services, register(services, "b"), "token-b")
    assert (second.source, second.request_token) == (first.source, first.request_token)


def test_who_waits_pays_when_the_first_film_is_gone(services):
    services.detections.slots = 0
    first, second = register(services, "a"), register(services, "b")
    start(services, first, "token-a")
    services.workflow.closed.add("token-a")
    services.detections.slots = 1
    services.clock.start += timedelta(minutes=1)
    job = start(services, second, "token-b")
    assert (job.video_id, job.waiting) == (second, {second: "token-b"})


def test_a_film_that_joins_while_the_job_is_being_settled_is_woken(services):
    job = start(services, register(services, "a"), "token-a")
    services.detections.outcome[job.job_id] = ("SUCCEEDED", "")
    message = json.dumps({"JobTag": job.tag, "JobId": job.job_id, "Status": "SUCCEEDED"})
    second = register(services, "b")
    for calls in range(12):
        resumed = Actor("resume", lambda watched: resume_detection(message, watched), services)
        for _ in range(calls):
            resumed.proceed()
        start(services, second, f"token-{calls}")
        resumed.finish()
        assert f"token-{calls}" in services.workflow.succeeded


@pytest.mark.parametrize("calls", range(12))
def test_a_late_function_does_not_replace_the_token_of_its_own_retry(services, calls):
    services.detections.slots = 0
    film = register(services, "a")
    start(services, film, "token-1")
    services.workflow.closed.add("token-1")
    late = Actor("start", lambda watched: start_detection(film, "segments", "token-2", watched), services)
    for _ in range(calls):
        late.proceed()
    services.workflow.closed.add("token-2")
    job = start(services, film, "token-3")
    late.finish()
    assert services.jobs.get(job.tag).waiting == {film: "token-3"}


def test_a_row_holds_so_many_films_and_asks_the_next_to_come_again(services):
    job = start(services, register(services, "a"), "token-a")
    for n in range(MAX_WAITING - 1):
        assert services.jobs.adopt(job.tag, f"film-{n}", "t" * 1024, instead_of=None)
    with pytest.raises(SharedJobCrowdedError, match=str(MAX_WAITING)):
        start(services, register(services, "b"), "token-b")
    complete(services, job)
    assert start(services, register(services, "b"), "token-b").status is JobStatus.DONE
