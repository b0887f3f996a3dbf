"""Evidence is what the detectors saw, once, at the right place, whatever the order of their answers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import log, nextafter
from random import Random

import pytest

from tests.quality.titles import media_of, title_detections
from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.film.detections import (
    CelebrityDetection,
    Detections,
    FaceDetection,
    LabelDetection,
    MillisecondSpan,
    ModerationDetection,
    ShotDetection,
    emotion_levels,
)
from trailer.domain.film.evidence import PLACES, stored, strength
from trailer.domain.time.timecode import FrameRange
from trailer.wire.analysis import dump_analysis


def label(
    name: str, start: int, end: int | None = None, confidence: float = 100.0, **more: tuple[str, ...]
) -> LabelDetection:
    return LabelDetection(MillisecondSpan(start, start if end is None else end), name, confidence, **more)


def film(**found: object) -> Analysis:
    """Ten shots of two seconds at 25 frames per second."""
    shots = tuple(ShotDetection(FrameRange(50 * i, 50 * i + 50), 99.0) for i in range(10))
    return analyse("film", replace(Detections(frozenset({"segments"}), shots), **found), media_of(500))  # type: ignore[arg-type]


@pytest.mark.parametrize(("confidence", "expected"), [(0, 0), (50, 0), (75, 0.5), (100, 1), (40, 0)])
def test_strength_begins_at_a_confidence_of_fifty(confidence: float, expected: float) -> None:
    assert strength(confidence) == expected


def test_values_are_stored_as_the_nearest_short_number() -> None:
    drawn = Random(4)
    values = [drawn.random() for _ in range(20_000)]
    # Middles between two stored values, and what lies right beside them.
    middles = [(2 * drawn.randrange(10**PLACES) + 1) / (2 * 10**PLACES) for _ in range(2_000)]
    beside = [nextafter(middle, end) for middle in middles for end in (0.0, 1.0)]
    every = [0.0, 1.0, *values, *middles, *beside]
    for value, short in zip(every, stored(every), strict=True):
        assert short == round(short, PLACES)
        assert abs(short - value) <= 0.5000001 / 10**PLACES
    assert stored(values) == [round(value, PLACES) for value in values]


def test_an_ancestor_does_not_count_again_beside_its_descendant() -> None:
    analysis = film(
        labels=(
            label("Car", 500, parents=("Transportation", "Vehicle")),
            label("Vehicle", 500, parents=("Transportation",)),
            label("Transportation", 500),
            label("Vehicle", 6500, parents=("Transportation",)),
        )
    )
    assert list(analysis.shot_evidence(0)) == ["label:Car"]
    assert list(analysis.shot_evidence(3)) == ["label:Vehicle"]


def test_an_ancestor_that_is_much_surer_than_its_descendant_stays() -> None:
    analysis = film(
        labels=(
            label("Car", 500, confidence=55.0, parents=("Vehicle",)),
            label("Vehicle", 500, confidence=95.0),
        )
    )
    assert set(analysis.shot_evidence(0)) == {"label:Car", "label:Vehicle"}


def test_labels_that_call_each_other_ancestors_do_not_vanish() -> None:
    analysis = film(labels=(label("Car", 500, parents=("Auto",)), label("Auto", 500, parents=("Car",))))
    assert analysis.shot_evidence(0)


def test_the_scene_can_be_found_by_an_ancestor_too() -> None:
    analysis = film(labels=(label("Car", 500, parents=("Vehicle",)),))
    assert {"label:Car", "label:Vehicle"} <= set(analysis.scenes[0].concepts)


def test_a_sample_near_a_cut_does_not_leak_over_it() -> None:
    analysis = film(labels=(label("Car", 1960),))
    assert analysis.shot_evidence(0)
    assert not analysis.shot_evidence(1)


def test_a_stretch_reaches_every_shot_that_it_covers() -> None:
    analysis = film(labels=(label("Car", 1000, 5000),))
    assert [bool(analysis.shot_evidence(shot)) for shot in range(4)] == [True, True, True, False]


def test_what_is_everywhere_is_worth_nothing_and_what_is_rare_is_worth_most() -> None:
    everywhere = [label("Person", 500 * i) for i in range(40)]
    analysis = film(labels=(*everywhere, label("Explosion", 8500)))
    rarity = {concept.name: concept.rarity for concept in analysis.concepts}
    assert rarity["Person"] == 0
    assert rarity["Explosion"] == pytest.approx(log(21 / 2) / log(21), abs=1e-4)


def face(at: int, area: float = 0.1, **more: object) -> FaceDetection:
    return FaceDetection(at, 99.0, area, **more)  # type: ignore[arg-type]


def test_a_calm_face_shows_little_and_an_expressive_one_much() -> None:
    calm, angry = emotion_levels({"CALM": 95.0, "SAD": 5.0}), emotion_levels({"ANGRY": 90.0, "CALM": 10.0})
    analysis = film(faces=(face(500, emotions=calm), face(2500, emotions=angry)))
    quiet, loud = analysis.shot_cue(0, "expressive"), analysis.shot_cue(1, "expressive")
    assert quiet is not None
    assert loud is not None
    assert loud > 10 * quiet
    assert analysis.shot_evidence(1)["emotion:ANGRY"] > 0.7


def test_a_face_without_emotions_is_a_face_and_no_emotion() -> None:
    analysis = film(faces=(face(500),))
    assert analysis.shot_cue(0, "faces")
    assert analysis.shot_cue(0, "expressive") is None
    assert not analysis.concepts


def test_a_crowd_of_faces_is_worth_less_than_three() -> None:
    three = tuple(face(500, 0.02 + i / 1000) for i in range(3))
    nine = tuple(face(2500, 0.0066 + i / 10000) for i in range(9))
    analysis = film(faces=three + nine)
    assert (analysis.shot_cue(0, "faces") or 0) > 2 * (analysis.shot_cue(1, "faces") or 0)


def test_two_faces_that_matter_are_a_two_shot() -> None:
    analysis = film(faces=(face(500, 0.05), face(500, 0.06), face(2500, 0.05), face(2500, 0.006)))
    assert analysis.shot_cue(0, "two_shot") == 1
    assert analysis.shot_cue(1, "two_shot") == 0


def test_only_sure_celebrities_are_believed() -> None:
    analysis = film(celebrities=(CelebrityDetection(500, "A", 96.0), CelebrityDetection(2500, "B", 89.0)))
    assert [concept.key for concept in analysis.concepts] == ["celebrity:A"]


def test_night_is_dark_and_dark_faces_are_too() -> None:
    faces = tuple(face(500 + 2000 * i, brightness=10.0 * i) for i in range(1, 10))
    analysis = film(labels=(label("Night", 500),), faces=faces)
    assert analysis.shot_cue(0, "darkness") == 1
    assert analysis.shot_cue(1, "darkness") == 1
    assert analysis.shot_cue(9, "darkness") is None


def test_moderation_findings_are_widened_by_half_a_second() -> None:
    found = ModerationDetection(MillisecondSpan(2000, 2000), "Violence", "", 90.0)
    assert film(moderation=(found,)).sensitive[0].range == FrameRange(38, 64)


def test_the_order_of_answers_changes_nothing() -> None:
    detections, media = title_detections(3, 120)
    plain = dump_analysis(analyse("film", detections, media))
    for seed in range(3):
        random = Random(seed)
        shuffled = replace(
            detections,
            **{
                name: tuple(random.sample(getattr(detections, name), len(getattr(detections, name))))
                for name in ("shots", "cues", "labels", "faces")
            },
        )
        assert dump_analysis(analyse("film", shuffled, media)) == plain


def test_what_is_missing_is_said() -> None:
    warnings = " ".join(analyse("film", Detections(), media_of(500)).warnings)
    assert "No shots were detected" in warnings
    assert "no evidence from labels" in warnings
    assert "no evidence from faces" in warnings
    assert "Nothing is known" in warnings


def test_moments_fill_the_shots_exactly() -> None:
    detections, media = title_detections(5, 200, Fraction(30000, 1001))
    analysis = analyse("film", detections, media)
    for shot in analysis.shots:
        own = analysis.moments_of_shot[shot.index]
        assert own[0].range.start == shot.range.start
        assert own[-1].range.end == shot.range.end
        assert all(one.range.end == other.range.start for one, other in pairwise(own))
