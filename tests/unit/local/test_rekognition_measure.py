"""Shots, cues, faces and people are found where the films have them, to the frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from local.rekognition.answers.faces import face_rows
from local.rekognition.answers.labels import label_rows
from local.rekognition.answers.measured import Measured
from local.rekognition.answers.segments import segment_rows
from local.sample_film import make_sample_film
from local.sample_people import portrait
from tests.unit.local.rekognition_films import checks, measure, plain, write_film

ALL = {"SegmentTypes": ["SHOT", "TECHNICAL_CUE"]}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Measured]:
    """The 40 second sample film, its ground truth and its measurements."""
    folder = tmp_path_factory.mktemp("sample")
    truth = make_sample_film(folder / "film.mp4", seconds=40)
    return truth, Measured(measure(folder / "film.mp4", folder / "out", "segments", "faces", "labels"))


def cues_of(rows: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [
        (row["TechnicalCueSegment"]["Type"], row["StartFrameNumber"], row["EndFrameNumber"])
        for row in rows
        if row["Type"] == "TECHNICAL_CUE"
    ]


def test_every_shot_of_the_sample_film_is_found_to_the_frame(sample: tuple[dict[str, Any], Measured]) -> None:
    truth, measured = sample
    rows = [row for row in segment_rows(measured, ALL) if row["Type"] == "SHOT"]
    found = {(row["StartFrameNumber"], row["EndFrameNumber"] + 1) for row in rows}
    dissolves = {start for start, _ in truth["dissolves"]}
    expected = {(p["start"], p["end"]) for p in truth["parts"] if p["start"] not in dissolves}
    assert expected <= found
    assert len(found) == len(truth["parts"])


def test_a_dissolve_is_a_gap_between_shots(sample: tuple[dict[str, Any], Measured]) -> None:
    truth, measured = sample
    (start, end), *_ = truth["dissolves"]
    shots = measured.read("segments")["shots"]
    ends, starts = {shot[1] for shot in shots}, {shot[0] for shot in shots}
    assert any(abs(edge - start) <= 2 for edge in ends)
    assert any(abs(edge - end) <= 2 for edge in starts)
    assert not any(first < (start + end) // 2 < last for first, last, _ in shots)


def test_technical_cues_are_found_and_share_a_frame_with_the_cue_before(
    sample: tuple[dict[str, Any], Measured],
) -> None:
    truth, measured = sample
    found = cues_of(segment_rows(measured, ALL))
    expected = {(cue["type"], cue["end"] - 1) for cue in truth["cues"]}
    assert {(kind, end) for kind, _, end in found if kind != "Content"} == expected
    assert [start for _, start, _ in found[1:]] == [end for _, _, end in found[:-1]]
    assert {kind for kind, _, _ in found} == {"ColorBars", "BlackFrames", "Content", "EndCredits"}


def test_faces_are_seen_in_portraits_and_nowhere_else(sample: tuple[dict[str, Any], Measured]) -> None:
    truth, measured = sample
    rate = float(measured.rate)
    frames = [row["Timestamp"] * rate / 1000 for row in face_rows(measured)]
    for start, end in truth["faces"]:
        assert any(start - 1 <= frame < end for frame in frames)
    assert all(any(start - 1 <= frame < end for start, end in truth["faces"]) for frame in frames)


def test_people_are_seen_in_the_street_with_boxes_inside_the_picture(
    sample: tuple[dict[str, Any], Measured],
) -> None:
    truth, measured = sample
    rate = float(measured.rate)
    rows = [
        row for row in label_rows(measured, {}, "TIMESTAMP", "TIMESTAMPS") if row["Label"]["Name"] == "Person"
    ]
    frames = [row["Timestamp"] * rate / 1000 for row in rows]
    assert rows
    assert all(any(start - 1 <= frame < end for start, end in truth["people"]) for frame in frames)
    for row in rows:
        for instance in row["Label"]["Instances"]:
            box = instance["BoundingBox"]
            assert box["Left"] >= 0 and box["Left"] + box["Width"] <= 1
            assert box["Top"] >= 0 and box["Top"] + box["Height"] <= 1


def test_credits_hold_no_faces_and_no_labels(sample: tuple[dict[str, Any], Measured]) -> None:
    truth, measured = sample
    (credits,) = [cue for cue in truth["cues"] if cue["type"] == "EndCredits"]
    begins = credits["start"] * 1000 / float(measured.rate)
    rows = label_rows(measured, {}, "TIMESTAMP", "TIMESTAMPS")
    assert all(row["Timestamp"] < begins for row in [*rows, *face_rows(measured)])


@pytest.fixture(scope="module")
def black_in_the_middle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Measured]]:
    """Two films of checks, black, checks: one with a tone over the black, one silent there."""
    folder = tmp_path_factory.mktemp("black")
    pictures = [*(checks(n) for n in range(48)), *([plain((0, 0, 0))] * 48), *(checks(n) for n in range(48))]
    films = {}
    for name, level in (("heard", 0.2), ("silent", 0.0)):
        film = write_film(
            folder / f"{name}.mp4",
            pictures,
            sound=lambda second, level=level: level if 2 <= second < 4 else 0.2,
        )
        films[name] = Measured(measure(film, folder / name, "segments"))
    yield films


def test_silent_black_is_a_cue(black_in_the_middle: dict[str, Measured]) -> None:
    found = cues_of(segment_rows(black_in_the_middle["silent"], ALL))
    kinds = [kind for kind, _, _ in found]
    assert kinds == ["Content", "BlackFrames", "Content"]
    _, start, end = found[1]
    # The tone rings on for a few frames in the AAC decoder.
    assert 47 <= start <= 51
    assert 92 <= end <= 95


def test_black_with_sound_is_content(black_in_the_middle: dict[str, Measured]) -> None:
    assert [kind for kind, _, _ in cues_of(segment_rows(black_in_the_middle["heard"], ALL))] == ["Content"]


def test_the_black_threshold_of_the_request_counts(tmp_path: Path) -> None:
    grey = [*(checks(n) for n in range(24)), *([plain((30, 30, 30))] * 24), *(checks(n) for n in range(24))]
    measured = Measured(measure(write_film(tmp_path / "grey.mp4", grey), tmp_path / "out", "segments"))
    strict = ALL | {"Filters": {"TechnicalCueFilter": {"BlackFrame": {"MaxPixelThreshold": 0.05}}}}
    assert "BlackFrames" in {kind for kind, _, _ in cues_of(segment_rows(measured, ALL))}
    assert "BlackFrames" not in {kind for kind, _, _ in cues_of(segment_rows(measured, strict))}


def test_a_flash_is_no_cut(tmp_path: Path) -> None:
    pictures = [plain((255, 255, 255)) if number in (40, 41) else checks(0) for number in range(80)]
    folder = measure(write_film(tmp_path / "flash.mp4", pictures), tmp_path / "out", "segments")
    assert [shot[:2] for shot in json.loads((folder / "segments.json").read_text())["shots"]] == [[0, 80]]


def test_one_frame_is_one_shot(tmp_path: Path) -> None:
    folder = measure(write_film(tmp_path / "one.mp4", [checks(0)]), tmp_path / "out", "segments", "faces")
    rows = segment_rows(Measured(folder), {"SegmentTypes": ["SHOT"]})
    assert [(row["StartFrameNumber"], row["EndFrameNumber"], row["DurationFrames"]) for row in rows] == [
        (0, 0, 0)
    ]


def test_a_film_that_is_turned_when_shown_is_looked_at_upright(tmp_path: Path) -> None:
    upright = portrait(((120, 86, 60), (70, 46, 30)), (224, 178, 148), 280, 1)
    pictures = [np.ascontiguousarray(np.rot90(upright(number / 24))) for number in range(24)]
    film = write_film(tmp_path / "turned.mp4", pictures, rotation=90)
    measured = Measured(measure(film, tmp_path / "out", "faces"))
    metadata = measured.video_metadata()
    assert (metadata["FrameWidth"], metadata["FrameHeight"]) == (854, 480)
    (row, *_) = face_rows(measured)
    assert 0.3 < row["Face"]["BoundingBox"]["Left"] < 0.5
    assert row["Face"]["BoundingBox"]["Top"] < 0.4
