"""Captions beside a film tell where people talk; captions that can't be read cost no film its trailer."""

import json

import pytest

from tests.fakes import FakeUploads
from tests.unit.steps.test_trailer_steps import analysed
from trailer.steps import score_scenes as step
from trailer.steps.plan_trailer import plan_trailer
from trailer.wire import keys
from trailer.wire.analysis import load_analysis

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nWho are you?\n"
SRT = b"1\n00:00:05,000 --> 00:00:06,000\nNobody.\n"
WORDS = json.dumps(
    {"results": {"items": [{"type": "pronunciation", "start_time": "9.0", "end_time": "9.5"}]}}
).encode()


def heard(files):
    film, services = analysed()
    services.uploads = FakeUploads(files=files)
    step.score_scenes(film, [], services)
    return load_analysis(services.results.get_json(keys.analysis(film))), film, services


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ({"films/Film.vtt": VTT}, (25, 50)),
        ({"films/Film.mp4.srt": SRT}, (125, 150)),
        ({"films/Film.vtt": VTT, "films/Film.srt": SRT, "films/Film.mp4.transcript.json": WORDS}, (225, 238)),
    ],
)  # fmt: skip
def test_the_most_exact_file_beside_the_film_is_read(files, word):
    analysis, *_ = heard(files)
    assert [(own.start, own.end) for own in analysis.words] == [word]
    assert analysis.detectors["speech"]


def test_without_a_file_nothing_is_claimed_about_speech():
    analysis, *_ = heard({"films/Other.vtt": VTT})
    assert analysis.words is None and not analysis.detectors["speech"]


def test_a_file_that_cannot_be_read_is_a_warning_and_the_next_one_is_read():
    analysis, film, services = heard({"films/Film.vtt": b"hello", "films/Film.srt": SRT})
    assert len(analysis.words) == 1
    assert any(said.startswith("Film.vtt is no transcript") for said in analysis.warnings)
    plan_trailer(film, "romance", {}, "make-1", services)
    warnings = services.catalogue.get(film, "TRAILER#romance#0001")["warnings"]
    assert any(said.startswith("Film.vtt is no transcript") for said in warnings)


def test_a_file_beyond_the_limit_is_not_read(monkeypatch):
    monkeypatch.setattr(step, "_MOST_BYTES", 10)
    analysis, *_ = heard({"films/Film.vtt": VTT})
    assert analysis.words is None
    assert any("Film.vtt is larger than" in said for said in analysis.warnings)
