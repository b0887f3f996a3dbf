"""What a film says that it cost, however it ends, and what its estimate leaves out."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.fakes import FakeUploads, fake_services, upload_event
from tests.transcoders import ProbingTranscoder
from tests.unit.steps.test_proxies import SECONDS, Transcoder
from trailer.domain.work.cost import PROXY_PER_MINUTE, REKOGNITION_PER_MINUTE, RENDER_PER_MINUTE, WORKFLOW
from trailer.domain.work.jobs import RESULTS_KEPT
from trailer.errors import CostCapExceededError, ServiceBusyError
from trailer.steps.check_proxy import check_proxy
from trailer.steps.plan_trailer import claim_version
from trailer.steps.probe_video import probe_video
from trailer.steps.record_failure import record_failure
from trailer.steps.register_video import register_video
from trailer.steps.resume_detection import resume_detection
from trailer.steps.spending import correct_cost
from trailer.steps.start_detection import start_detection
from trailer.wire import keys
from trailer.wire.detectors import DETECTORS
from trailer.wire.media import load_media
from trailer.wire.mediaconvert import trailer_outputs

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
        end_job(services, job, status)
    return film


def end_job(services, job, status):
    services.detections.outcome[job.job_id] = (status, "broken")
    message = {"JobTag": job.tag, "JobId": job.job_id, "Status": status}
    resume_detection(json.dumps(message), services)


def fail(services, version):
    event = upload_event(key=f"films/{version}.mp4", version=version)
    record_failure("AnalyseVideo", event, f"execution-{version}", BROKEN, services)


def record(services, film):
    return services.catalogue.get(film, "VIDEO")


def priced(services, film, detector):
    media = record(services, film)["media"]
    return REKOGNITION_PER_MINUTE[detector] * Decimal(float(media["durationSeconds"])) / 60


def test_a_film_that_fails_after_a_job_says_what_it_spent(services):
    film = analyse(services, "a")
    fail(services, "a")
    found = record(services, film)
    assert set(found["costParts"]) == {"segments", "workflow"}
    assert found["cost"] == sum(found["costParts"].values())
    assert abs(found["costParts"]["segments"] - priced(services, film, "segments")) < Decimal("0.0001")


@pytest.mark.parametrize(
    ("status", "parts"), [("SUCCEEDED", {"segments", "workflow"}), ("FAILED", {"workflow"})]
)
def test_a_job_that_ends_after_its_film_is_on_the_bill_if_it_is_billed(services, status, parts):
    film = analyse(services, "a", status=None)
    fail(services, "a")
    assert set(record(services, film)["costParts"]) == {"workflow"}
    (job,) = services.jobs.rows.values()
    end_job(services, job, status)
    found = record(services, film)
    assert set(found["costParts"]) == parts
    assert found["cost"] == sum(found["costParts"].values())


def test_two_jobs_that_end_at_once_after_their_film_are_both_on_the_bill(services):
    """The one is counted and written while the other is being counted."""
    film = analyse(services, "a", status=None)
    start_detection(film, "labels", "token", services)
    fail(services, "a")
    segments, labels = services.jobs.rows.values()
    query = services.catalogue.query

    def slow(*asked):
        services.catalogue.query = query
        end_job(services, labels, "SUCCEEDED")
        return query(*asked)

    services.catalogue.query = slow
    end_job(services, segments, "SUCCEEDED")
    assert set(record(services, film)["costParts"]) == {"segments", "labels", "workflow"}


def test_what_was_paid_stays_on_the_bill_when_a_later_release_asks_otherwise(services, monkeypatch):
    film = analyse(services, "a")
    fail(services, "a")
    segments = record(services, film)["costParts"]["segments"]
    other = replace(DETECTORS["segments"], start={"SegmentTypes": ["SHOT"]})
    monkeypatch.setitem(DETECTORS, "segments", other)
    trailer(services, film, status="PUBLISHED", rendered=True)
    correct_cost(film, services)
    found = record(services, film)
    assert set(found["costParts"]) == {"segments", "rendering", "workflow"}
    assert found["costParts"]["segments"] == segments
    assert found["cost"] == sum(found["costParts"].values())


def test_a_bill_that_can_not_be_written_is_told_and_tried_again(services, monkeypatch):
    film = analyse(services, "a", status=None)
    fail(services, "a")
    (job,) = services.jobs.rows.values()
    with monkeypatch.context() as others:
        others.setattr(services.catalogue, "update_unchanged", lambda *_, **__: False)
        with pytest.raises(ServiceBusyError, match="10 times"):
            end_job(services, job, "SUCCEEDED")
    assert "segments" not in record(services, film)["costParts"]
    correct_cost(film, services)
    assert "segments" in record(services, film)["costParts"]


def test_a_job_that_ends_while_its_film_is_at_work_changes_nothing_there(services):
    assert "cost" not in record(services, analyse(services, "a"))


def trailer(services, film, *, status, rendered, output_format="mp4", version=1):
    """A trailer record of 20 seconds, and its files."""
    changes = {"status": status, "profileId": "romance", "version": version}
    planned = {"outputFormat": output_format, "durationSeconds": Decimal(20)}
    services.catalogue.update(film, f"TRAILER#romance#{version:04d}", {**changes, **planned})
    if rendered:
        media = load_media(record(services, film)["media"])
        for name in trailer_outputs(media, output_format):
            services.results.put_text(keys.trailer(film, "romance", version) + name, "pictures", "video/mp4")


@pytest.mark.parametrize(
    ("status", "rendered", "output_format", "minutes"),
    [
        ("PUBLISHED", True, "mp4", 20 / 60),
        ("FAILED", True, "mp4", 20 / 60),
        ("FAILED", True, "mp4+hls", 40 / 60),
        ("FAILED", False, "mp4", 0),
    ],
)
def test_a_render_is_on_the_bill_whether_or_not_it_was_published(
    services, status, rendered, output_format, minutes
):
    film = analyse(services, "a")
    trailer(services, film, status=status, rendered=rendered, output_format=output_format)
    fail(services, "a")
    found = record(services, film)["costParts"].get("rendering", 0)
    assert abs(float(found) - float(RENDER_PER_MINUTE) * minutes) < 0.0001


def test_a_trailer_that_was_never_planned_cost_nothing(services):
    film = analyse(services, "a")
    services.catalogue.update(film, "TRAILER#romance#0001", {"status": "FAILED", "version": 1})
    fail(services, "a")
    assert "rendering" not in record(services, film)["costParts"]


def test_a_trailer_that_fails_after_its_film_is_on_the_bill_if_it_was_rendered(services):
    film = analyse(services, "a")
    fail(services, "a")
    wish = {"videoId": film, "profileId": "romance", "options": {}}
    claim_version(film, "romance", "request", services)
    trailer(services, film, status="PLANNED", rendered=True)
    record_failure("MakeTrailer", wish, "request", BROKEN, services)
    assert "rendering" in record(services, film)["costParts"]


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


# The copy for Rekognition.


@pytest.fixture
def proxied(services):
    services.transcoder, services.uploads.unnamed = Transcoder(), "a"
    return services


def test_the_estimate_has_the_copy_that_is_to_be_made(proxied):
    film = register(proxied, "a")
    probe_video(film, proxied)
    without = fake_services(
        uploads=proxied.uploads, transcoder=SimpleNamespace(probe=lambda _: Transcoder().proxy)
    )
    probe_video(register(without, "a"), without)
    more = record(proxied, film)["estimatedCost"] - record(without, film)["estimatedCost"]
    assert more == PROXY_PER_MINUTE * SECONDS / 60


def test_who_makes_the_copy_pays_for_it_and_who_finds_it_does_not(proxied):
    maker = register(proxied, "a")
    probe_video(maker, proxied)
    fail(proxied, "a")
    assert "proxy" not in record(proxied, maker)["costParts"]
    proxied.results.put_text(record(proxied, maker)["proxyKey"], "a copy", "video/mp4")
    check_proxy(maker, proxied)
    other = register(proxied, "b")
    probe_video(other, proxied)
    assert record(proxied, other)["alreadyPaid"] == {"proxy": maker}
    assert record(proxied, other)["estimatedCost"] < record(proxied, maker)["estimatedCost"]
    fail(proxied, "b")
    assert "proxy" not in record(proxied, other)["costParts"]
    correct_cost(maker, proxied)
    assert record(proxied, maker)["costParts"]["proxy"] == PROXY_PER_MINUTE * SECONDS / 60
