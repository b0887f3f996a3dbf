"""Protects: the timeline is OpenTimelineIO's own shape and shows the very frames of the plan."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.wire.films import clip, film, films, plan_of, plans
from trailer.wire.otio import to_otio

ITEM = {"OTIO_SCHEMA", "name", "source_range", "effects", "markers", "enabled", "metadata"}
FIELDS = {
    "Timeline.1": {"OTIO_SCHEMA", "name", "global_start_time", "tracks", "metadata"},
    "Stack.1": ITEM | {"children"},
    "Track.1": ITEM | {"children", "kind"},
    "Clip.2": ITEM | {"media_references", "active_media_reference_key"},
    "ExternalReference.1": {
        "OTIO_SCHEMA",
        "name",
        "target_url",
        "available_range",
        "available_image_bounds",
        "metadata",
    },
    "TimeRange.1": {"OTIO_SCHEMA", "start_time", "duration"},
    "RationalTime.1": {"OTIO_SCHEMA", "rate", "value"},
}
"""The fields that OpenTimelineIO 0.17 writes for each schema (its "Serialized Data" page and baselines)."""


def objects(value):
    if isinstance(value, dict):
        if "OTIO_SCHEMA" in value:
            yield value
        for member in value.values():
            yield from objects(member)
    elif isinstance(value, list):
        for member in value:
            yield from objects(member)


def frames(time_range):
    start, length = time_range["start_time"]["value"], time_range["duration"]["value"]
    return (start, start + length)


@given(st.data())
def test_every_object_has_exactly_the_fields_of_its_schema(data):
    media = data.draw(films())
    timeline = to_otio(data.draw(plans(media)), media, "s3://films/a.mp4")
    assert json.loads(json.dumps(timeline)) == timeline
    assert timeline["OTIO_SCHEMA"] == "Timeline.1"
    for each in objects(timeline):
        assert set(each) == FIELDS[each["OTIO_SCHEMA"]]


@given(st.data())
def test_both_tracks_show_the_frames_of_the_plan(data):
    media = data.draw(films())
    plan = data.draw(plans(media))
    tracks = to_otio(plan, media, "s3://films/a.mp4")["tracks"]["children"]
    assert [track["kind"] for track in tracks] == (["Video", "Audio"] if media.audio_tracks else ["Video"])
    for track in tracks:
        shown = [frames(each["source_range"]) for each in track["children"]]
        assert shown == [(each.source.start, each.source.end) for each in plan.clips]


def test_each_clip_refers_to_the_whole_source():
    media = film(frame_rate=Fraction(30000, 1001), frame_count=18_000)
    plan = plan_of(clip(30, 60), rate=media.frame_rate)
    (each,) = to_otio(plan, media, "s3://films/Ein Film.mp4")["tracks"]["children"][0]["children"]
    reference = each["media_references"][each["active_media_reference_key"]]
    assert reference["target_url"] == "s3://films/Ein Film.mp4"
    assert frames(reference["available_range"]) == (0, 18_000)
    assert reference["available_range"]["duration"]["rate"] == pytest.approx(29.97002997)


def test_the_timeline_says_why_and_keeps_the_exact_rate():
    timeline = to_otio(plan_of(clip(24, 48, scene=3)), film(), "s3://films/a.mp4")
    assert timeline["metadata"]["trailer"]["frameRate"] == "24/1"
    why = timeline["tracks"]["children"][0]["children"][0]["metadata"]["trailer"]
    assert why["scene"] == 3
    assert sum(why["parts"].values()) == pytest.approx(why["score"])
    assert why["reasons"] == ["A car is driven fast."]
