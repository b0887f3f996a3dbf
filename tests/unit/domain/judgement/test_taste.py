"""Whether a plan shows what its viewer likes, computed by hand on films of ten shots."""

from __future__ import annotations

from math import exp

import pytest

from tests.unit.domain.judgement.films import film, judged, plan, profile

CAR = {"label:Car": 1.0}
DRIVER = profile(labels={"Car": 1.0, "Gun": 0.5})
# Of 1,000 frames 900 are eligible: the last tenth is the ending.


def test_relevance_lift_compares_with_the_eligible_film() -> None:
    # Shots 0 to 2 show a car: relevance 1 - 1/e there, 0 elsewhere; mean over 900 frames is a third of it.
    cars = film(shown={0: CAR, 1: CAR, 2: CAR})
    assert judged(cars, plan((0, 100)), DRIVER).value("relevance_lift") == pytest.approx(3.0)
    half = judged(cars, plan((0, 100), (500, 600)), DRIVER).readings["relevance_lift"]
    assert half.value == pytest.approx(1.5)
    assert half.verdict == "miss"


def test_a_film_without_anything_relevant_has_no_lift() -> None:
    assert judged(film(), plan((0, 100)), DRIVER).readings["relevance_lift"].verdict == "unmeasured"


def test_attained_relevance_is_a_share_of_the_best_frames() -> None:
    strong, weak = {"label:Car": 1.0}, {"label:Car": 0.5}
    cars = film(shown={0: strong, 1: weak})
    best, second = 1 - exp(-1), 1 - exp(-0.5)
    assert judged(cars, plan((100, 200)), DRIVER).value("attained_relevance") == pytest.approx(second / best)
    both = judged(cars, plan((0, 100), (100, 200)), DRIVER)
    assert both.value("attained_relevance") == pytest.approx(1.0)


def test_coverage_weighs_the_words_that_are_surely_seen() -> None:
    # Car (1.0) and Gun (0.5) are seen at 80 or more; the second gun, at 79, is not.
    cars = film(shown={0: CAR, 1: {"label:Gun": 0.6}, 2: {"label:Gun": 0.58}})
    assert judged(cars, plan((0, 100)), DRIVER).value("coverage") == pytest.approx(1 / 1.5)
    assert judged(cars, plan((0, 200)), DRIVER).value("coverage") == pytest.approx(1.0)
    missed = judged(cars, plan((200, 300)), DRIVER).readings["coverage"]
    assert (missed.value, missed.verdict) == (0.0, "miss")


def test_a_word_of_the_ending_does_not_count_against_the_plan() -> None:
    cars = film(shown={0: CAR, 9: {"label:Gun": 1.0}})
    assert judged(cars, plan((0, 100)), DRIVER).value("coverage") == 1.0


def test_a_glimpse_of_a_moment_does_not_show_what_is_in_it() -> None:
    cars = film(shown={0: CAR, 1: {"label:Gun": 1.0}})
    assert judged(cars, plan((0, 124)), DRIVER).value("coverage") == pytest.approx(1 / 1.5)
    assert judged(cars, plan((0, 125)), DRIVER).value("coverage") == 1.0


def test_face_lift_is_only_for_those_who_like_faces() -> None:
    faces = film(cues={0: {"expressive": 0.9}, 1: {"expressive": 0.3}})
    lover = profile(faces=0.4)
    # Mean over 900 eligible frames: 120 / 900; the plan has 0.3 and then 0.6.
    assert judged(faces, plan((100, 200)), lover).value("face_lift") == pytest.approx(0.3 / (120 / 900))
    assert judged(faces, plan((200, 300)), lover).readings["face_lift"].verdict == "miss"
    assert judged(faces, plan((0, 100)), profile(faces=0.3)).value("face_lift") is None


def test_emotion_lift_weighs_the_preferred_emotions() -> None:
    moods = film(shown={0: {"emotion:FEAR": 0.8}, 1: {"emotion:SAD": 0.8}, 2: {"emotion:ANGRY": 0.4}})
    thriller = profile(emotions={"FEAR": 1.0, "ANGRY": 0.5, "SAD": 0.3})
    # FEAR 0.8 and ANGRY 0.2 count, SAD is not above 0.3: 100 frames over 900.
    assert judged(moods, plan((0, 100)), thriller).value("emotion_lift") == pytest.approx(0.8 * 9)
    assert judged(moods, plan((100, 200)), thriller).readings["emotion_lift"].verdict == "miss"
    assert judged(moods, plan((100, 200))).value("emotion_lift") is None


def test_action_lift_takes_motion_before_cut_rate() -> None:
    quick = film(cues={i: {"cut_rate": 1.0 if i < 3 else 0.25} for i in range(10)})
    fan = profile(energy={"cut_rate": 0.5, "motion": 0.8})
    average = (3 * 1.0 + 6 * 0.25) / 9
    assert judged(quick, plan((0, 100)), fan).value("action_lift") == pytest.approx(1 / average)
    assert judged(quick, plan((500, 600)), fan).readings["action_lift"].verdict == "miss"
    moving = film(cues={i: {"cut_rate": 0.5, "motion": 0.9 if i == 0 else 0.0} for i in range(10)})
    assert judged(moving, plan((0, 100)), fan).value("action_lift") == pytest.approx(9.0)
