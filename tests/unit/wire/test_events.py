"""Keys arrive raw, completions arrive wrapped or bare, and what is neither is refused by name."""

import json

import pytest

from tests.fakes import upload_event
from trailer.domain.work.upload import video_id
from trailer.errors import MalformedResponseError
from trailer.wire.events import parse_completion, parse_object_created

NAMES = [
    "a b.mp4",
    "a+b.mp4",
    "100%.mp4",
    "a%20b.mp4",
    "#1.mp4",
    "Épisode 01 (final).mp4",
    "映画.mp4",
    "🎬.MOV",
    "x/y/.mp4",
]


@pytest.mark.parametrize("key", NAMES)
def test_a_key_is_taken_as_it_is(key):
    source, size = parse_object_created(upload_event(key=key))
    assert (source.key, source.version, size) == (key, "v1", 1000)
    assert video_id(source).replace("-", "").isalnum() and video_id(source).isascii()
    assert len(video_id(source)) <= 57


def test_names_that_look_alike_are_different_films():
    assert len({video_id(parse_object_created(upload_event(key=key))[0]) for key in NAMES}) == len(NAMES)


@pytest.mark.parametrize(
    "event", [{}, {"detail": {}}, {"detail": {"bucket": {"name": "b"}, "object": {"key": "k"}}}]
)
def test_what_is_no_upload_is_refused(event):
    with pytest.raises(MalformedResponseError):
        parse_object_created(event)


def test_a_completion_is_read_wrapped_and_bare():
    bare = {"JobTag": "t", "JobId": "j", "Status": "SUCCEEDED", "API": "StartFaceDetection"}
    wrapped = {"Type": "Notification", "Message": json.dumps(bare)}
    assert parse_completion(json.dumps(bare)) == parse_completion(json.dumps(wrapped))


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "null", '{"Message": "x"}', '{"JobId": "j", "Status": "FAILED"}']
)
def test_what_is_no_completion_is_refused(body):
    with pytest.raises(MalformedResponseError):
        parse_completion(body)
