"""A film goes on without a failed detector where its uploader wants that, and says what it lacks."""

import json

import pytest

from tests.fakes import FakeUploads, fake_services, upload_event
from tests.transcoders import ProbingTranscoder
from tests.unit.steps.test_trailer_steps import analysed
from trailer.steps.complete_video import complete_video
from trailer.steps.plan_trailer import plan_trailer
from trailer.steps.probe_video import probe_video
from trailer.steps.register_video import register_video
from trailer.steps.score_scenes import score_scenes
from trailer.wire import keys
from trailer.wire.analysis import load_analysis

FAILED = [
    {"videoId": "film", "detector": "segments", "pages": 1},
    {
        "detector": "labels",
        "error": {
            "Error": "DetectionFailedError",
            "Cause": json.dumps({"errorType": "DetectionFailedError", "errorMessage": "It broke."}),
        },
    },
]


@pytest.fixture(scope="module")
def without_labels():
    film, services = analysed({"on-detector-failure": "continue"})
    score_scenes(film, FAILED, services)
    return film, services


@pytest.mark.parametrize("wish", ["fail", "continue"])
def test_the_wish_travels_to_the_detectors(wish):
    services = fake_services(
        uploads=FakeUploads({"on-detector-failure": wish}), transcoder=ProbingTranscoder()
    )
    film = register_video(upload_event(), "execution-1", services)["videoId"]
    assert probe_video(film, services)["onDetectorFailure"] == wish


def test_the_record_names_what_is_missing_and_why(without_labels):
    film, services = without_labels
    assert services.catalogue.get(film, "VIDEO")["missingDetections"] == {"labels": "It broke."}
    assert services.catalogue.query(film, "CONCEPT#") == []


def test_unknown_faces_are_not_no_faces(without_labels):
    """An analyst who looks for scenes without people must not find those that nobody looked at."""
    film, services = without_labels
    scenes = services.catalogue.query(film, "SCENE#")
    assert scenes
    assert all(scene["faces"] is None for scene in scenes), "DynamoDB gets no attribute for it"


def test_the_trailer_says_what_its_profile_could_not_go_by(without_labels):
    film, services = without_labels
    planned = plan_trailer(film, "romance", {}, "make-1", services)
    warnings = services.catalogue.get(film, f"TRAILER#romance#{planned['version']:04d}")["warnings"]
    assert "The labels detector failed, so what it would have found is unknown. It broke." in warnings
    assert any("things and places" in words and "neither for nor against" in words for words in warnings)
    assert not any("Nothing in this film speaks" in words for words in warnings), "that nobody knows"


def test_what_is_missing_is_read_back_with_the_analysis(without_labels):
    film, services = without_labels
    analysis = load_analysis(services.results.get_json(keys.analysis(film)))
    assert analysis.missing == {"labels": "It broke."}
    assert not analysis.detectors["labels"]


def test_people_are_told_when_the_film_is_done(without_labels):
    film, services = without_labels
    version = plan_trailer(film, "romance", {}, "make-2", services)["version"]
    services.catalogue.update(film, f"TRAILER#romance#{version:04d}", {"status": "PUBLISHED"})
    complete_video(film, services)
    assert services.notifier.sent[-1][1]["missingDetections"] == {"labels": "It broke."}


def test_a_late_repetition_does_not_reopen_a_final_record(without_labels):
    """Its answer was lost, so the state machine went on with another run of it and is done by now."""
    film, services = without_labels
    services.catalogue.update(film, "VIDEO", {"status": "COMPLETED"})
    score_scenes(film, FAILED, services)
    assert services.catalogue.get(film, "VIDEO")["status"] == "COMPLETED"
