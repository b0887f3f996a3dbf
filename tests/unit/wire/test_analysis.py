"""What is stored reads back exactly, and plans the same."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.quality.titles import media_of, title, title_detections
from trailer.domain.film.analysis import analyse
from trailer.domain.film.detections import (
    CelebrityDetection,
    Detections,
    MillisecondSpan,
    ModerationDetection,
)
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import get_profile
from trailer.wire.analysis import dump_analysis, load_analysis
from trailer.wire.plan import plan_hash


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(24000, 1001), Fraction(60000, 1001)])
def test_an_analysis_reads_back_exactly(rate: Fraction) -> None:
    detections, media = title_detections(6, 200, rate)
    rich = replace(
        detections,
        detectors=detections.detectors | {"celebrities", "moderation", "speech"},
        celebrities=(CelebrityDetection(30_000, "Ada", 97.5),),
        moderation=(ModerationDetection(MillisecondSpan(40_000, 41_000), "Violence", "", 80.0),),
        speech=(MillisecondSpan(50_000, 50_400), MillisecondSpan(51_000, 51_300)),
        ignored={"without a name": 2},
    )
    analysis = analyse("film", rich, media)
    assert load_analysis(json.loads(json.dumps(dump_analysis(analysis)))) == analysis


def test_a_film_without_findings_reads_back_exactly() -> None:
    analysis = analyse("film", Detections(), media_of(100))
    assert load_analysis(json.loads(json.dumps(dump_analysis(analysis)))) == analysis


def test_a_stored_analysis_gives_the_same_plan() -> None:
    analysis = title(6, 200)
    stored = load_analysis(json.loads(json.dumps(dump_analysis(analysis))))
    plans = [plan_trailer(one, get_profile("romance"), PlanRequest(500)) for one in (analysis, stored)]
    assert plan_hash(plans[0]) == plan_hash(plans[1])


def test_an_analysis_from_before_there_was_speech_is_read() -> None:
    analysis = title(6, 60)
    old = dump_analysis(analysis)
    del old["words"]
    old["cueNames"].remove("speech")
    assert load_analysis(json.loads(json.dumps(old))) == analysis


def test_an_analysis_of_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="schema version 99"):
        load_analysis(dump_analysis(title(6, 60)) | {"schemaVersion": 99})
