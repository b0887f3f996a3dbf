"""Options beside a film count whichever came first, each wish once, and never at the cost of the film."""

import itertools
import json

import pytest

from tests.fakes import FakeUploads, fake_services, upload_event
from trailer.domain.work.upload import ObjectVersion, video_id
from trailer.errors import InvalidOptionsError, ServiceBusyError
from trailer.steps.apply_sidecar import apply_sidecar
from trailer.steps.record_failure import record_failure
from trailer.steps.register_video import register_video

KEY = "films/Film.mp4"
FILM = video_id(ObjectVersion("source", KEY, "v1"))
ARRIVAL = upload_event(f"{KEY}.trailer.json", version="s1", size=20)


@pytest.fixture
def services():
    return fake_services(uploads=FakeUploads(newest={KEY: "v1"}))


def lay(services, **options):
    services.uploads.options = json.dumps(options).encode()


def film(services):
    return services.catalogue.get(FILM, "VIDEO")


def at(services, status):
    services.catalogue.update(FILM, "VIDEO", {"status": status})


def test_before_the_film_is_probed_it_counts_in_full(services):
    register_video(upload_event(), "execution-1", services)
    lay(services, detectors="segments", **{"max-cost": "9", "profile-ids": "comedy", "max-duration": 20})
    apply_sidecar(ARRIVAL, services)
    record = film(services)
    assert (record["detectors"], record["profileIds"]) == (["segments"], ["comedy"])
    assert (record["options"]["max-duration"], float(record["maxCost"])) == ("20", 9)
    assert not services.notifier.sent


def test_both_orders_of_arrival_give_the_same_record(services):
    early = fake_services(uploads=FakeUploads(newest={KEY: "v1"}))
    lay(early, **{"profile-ids": "comedy", "detectors": "segments"})
    assert apply_sidecar(ARRIVAL, early) == {"applied": "with the film"}
    register_video(upload_event(), "execution-1", early)
    register_video(upload_event(), "execution-1", services)
    lay(services, **{"profile-ids": "comedy", "detectors": "segments"})
    apply_sidecar(ARRIVAL, services)
    assert film(services) | {"updatedAt": 0, "createdAt": 0, "sidecarProblem": ""} == film(early) | {
        "updatedAt": 0,
        "createdAt": 0,
        "sidecarProblem": "",
    }


def test_during_the_analysis_it_counts_for_the_trailers_and_the_rest_is_told(services):
    register_video(upload_event(), "execution-1", services)
    at(services, "ANALYSING")
    lay(services, **{"profile-ids": "comedy", "detectors": "segments"})
    for _ in range(2):
        apply_sidecar(ARRIVAL, services)
    record = film(services)
    assert (record["profileIds"], record["detectors"]) == (["comedy"], ["segments", "labels"])
    assert "detectors" in record["sidecarProblem"] and "Upload the film again" in record["sidecarProblem"]
    assert [subject for subject, _ in services.notifier.sent] == ["Options not used: Film.mp4"]
    assert not services.workflow.trailers, "the film's own execution makes them"


@pytest.mark.parametrize("status", ["CUTTING", "COMPLETED"])
def test_afterwards_what_it_newly_asks_for_is_made_once_and_nothing_is_analysed(services, status):
    register_video(upload_event(), "execution-1", services)
    at(services, status)
    lay(services, **{"profile-ids": "romance,comedy"})
    for _ in range(3):
        apply_sidecar(ARRIVAL, services)
    [wish] = services.workflow.trailers.values()
    assert (wish["videoId"], wish["profileId"]) == (FILM, "comedy"), "romance is the film's own"
    assert film(services)["status"] == status


def test_reordered_and_repeated_events_of_several_sidecars_ask_for_each_trailer_once(services):
    register_video(upload_event(), "execution-1", services)
    at(services, "COMPLETED")
    versions = [{"profile-ids": "comedy"}, {"profile-ids": "comedy", "max-duration": 20}]
    for options in itertools.chain(versions, reversed(versions), versions):
        lay(services, **options)
        apply_sidecar(ARRIVAL, services)
    assert len(services.workflow.trailers) == 2
    assert all(len(name) <= 80 for name in services.workflow.trailers)


@pytest.mark.parametrize("status", ["REGISTERED", "ANALYSING", "CUTTING", "COMPLETED"])
@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"max-duration": "long"}', b'{"profile-ids": "westerns"}'])
def test_a_bad_one_is_told_once_and_costs_the_film_nothing(services, status, body):
    register_video(upload_event(), "execution-1", services)
    at(services, status)
    before = film(services)
    services.uploads.options = body
    for _ in range(2):
        apply_sidecar(ARRIVAL, services)
    assert film(services) == before | {"sidecarProblem": film(services)["sidecarProblem"]}
    [(subject, message)] = services.notifier.sent
    assert subject == "Options not used: Film.mp4" and message["sidecarProblem"]


def test_a_correction_takes_the_complaint_back(services):
    register_video(upload_event(), "execution-1", services)
    at(services, "ANALYSING")
    services.uploads.options = b"{"
    apply_sidecar(ARRIVAL, services)
    lay(services, **{"profile-ids": "comedy"})
    apply_sidecar(ARRIVAL, services)
    assert (film(services)["sidecarProblem"], film(services)["profileIds"]) == ("", ["comedy"])


def test_a_film_that_was_refused_for_it_is_not_complained_about_twice(services):
    services.uploads.options = b"{"
    with pytest.raises(InvalidOptionsError) as caught:
        register_video(upload_event(), "execution-1", services)
    error = {"Error": "InvalidOptionsError", "Cause": str(caught.value)}
    record_failure("AnalyseVideo", upload_event(), "execution-1", error, services)
    apply_sidecar(ARRIVAL, services)
    assert len(services.notifier.sent) == 1
    lay(services, **{"max-duration": 20})
    apply_sidecar(ARRIVAL, services)
    assert film(services)["status"] == "REJECTED"
    assert "upload the film again" in film(services)["sidecarProblem"]


def test_while_the_film_is_being_registered_it_comes_again(services):
    """Lambda repeats the event a minute later."""
    register_video(upload_event(), "execution-1", services)
    del services.catalogue.items[FILM, "VIDEO"]["options"]
    lay(services, **{"max-duration": 20})
    with pytest.raises(ServiceBusyError):
        apply_sidecar(ARRIVAL, services)


def test_a_film_that_was_deleted_is_not_looked_for(services):
    register_video(upload_event(), "execution-1", services)
    services.uploads.newest.clear()
    lay(services, **{"max-duration": 20})
    assert apply_sidecar(ARRIVAL, services) == {"applied": "with the film"}


def test_a_repeated_registration_keeps_what_came_meanwhile(services):
    """The answer of its first run was lost, so the state machine runs it again."""
    register_video(upload_event(), "execution-1", services)
    at(services, "ANALYSING")
    register_video(upload_event(), "execution-1", services)
    assert film(services)["status"] == "ANALYSING"
