"""An upload is claimed once, and a wish is either understood or refused by name."""

import pytest

from tests.fakes import FakeUploads, fake_services, upload_event
from trailer.errors import InvalidOptionsError, UnknownProfileError
from trailer.steps.records import load_video
from trailer.steps.register_video import register_video


def test_first_event_claims_and_repeats_of_the_same_execution_go_on():
    services = fake_services()
    first = register_video(upload_event(), "execution-1", services)
    assert first["claimed"] and load_video(first["videoId"], services)["profileIds"] == ["romance"]
    assert register_video(upload_event(), "execution-1", services) == first


def test_second_execution_for_the_same_version_is_turned_away():
    services = fake_services()
    first = register_video(upload_event(), "execution-1", services)
    again = register_video(upload_event(), "execution-2", services)
    assert again == {"videoId": first["videoId"], "claimed": False}


def test_a_new_version_of_the_same_key_is_another_film():
    services = fake_services()
    first = register_video(upload_event(version="v1"), "execution-1", services)
    second = register_video(upload_event(version="v2"), "execution-2", services)
    assert second["claimed"] and second["videoId"] != first["videoId"]


def test_metadata_wins_over_sidecar_wins_over_defaults():
    uploads = FakeUploads({"max-duration": "15"}, b'{"max-duration": 20, "output-format": "hls"}')
    services = fake_services(uploads=uploads)
    video_id = register_video(upload_event(), "execution-1", services)["videoId"]
    options = load_video(video_id, services)["options"]
    assert options["max-duration"] == "15"
    assert options["output-format"] == "hls"
    assert options["target-language"] == "en"


@pytest.mark.parametrize(
    ("metadata", "error", "words"),
    [
        ({"max-duration": "0"}, InvalidOptionsError, ["max-duration", "“0”", "5 to 600"]),
        ({"max-duration": "abc"}, InvalidOptionsError, ["abc", "seconds"]),
        ({"profile-ids": "nobody"}, UnknownProfileError, ["nobody", "romance"]),
        ({"output-format": "avi"}, InvalidOptionsError, ["avi", "mp4"]),
        ({"colour": "red"}, InvalidOptionsError, ["colour", "profile-ids"]),
        ({"detectors": "labels"}, InvalidOptionsError, ["segments"]),
    ],
)
def test_a_bad_wish_is_refused_after_the_claim_so_that_the_record_can_say_so(metadata, error, words):
    services = fake_services(uploads=FakeUploads(metadata))
    with pytest.raises(error) as refusal:
        register_video(upload_event(), "execution-1", services)
    assert all(word in str(refusal.value) for word in words)
    assert len(services.catalogue.items) == 1


@pytest.mark.parametrize("body", [b"{", b"[1]", b"[" * 100_000])
def test_a_broken_sidecar_is_refused(body):
    services = fake_services(uploads=FakeUploads(options=body))
    with pytest.raises(InvalidOptionsError, match="Film.mp4.trailer.json"):
        register_video(upload_event(), "execution-1", services)
