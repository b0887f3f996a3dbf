"""Rekognition's answers, with every quirk that real ones have, become exact detections."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer.domain.film.detections import MillisecondSpan, emotion_levels
from trailer.domain.time.timecode import FrameRange
from trailer.errors import MalformedResponseError
from trailer.wire.rekognition import parse_detections

SHARED = Path(os.environ.get("TRAILER_SHARED", Path(__file__).parents[3] / "../shared"))
SAMPLES = SHARED / "samples" / "rekognition"


def sample(name: str) -> dict[str, Any]:
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip("the shared response samples are not beside this project")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def shot(start: int, end: int, **more: Any) -> dict[str, Any]:
    """A SHOT segment; ``end`` is its last frame, as Rekognition says it."""
    return {
        "Type": "SHOT",
        "StartFrameNumber": start,
        "EndFrameNumber": end,
        "ShotSegment": {"Index": 0, "Confidence": 99.0},
        **more,
    }


def face(**changes: Any) -> dict[str, Any]:
    plain = {
        "BoundingBox": {"Left": 0.1, "Top": 0.1, "Width": 0.5, "Height": 0.5},
        "Confidence": 99.0,
    }
    return {"Timestamp": 480, "Face": plain | changes}


def label(**changes: Any) -> dict[str, Any]:
    return {"Timestamp": 500, "Label": {"Name": "Car", "Confidence": 90.0} | changes}


def test_the_last_frame_of_a_shot_is_in_it() -> None:
    found = parse_detections({"segments": [{"Segments": [shot(0, 149), shot(150, 300)]}]})
    assert [one.range for one in found.shots] == [FrameRange(0, 150), FrameRange(150, 301)]


def test_old_answers_without_frame_numbers_are_read_from_timecode_or_milliseconds() -> None:
    old = {
        "Type": "SHOT",
        "StartTimestampMillis": 0,
        "EndTimestampMillis": 5960,
        "StartTimecodeSMPTE": "00:00:00:00",
        "EndTimecodeSMPTE": "00:00:05:24",
        "ShotSegment": {"Confidence": 90.0},
    }
    without_timecode = {key: value for key, value in old.items() if "SMPTE" not in key}
    metadata = [{"FrameRate": 25, "DurationMillis": 9000}]
    for row in (old, without_timecode, old | {"EndTimecodeSMPTE": "nonsense"}):
        found = parse_detections({"segments": [{"Segments": [row], "VideoMetadata": metadata}]})
        assert [one.range for one in found.shots] == [FrameRange(0, 150)]
        assert found.frame_rate == 25


def test_without_frame_numbers_and_frame_rate_a_segment_is_left_out_by_name() -> None:
    row = {
        "Type": "SHOT",
        "StartTimestampMillis": 0,
        "EndTimestampMillis": 1,
        "ShotSegment": {"Confidence": 90},
    }
    found = parse_detections({"segments": [{"Segments": [row]}]})
    assert not found.shots
    assert found.ignored == {"without frame numbers in a film of unknown frame rate": 1}
    assert parse_detections({"segments": [{"Segments": [row]}]}, frame_rate=Fraction(25)).shots


@pytest.mark.parametrize(
    ("told", "exact"),
    [
        (23.976024627685547, Fraction(24000, 1001)),
        (24, Fraction(24)),
        (29.970029830932617, Fraction(30000, 1001)),
        (29.978118896484375, Fraction(30000, 1001)),
        (30, Fraction(30)),
        (12.5, Fraction(25, 2)),
    ],
)
def test_the_frame_rate_is_snapped_to_what_was_meant(told: float, exact: Fraction) -> None:
    page = {"Labels": [], "VideoMetadata": {"FrameRate": told}}
    assert parse_detections({"labels": [page]}).frame_rate == exact


def test_labels_by_segments_and_by_timestamps_are_both_read() -> None:
    stretch = {"StartTimestampMillis": 225, "EndTimestampMillis": 3578, "DurationMillis": 3353} | {
        key: value for key, value in label().items() if key != "Timestamp"
    }
    found = parse_detections({"labels": [{"Labels": [stretch, label()]}]})
    assert [one.span for one in found.labels] == [MillisecondSpan(225, 3578), MillisecondSpan(500, 500)]


def test_ancestors_and_categories_are_kept() -> None:
    row = label(Parents=[{"Name": "Vehicle"}, {"Name": "Transportation"}], Categories=[{"Name": "Vehicles"}])
    (found,) = parse_detections({"labels": [{"Labels": [row]}]}).labels
    assert found.parents == ("Transportation", "Vehicle")
    assert found.categories == ("Vehicles",)


def test_pages_add_up_in_any_order_and_a_repeated_finding_counts_once() -> None:
    one, other = {"Faces": [face(), face(Confidence=98.0)]}, {"Faces": [face()]}
    forward = parse_detections({"faces": [one, other]})
    assert forward == parse_detections({"faces": [other, one]})
    assert len(forward.faces) == 2


def test_a_detector_that_found_nothing_answered_and_one_that_did_not_run_did_not() -> None:
    found = parse_detections({"labels": [{"Labels": []}]})
    assert found.detectors == frozenset({"labels"})


def test_a_face_may_reach_beyond_the_picture_and_lack_emotions_and_quality() -> None:
    beyond = face(BoundingBox={"Left": -0.1, "Top": 0.5, "Width": 0.3, "Height": 0.9})
    (found,) = parse_detections({"faces": [{"Faces": [beyond]}]}).faces
    assert found.area == pytest.approx(0.2 * 0.5)
    assert found.emotions == ()
    assert found.brightness is None


NOT_NUMBERS = [float("nan"), float("inf"), -5, 0, None, "90", True, 1000]


@pytest.mark.parametrize("confidence", NOT_NUMBERS)
def test_a_finding_without_a_usable_confidence_is_left_out_and_counted(confidence: Any) -> None:
    pages = {
        "segments": [{"Segments": [shot(0, 9, ShotSegment={"Confidence": confidence})]}],
        "labels": [{"Labels": [label(Confidence=confidence)]}],
        "faces": [{"Faces": [face(Confidence=confidence)]}],
        "celebrities": [
            {"Celebrities": [{"Timestamp": 0, "Celebrity": {"Name": "A", "Confidence": confidence}}]}
        ],
        "moderation": [
            {
                "ModerationLabels": [
                    {"Timestamp": 0, "ModerationLabel": {"Name": "A", "Confidence": confidence}}
                ]
            }
        ],
    }
    found = parse_detections(pages)
    assert not (found.shots or found.labels or found.faces or found.celebrities or found.moderation)
    assert found.ignored == {"without a usable confidence": 5}


@pytest.mark.parametrize(
    "row",
    [
        {"Timestamp": -1, "Label": {"Name": "Car", "Confidence": 90}},
        {"Timestamp": float("nan"), "Label": {"Name": "Car", "Confidence": 90}},
        {"Label": {"Name": "Car", "Confidence": 90}},
        {"Timestamp": 1, "Label": {"Name": "", "Confidence": 90}},
        {"Timestamp": 1, "Label": {"Confidence": 90}},
        {"Timestamp": 1, "Label": None},
        {"Timestamp": 1},
        {"StartTimestampMillis": 9, "EndTimestampMillis": 3, "Label": {"Name": "Car", "Confidence": 90}},
        None,
        [],
        "Car",
    ],
)
def test_a_broken_row_is_left_out_and_counted(row: Any) -> None:
    found = parse_detections({"labels": [{"Labels": [row, label()]}]})
    assert len(found.labels) == 1
    assert sum(found.ignored.values()) == 1


@pytest.mark.parametrize(
    "row",
    [
        shot(10, 9),
        shot(-3, 9),
        {"Type": "TECHNICAL_CUE", "StartFrameNumber": 0, "EndFrameNumber": 9},
        {
            "Type": "TECHNICAL_CUE",
            "StartFrameNumber": 0,
            "EndFrameNumber": 9,
            "TechnicalCueSegment": {"Type": "Trailers", "Confidence": 90},
        },
        shot(0, 9) | {"Type": "ACT"},
    ],
)
def test_a_broken_segment_is_left_out_and_counted(row: dict[str, Any]) -> None:
    found = parse_detections({"segments": [{"Segments": [row, shot(20, 29)]}]})
    assert len(found.shots) == 1
    assert not found.cues
    assert sum(found.ignored.values()) == 1


@pytest.mark.parametrize(
    "box", [{}, {"Left": 2, "Top": 0, "Width": 0.5, "Height": 0.5}, {"Left": float("nan")}]
)
def test_a_face_outside_the_picture_is_left_out(box: dict[str, Any]) -> None:
    assert not parse_detections({"faces": [{"Faces": [face(BoundingBox=box)]}]}).faces


def test_unknown_and_unsure_emotions_are_not_emotions() -> None:
    emotions = [
        {"Type": "JOY", "Confidence": 90},
        {"Type": "HAPPY", "Confidence": float("nan")},
        {"Type": "SAD", "Confidence": 40.0},
    ]
    (found,) = parse_detections({"faces": [{"Faces": [face(Emotions=emotions)]}]}).faces
    assert found.emotions == emotion_levels({"SAD": 40.0})


@pytest.mark.parametrize("page", [None, [], {"Labels": None}, {"Labels": {}}])
def test_what_is_no_answer_is_an_error(page: Any) -> None:
    with pytest.raises(MalformedResponseError, match="labels"):
        parse_detections({"labels": [page]})


def test_an_unknown_detector_is_an_error() -> None:
    with pytest.raises(MalformedResponseError, match="telepathy"):
        parse_detections({"telepathy": []})


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["Type", "Timestamp", "Label", "Face", "Name", "Confidence", "StartFrameNumber", "EndFrameNumber",
             "BoundingBox", "Left", "Width", "Top", "Height", "Emotions", "Parents", "ShotSegment", "Quality"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(json_values, max_size=4))
def test_no_row_whatever_makes_the_parser_crash(rows: list[Any]) -> None:
    parse_detections(
        {"labels": [{"Labels": rows}], "faces": [{"Faces": rows}], "segments": [{"Segments": rows}]}
    )


def test_the_documented_segments_are_read() -> None:
    found = parse_detections({"segments": [sample("segment-api__1.json")]})
    assert [one.range for one in found.shots] == [FrameRange(0, 300), FrameRange(300, 450)]
    assert [(one.kind, one.range) for one in found.cues] == [
        ("BlackFrames", FrameRange(0, 300)),
        ("Content", FrameRange(299, 450)),
    ]
    assert found.frame_rate == Fraction(30000, 1001)


def test_the_documented_segments_are_the_same_without_their_frame_numbers() -> None:
    page = sample("segment-api__1.json")
    old = page | {
        "Segments": [
            {key: value for key, value in row.items() if "Frame" not in key} for row in page["Segments"]
        ]
    }
    assert parse_detections({"segments": [old]}) == parse_detections({"segments": [page]})


def test_a_real_answer_of_all_face_attributes_is_read_completely() -> None:
    page = sample("get_face_detection_54s.json")
    found = parse_detections({"faces": [page]})
    assert len(found.faces) == len(page["Faces"]) == 80
    assert not found.ignored
    assert all(sum(level > 0 for level in one.emotions) == 8 for one in found.faces)
    assert found.frame_rate == 25


@pytest.mark.parametrize(
    ("name", "detector", "rows"),
    [
        ("api-video__1.json", "labels", 4),
        ("awscli_get-celebrity-recognition.json", "celebrities", 2),
        ("awscli_get-content-moderation.json", "moderation", 2),
        ("awscli_get-face-detection.json", "faces", 2),
        ("awscli_get-label-detection.json", "labels", 2),
        ("faces-sqs-video__1.json", "faces", 3),
        ("labels-detecting-labels-video__1.json", "labels", 4),
        ("labels-detecting-labels-video__2.json", "labels", 3),
        ("labels-detecting-labels-video__3.json", "labels", 4),
        ("procedure-moderate-videos__1.json", "moderation", 5),
    ],
)
def test_every_documented_sample_is_read_without_a_loss(name: str, detector: str, rows: int) -> None:
    found = parse_detections({detector: [sample(name)]})
    assert len(getattr(found, detector)) == rows
    assert not found.ignored


@pytest.mark.parametrize("lists", ["Parents", "Categories"])
def test_a_label_with_a_parent_or_category_that_is_no_name_is_left_out(lists: str) -> None:
    rows = [label(**{lists: [{"Name": "Vehicle"}, {"Name": wrong}]}) for wrong in (True, 7.5, ["Car"])]
    found = parse_detections({"labels": [{"Labels": [*rows, label(Name="Boat", Confidence=80.0)]}]})
    assert [one.name for one in found.labels] == ["Boat"]
    assert found.ignored == {"without a name": 3}
