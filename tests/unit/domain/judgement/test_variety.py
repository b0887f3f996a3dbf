"""How different clips and trailers are, and what repeated runs and the render say."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest

from tests.unit.domain.judgement.films import film, judged, plan, profile
from trailer.domain.judgement import Loudness, Measurements, Yardstick, distance, separation
from trailer.domain.planning.plan import GateSummary, Overlap, RejectedScene

WORDS = film(
    shown={
        0: {"label:Car": 1.0},
        1: {"label:Car": 0.6, "label:Gun": 0.8},
        2: {"label:Flower": 1.0},
        3: {"label:Car": 1.0},
    }
)


def test_redundancy_is_the_mean_cosine_of_all_pairs() -> None:
    # Cosines: (0, 1) 0.6, (0, 2) 0, (1, 2) 0.
    three = plan((0, 100), (100, 200), (200, 300))
    assert judged(WORDS, three).value("redundancy") == pytest.approx(0.6 / 3)
    assert judged(WORDS, three).value("adjacent_redundancy") == pytest.approx(0.6)
    same = judged(WORDS, plan((0, 100), (300, 400)))
    assert same.value("redundancy") == pytest.approx(1.0)
    assert same.readings["redundancy"].verdict == "miss"
    assert same.readings["adjacent_redundancy"].verdict == "miss"


def test_clips_without_labels_are_like_nothing() -> None:
    assert judged(WORDS, plan((0, 100), (500, 600), (300, 400))).value("redundancy") == pytest.approx(1 / 3)
    assert judged(WORDS, plan((500, 600), (600, 700))).value("redundancy") is None


def test_rarity_weighs_the_labels() -> None:
    common = replace(
        WORDS, concepts=tuple(replace(c, rarity=0.5 if c.name == "Car" else 1.0) for c in WORDS.concepts)
    )
    # Shot 1 is (0.3, 0.8) now, shot 0 still points along Car.
    cosine = 0.3 / sqrt(0.3**2 + 0.8**2)
    assert judged(common, plan((0, 100), (100, 200))).value("redundancy") == pytest.approx(cosine)


def test_distance_is_one_less_shared_by_either() -> None:
    assert distance(plan((0, 100)), plan((50, 150))) == pytest.approx(1 - 50 / 150)
    assert distance(plan((0, 100)), plan((0, 60), (60, 100))) == 0
    assert distance(plan((0, 100)), plan((100, 200))) == 1


def test_distances_to_other_profiles() -> None:
    others = {"romance": plan((0, 50), (200, 250)), "comedy": plan((0, 100)), "viewer": plan((0, 1))}
    judgement = judged(film(), plan((0, 100)), others=others)
    # romance: 50 shared of 150; comedy: the same; the viewer's own trailer is not compared.
    assert judgement.value("mean_distance") == pytest.approx((2 / 3 + 0) / 2)
    assert judgement.value("least_distance") == 0
    assert judgement.readings["least_distance"].verdict == "miss"
    assert judged(film(), plan((0, 100))).readings["mean_distance"].verdict == "unmeasured"


def test_dominance_is_lost_to_a_trailer_that_suits_the_viewer_better() -> None:
    driver = profile(labels={"Car": 1.0})
    others = {"romance": plan((200, 300)), "comedy": plan((0, 100))}
    best = judged(WORDS, plan((0, 100)), driver, others=others)
    assert best.value("dominance") == 1.0
    beaten = judged(WORDS, plan((100, 200)), driver, others=others).readings["dominance"]
    assert (beaten.value, beaten.verdict) == (0.5, "miss")


def test_separation_names_who_is_outdone() -> None:
    driver, florist = profile(labels={"Car": 1.0}), profile(id="florist", labels={"Flower": 1.0})
    yards = {"driver": Yardstick(WORDS, driver), "florist": Yardstick(WORDS, florist)}
    good = separation({"driver": plan((0, 100)), "florist": plan((200, 300))}, yards)
    assert (good.mean, good.least, good.outdone) == (1.0, 1.0, ())
    swapped = separation({"driver": plan((200, 300)), "florist": plan((200, 260))}, yards)
    assert swapped.mean == pytest.approx(0.4)
    assert swapped.outdone == ()
    wrong = separation({"driver": plan((200, 300)), "florist": plan((0, 100))}, yards)
    assert wrong.outdone == (("driver", "florist"), ("florist", "driver"))


def test_instability_is_the_mean_change_under_noise() -> None:
    measured = Measurements(noisy=(plan((0, 100)), plan((50, 150))))
    reading = judged(film(), plan((0, 100)), measured=measured).readings["instability"]
    assert reading.value == pytest.approx((0 + 2 / 3) / 2)
    assert reading.verdict == "miss"


@pytest.mark.parametrize(
    ("hashes", "value", "verdict"),
    [(("a", "a", "a"), 1, "pass"), (("a", "b", "a"), 2, "fail"), (("a",), None, "unmeasured")],
)
def test_determinism_counts_different_plans(hashes: tuple[str, ...], value: int | None, verdict: str) -> None:
    reading = judged(film(), plan((0, 100)), measured=Measurements(hashes=hashes)).readings["determinism"]
    assert (reading.value, reading.verdict) == (value, verdict)


def test_a_clip_is_explained_by_a_positive_cue_and_parts_that_add_up() -> None:
    good, silent, wrong, against = plan((0, 1), (1, 2), (2, 3), (3, 4)).clips
    clips = (
        good,
        replace(silent, reasons=()),
        replace(wrong, score=0.5 + 1e-8),
        replace(against, score=-0.1, parts={"label:Car": -0.1}),
    )
    reading = judged(film(), plan((0, 1), clips=clips)).readings["explained"]
    assert (reading.value, reading.verdict) == (0.25, "miss")
    assert judged(film(), plan((0, 1))).value("explained") == 1.0


def test_every_gate_and_unused_scene_needs_a_code() -> None:
    black = film(shots=3, technical=(("BlackFrames", 0, 10),))
    bare = judged(black, plan((100, 200))).readings["accounted"]
    assert (bare.value, bare.verdict) == (0.0, "miss")
    named = plan(
        (100, 200),
        gates=(GateSummary("BlackFrames", 1, 11),),
        rejected=(RejectedScene(0, "gated", "black"), RejectedScene(2, "low_relevance", "dull")),
    )
    assert judged(black, named).value("accounted") == 1.0
    assert judged(black, replace(named, rejected=named.rejected[:1])).value("accounted") == pytest.approx(
        2 / 3
    )


def test_what_the_render_measured_is_held_to_its_targets() -> None:
    fine = Measurements(
        loudness=Loudness(-23.4, -23.0, -2.0, 7.5), black_frames=0, optimum=0.97, human_tau=0.15
    )
    judgement = judged(film(), plan((0, 100)), measured=fine)
    assert judgement.value("loudness_error") == pytest.approx(0.4)
    names = ("loudness_error", "true_peak", "loudness_jump", "black_in_render", "optimality", "agreement")
    assert {judgement.readings[name].verdict for name in names} == {"pass"}
    bad = Measurements(loudness=Loudness(-20.0, -23.0, -1.0, 9.0), black_frames=3, optimum=0.9, human_tau=0.1)
    judgement = judged(film(), plan((0, 100)), measured=bad)
    assert [judgement.value(name) for name in names] == [3.0, -1.0, 9.0, 3.0, 0.9, 0.1]
    assert {judgement.readings[name].verdict for name in names} == {"miss"}
    unknown = judged(film(), plan((0, 100)))
    assert {unknown.readings[name].verdict for name in names} == {"unmeasured"}


def test_overlap_is_the_share_that_earlier_trailers_show_and_a_gate_beyond_the_limit() -> None:
    before = Measurements(earlier=(plan((0, 100)), plan((50, 150), (800, 900))))
    variant = plan((100, 200), (300, 400), overlap=Overlap((1, 2), 60, 50))
    judgement = judged(film(), variant, measured=before)
    assert judgement.value("overlap") == 50 / 200
    assert judgement.readings["overlap_beyond"].verdict == "pass"
    over = plan((100, 200), (300, 400), overlap=Overlap((1, 2), 20, 20))
    assert judged(film(), over, measured=before).value("overlap_beyond") == 30
    assert "overlap_beyond" in judged(film(), over, measured=before).failed_gates
    assert judged(film(), variant).readings["overlap_beyond"].verdict == "unmeasured"
