"""Scenes hold every shot once, keep a natural size and part where the story does."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.quality.titles import media_of, title
from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.film.detections import (
    CueDetection,
    Detections,
    LabelDetection,
    MillisecondSpan,
    ShotDetection,
)
from trailer.domain.film.scenes import MAX_SECONDS, MAX_SHOTS
from trailer.domain.time.timecode import FrameRange


def every_shot_once(analysis: Analysis) -> bool:
    return [shot for scene in analysis.scenes for shot in range(scene.first_shot, scene.end_shot)] == list(
        range(len(analysis.shots))
    )


@pytest.mark.parametrize("what", [{}, {"labels": False}, {"labels": False, "emotions": False}])
def test_scenes_keep_a_natural_size_with_and_without_evidence(what: dict[str, bool]) -> None:
    analysis = title(1, 1200, **what)
    assert every_shot_once(analysis)
    for scene in analysis.scenes:
        shots = scene.end_shot - scene.first_shot
        assert shots == 1 or (shots <= MAX_SHOTS and scene.range.length <= MAX_SECONDS * 25)
    assert 1200 / 60 <= len(analysis.scenes) <= 1200 / 8


def shots_of(count: int, frames: int) -> tuple[ShotDetection, ...]:
    return tuple(ShotDetection(FrameRange(frames * i, frames * i + frames), 99.0) for i in range(count))


def test_scenes_part_where_the_evidence_changes() -> None:
    labels = tuple(
        LabelDetection(MillisecondSpan(2000 * i + 100, 2000 * i + 1900), name, 95.0)
        for i in range(24)
        for name in (("Car", "Road") if i < 9 else ("Kitchen", "Food") if i < 17 else ("Sea", "Boat"))
    )
    detections = Detections(frozenset({"labels"}), shots_of(24, 50), labels=labels)
    starts = {scene.first_shot for scene in analyse("film", detections, media_of(1200)).scenes}
    assert {0, 9, 17} <= starts


def test_a_technical_cue_always_parts() -> None:
    cue = CueDetection(FrameRange(350, 400), "BlackFrames", 99.0)
    detections = Detections(frozenset(), shots_of(24, 50), (cue,))
    starts = {scene.first_shot for scene in analyse("film", detections, media_of(1200)).scenes}
    assert {7, 8} <= starts


def test_a_film_of_one_shot_is_one_scene() -> None:
    analysis = analyse("film", Detections(), media_of(20000, Fraction(24)))
    assert [scene.range for scene in analysis.scenes] == [FrameRange(0, 20000)]


def test_a_short_film_still_has_several_scenes() -> None:
    analysis = analyse("film", Detections(frozenset(), shots_of(20, 50)), media_of(1000))
    assert 3 <= len(analysis.scenes) <= 10
