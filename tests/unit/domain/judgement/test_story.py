"""Stages, scenes, order, rhythm and intensity, computed by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.domain.judgement.films import film, judged, plan, profile
from trailer.domain.planning.plan import TrailerPlan


def acts(trailer: TrailerPlan, *names: str) -> TrailerPlan:
    clips = tuple(replace(clip, act=name) for clip, name in zip(trailer.clips, names, strict=True))
    return replace(trailer, clips=clips)


def test_stage_distance_is_half_the_difference_to_official_shares() -> None:
    # Parts of 1,000 frames end at 100, 250, 500, 750, 945. All from the second part:
    # (.169 + |1 - .190| + .260 + .198 + .133 + .049) / 2 = 0.81.
    assert judged(film(), plan((100, 200))).value("stage_distance") == pytest.approx(0.8095, abs=1e-9)
    official = plan((0, 17), (100, 119), (250, 276), (500, 520), (750, 763), (945, 950))
    reading = judged(film(), official).readings["stage_distance"]
    shares = [17 / 100, 19 / 100, 26 / 100, 20 / 100, 13 / 100, 5 / 100]
    wished = [0.169, 0.190, 0.260, 0.198, 0.133, 0.049]
    assert reading.value == pytest.approx(sum(abs(a - b) for a, b in zip(shares, wished, strict=True)) / 2)
    assert reading.verdict == "pass"


def test_a_clip_over_two_stages_counts_for_both() -> None:
    both = judged(film(), plan((50, 150))).value("stage_distance")
    assert both == pytest.approx((abs(0.5 - 0.169) + abs(0.5 - 0.190) + 0.260 + 0.198 + 0.133 + 0.049) / 2)


def test_scene_spread() -> None:
    assert judged(film(), plan((0, 50), (50, 100), (200, 300))).value("scene_spread") == pytest.approx(2 / 3)
    assert judged(film(), plan((0, 50), (50, 100))).readings["scene_spread"].verdict == "miss"
    # More clips than scenes: the scenes are the limit.
    assert judged(film(shots=2), plan((0, 50), (50, 90), (100, 150))).value("scene_spread") == 1.0


def test_cast_recall_asks_for_the_five_with_the_most_screen_time() -> None:
    names = "ABCDEF"
    shown = {index: {f"celebrity:{name}": 0.95} for index, name in enumerate(names)}
    shown[6] = shown[7] = shown[8] = shown[9] = {f"celebrity:{name}": 0.95 for name in "ABCDE"}
    people = film(shown=shown)
    reading = judged(people, plan((0, 100), (100, 200), (500, 600))).readings["cast_recall"]
    assert (reading.value, reading.verdict) == (2 / 5, "miss")
    assert judged(people, plan((600, 700))).value("cast_recall") == 1.0
    assert judged(film(), plan((0, 100))).value("cast_recall") is None


def test_order_leaves_the_hook_out() -> None:
    trailer = acts(plan((800, 850), (0, 50), (200, 250), (100, 150)), "hook", "setup", "conflict", "montage")
    # Of three pairs two agree and one does not.
    assert judged(film(), trailer).value("order") == pytest.approx(1 / 3)
    assert judged(film(), trailer).readings["order"].verdict == "miss"
    chronological = acts(
        plan((800, 850), (0, 50), (200, 250), (300, 350)), "hook", "setup", "conflict", "montage"
    )
    assert judged(film(), chronological).value("order") == 1.0


def test_inversions_are_counted_inside_acts_only() -> None:
    clips = plan((300, 350), (200, 250), (100, 150), (500, 550))
    assert judged(film(), acts(clips, "setup", "setup", "conflict", "conflict")).value("inversions") == 1
    assert judged(film(), acts(clips, "hook", "setup", "conflict", "montage")).value("inversions") == 0


def test_shot_length_counts_cuts_inside_clips_and_scales_by_pace() -> None:
    # (50, 150) holds a cut: three shots in 150 frames = 6 s, so 2 s each; the verdict is for 1.6 to 2.6.
    assert judged(film(), plan((50, 150), (300, 350))).value("shot_length") == pytest.approx(2.0)
    slow = profile(pace={"mean_clip_s": "4.4", "min_s": "0.8", "max_s": "8"})
    reading = judged(film(), plan((50, 150), (300, 350)), slow).readings["shot_length"]
    assert reading.value == pytest.approx(1.0)
    assert reading.verdict == "miss"


def test_shot_variation() -> None:
    # 25 and 75 frames: mean 50, deviation 25.
    assert judged(film(), plan((0, 25), (200, 275))).value("shot_variation") == pytest.approx(0.5)
    reading = judged(film(), plan((0, 50), (200, 250))).readings["shot_variation"]
    assert (reading.value, reading.verdict) == (0.0, "miss")


def test_acceleration_leaves_the_button_out() -> None:
    quicker = plan((0, 100), (100, 190), (200, 270), (300, 350), (400, 405))
    assert judged(film(), quicker).value("acceleration") == pytest.approx(-1.0)
    button = plan((0, 100), (100, 190), (200, 270), (300, 350), (400, 440), (500, 520), (600, 625))
    # The last clip is centred beyond 92 % of the trailer.
    assert judged(film(), button).value("acceleration") == pytest.approx(-1.0)
    slower = judged(film(), plan((0, 50), (100, 170), (200, 290), (300, 320))).readings["acceleration"]
    assert slower.value == pytest.approx(1.0)
    assert slower.verdict == "miss"


def test_intensity_follows_hook_drop_rise_stop_and_button() -> None:
    # Ten equal clips are centred at 0.05, 0.15 … 0.95 of the trailer.
    wished = [
        0.7,
        *(0.3 + 0.7 * (x - 0.12) / 0.78 for x in (0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85)),
        0.5,
    ]
    lively = film(cues={i: {"cut_rate": level} for i, level in enumerate(wished)})
    clips = plan(*((100 * i, 100 * i + 50) for i in range(10)))
    assert judged(lively, clips).value("intensity") == pytest.approx(1.0)
    calming = film(cues={i: {"cut_rate": 1 - level} for i, level in enumerate(wished)})
    reading = judged(calming, clips).readings["intensity"]
    assert reading.value == pytest.approx(-1.0)
    assert reading.verdict == "miss"
    assert judged(film(), clips).value("intensity") is None
