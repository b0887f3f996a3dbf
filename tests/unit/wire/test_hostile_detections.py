"""Answers about films made to do harm: too many findings, and names that are none."""

import pytest

from trailer.domain.reasons import explain
from trailer.errors import UnsupportedVideoError
from trailer.wire import findings
from trailer.wire.rekognition import parse_detections


def label(name):
    return {"Timestamp": 0, "Label": {"Name": name, "Confidence": 90.0, "Parents": [], "Categories": []}}


def flicker(shots):
    """Pages of shots of one frame each, counted as they are read."""
    for first in range(0, shots, 1000):
        rows = [
            {
                "Type": "SHOT",
                "StartFrameNumber": at,
                "EndFrameNumber": at,
                "ShotSegment": {"Confidence": 99.0},
            }
            for at in range(first, first + 1000)
        ]
        read.append(len(rows))
        yield {"Segments": rows}


read: list[int] = []


def test_a_million_shots_of_one_frame_are_refused_before_they_fill_the_memory():
    read.clear()
    with pytest.raises(UnsupportedVideoError, match="more than 99999") as refusal:
        parse_detections({"segments": flicker(1_000_000)})
    assert sum(read) == 100_000
    assert explain("UnsupportedVideoError", str(refusal.value)).rejected


def test_the_limit_of_other_findings_is_one_for_each_detector(monkeypatch):
    monkeypatch.setattr(findings, "MOST_FINDINGS", 3)
    three = [{"Labels": [label("Car"), label("Dog")]}, {"Labels": [label("Cat")]}]
    assert len(parse_detections({"labels": three, "faces": [{"Faces": [{}] * 3}]}).labels) == 3
    with pytest.raises(UnsupportedVideoError, match="labels of the film are more than 3"):
        parse_detections({"labels": [*three, {"Labels": [label("Cow")]}]})


def test_a_name_longer_than_a_key_is_left_out_and_counted():
    found = parse_detections({"labels": [{"Labels": [label("x" * 2000), label("Car")]}]})
    assert [item.name for item in found.labels] == ["Car"]
    assert found.ignored == {"with a name too long to be one": 1}


@pytest.mark.parametrize("name", ["\x1b[2JCar", "Car\nDog", "\u202erac", "\ud800"])
def test_a_name_keeps_to_its_line_and_can_be_written_down(name):
    (found,) = parse_detections({"labels": [{"Labels": [label(name)]}]}).labels
    assert found.name.isprintable() and found.name.encode()
