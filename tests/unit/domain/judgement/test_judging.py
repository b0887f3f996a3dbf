"""The suite as a whole and the composite score."""

from __future__ import annotations

import pytest

from tests.unit.domain.judgement.films import film, judged, plan, profile
from trailer.domain.judgement import SUITE, Measurements, Target
from trailer.domain.judgement.judging import nearness

GATES = {
    "budget",
    "render_length",
    "overlap_beyond",
    "clean_cuts",
    "flash_frames",
    "technical_leakage",
    "safety_leakage",
    "spoilers",
    "cut_words",
    "determinism",
}


def test_all_24_metrics_are_there_with_their_formula() -> None:
    assert {metric.number for metric in SUITE} == set(range(1, 25))
    assert len({metric.key for metric in SUITE}) == len(SUITE)
    assert {metric.key for metric in SUITE if metric.gate} == GATES
    for metric in SUITE:
        assert "§6" in metric.formula, metric.key
        assert metric.formula.endswith((".", ".)")), metric.key


def test_the_score_is_made_of_its_parts_by_hand() -> None:
    cars = film(shown={0: {"label:Car": 1.0}, 1: {"label:Car": 1.0}, 2: {"label:Car": 1.0}})
    driver = profile(labels={"Car": 1.0})
    measured = Measurements(optimum=0.9)
    judgement = judged(
        cars, plan((0, 50), (300, 350)), driver, others={"x": plan((0, 50), (500, 550))}, measured=measured
    )
    expected = {
        "lift": 1.5 / 6,
        "coverage": 1.0,
        "novelty": 1.0,
        "separation": 1 - 50 / 150,
        "pacing": (1 + 0) / 2,  # 2 s a shot is right, no variation is not, two clips have no trend
        "stage": 0.0,  # (.331 + .19 + .24 + .198 + .133 + .049) / 2 = 0.57 is beyond 0.4
        "optimality": 0.9,
    }
    assert judgement.parts == pytest.approx(expected)
    weights = {"lift": 0.25, "coverage": 0.15, "novelty": 0.1, "separation": 0.15, "pacing": 0.15}
    weights |= {"stage": 0.1, "optimality": 0.1}
    assert judgement.quality == pytest.approx(100 * sum(weights[name] * expected[name] for name in weights))
    assert judgement.score == judgement.quality


def test_unmeasured_parts_leave_their_weight_to_the_others() -> None:
    judgement = judged(film(), plan((0, 50), (300, 350)))
    assert set(judgement.parts) == {"pacing", "stage"}
    pacing, stage = judgement.parts["pacing"], judgement.parts["stage"]
    assert judgement.quality == pytest.approx(100 * (0.15 * pacing + 0.1 * stage) / 0.25)


def test_one_failed_gate_makes_the_score_zero() -> None:
    black = film(technical=(("BlackFrames", 0, 10),))
    judgement = judged(black, plan((0, 50), (300, 350)))
    assert judgement.failed_gates == ("technical_leakage",)
    assert judgement.quality > 0
    assert judgement.score == 0


def test_a_missed_soft_target_fails_no_gate() -> None:
    judgement = judged(film(), plan((50, 150)))
    assert judgement.readings["shot_cuts"].verdict == "miss"
    assert judgement.failed_gates == ()


@pytest.mark.parametrize(
    ("target", "value", "holds", "shortfall", "text"),
    [
        (Target(0.98, 1.0), 0.97, False, 0.01, "0.98 to 1"),
        (Target(0.98, 1.0), 1.0, True, 0.0, "0.98 to 1"),
        (Target(3), 2.5, False, 0.5, ">= 3"),
        (Target(None, 0.2), 0.25, False, 0.05, "<= 0.2"),
        (Target(0, 0), 2, False, 2.0, "0"),
        (Target(), 7, True, 0.0, ""),
    ],
)
def test_targets(target: Target, value: float, holds: bool, shortfall: float, text: str) -> None:
    assert target.holds(value) is holds
    assert target.shortfall(value) == pytest.approx(shortfall)
    assert str(target) == text


def test_nearness_falls_in_proportion_to_the_missed_bound() -> None:
    # One shot of 0.8 s: half of the 1.6 s that are the least.
    assert nearness(judged(film(), plan((0, 20))).readings["shot_length"]) == pytest.approx(0.5)
    # One of 3.9 s: half as much again as the most of 2.6 s.
    assert nearness(judged(film(), plan((0, 97))).readings["shot_length"]) == pytest.approx(1 - 1.28 / 2.6)
    assert nearness(judged(film(), plan((0, 50))).readings["shot_length"]) == 1.0


def test_an_empty_plan_is_judged_without_a_crash() -> None:
    judgement = judged(film(), plan())
    assert judgement.failed_gates == ("budget",)
    assert judgement.score == 0
