"""What a film says that it cost when it ends badly, and what its estimate leaves out."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.fakes import FakeUploads, fake_services, upload_event
from tests.unit.steps.test_trailer_steps import ProbingTranscoder
from trailer.domain.work.cost import REKOGNITION_PER_MINUTE, WORKFLOW
from trailer.domain.work.jobs import RESULTS_KEPT
from trailer.errors import CostCapExceededError
from trailer.steps.probe_video import probe_video
from trailer.steps.record_failure import record_failure
from trailer.steps.register_video import register_video
from trailer.steps.resume_detection import resume_detection
from trailer.steps.start_detection import start_detection

BROKEN = {"Error": "KeyError", "Cause": json.dumps({"errorMessage": "x", "errorType": "KeyError"})}


@pytest.fixture
def services():
    """Versions a and b are the same bytes; x is a film of its own."""
    etags = dict.fromkeys("ab", "the same")
    return fake_services(uploads=FakeUploads(etags=etags), transcoder=ProbingTranscoder())


def register(services, version):
    event = upload_event(key=f"films/{version}.mp4", version=version)
    return register_video(event, f"execution-{version}", services)["videoId"]


def analyse(services, version, detector="segments", status="SUCCEEDED"):
    film = register(services, version)
    probe_video(film, services)
    job = services.jobs.get(start_detection(film, detector, f"token-{version}", services)["jobTag"])
    if job.job_id and status:
        services.detections.outcome[job.job_id] = (status, "broken")
        message = {"JobTag": job.tag, "JobId": job.job_id, "Status": status}
        resume_detection(json.dumps(message), services)
    return film


def fail(services, version):
    event = upload_event(key=f"films/{version}.mp4", version=version)
    record_failure("AnalyseVideo", event, f"execution-{version}", BROKEN, services)


def record(services, film):
    return services.catalogue.get(film, "VIDEO")


def priced(services, film, detector):
    media = record(services, film)["media"]
    return REKOGNITION_PER_MINUTE[detector] * Decimal(float(media["durationSeconds"])) / 60


@pytest.mark.parametrize("status", ["SUCCEEDED", None])
def test_a_film_that_fails_after_a_job_says_what_it_spent(services, status):
    film = analyse(services, "a", status=status)
    fail(services, "a")
    found = record(services, film)
    assert set(found["costParts"]) == {"segments", "workflow"}
    assert found["cost"] == sum(found["costParts"].values())
    assert abs(found["costParts"]["segments"] - priced(services, film, "segments")) < Decimal("0.0001")


def test_a_film_that_fails_before_anything_was_bought_cost_the_workflow(services):
    register(services, "a")
    fail(services, "a")
    assert record(services, register(services, "a"))["cost"] == WORKFLOW


def test_a_film_that_reused_a_job_and_failed_did_not_pay_for_it(services):
    analyse(services, "a")
    film = analyse(services, "b")
    fail(services, "b")
    assert set(record(services, film)["costParts"]) == {"workflow"}


def test_the_estimate_leaves_out_what_equal_bytes_have_paid(services):
    payer = analyse(services, "a")
    other = analyse(services, "b")
    found = record(services, other)
    assert found["alreadyPaid"] == {"segments": payer}
    saved = record(services, payer)["estimatedCost"] - found["estimatedCost"]
    assert abs(saved - priced(services, other, "segments")) < Decimal("0.0001")


def test_max_cost_counts_only_what_would_be_bought(services):
    payer = analyse(services, "a")
    cap = record(services, payer)["estimatedCost"] - Decimal("0.0001")
    equal, other = register(services, "b"), register(services, "x")
    for film in (equal, other):
        services.catalogue.update(film, "VIDEO", {"maxCost": cap})
    probe_video(equal, services)
    with pytest.raises(CostCapExceededError):
        probe_video(other, services)


@pytest.mark.parametrize("status", ["FAILED", None])
def test_a_job_that_failed_or_may_fail_is_not_counted_as_paid(services, status):
    analyse(services, "a", status=status)
    assert record(services, analyse(services, "b"))["alreadyPaid"] == {}


def test_a_result_that_rekognition_has_forgotten_is_not_counted_as_paid(services):
    analyse(services, "a")
    services.clock.start += RESULTS_KEPT + timedelta(seconds=1)
    assert record(services, analyse(services, "b"))["alreadyPaid"] == {}
