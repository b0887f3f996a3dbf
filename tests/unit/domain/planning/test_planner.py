"""Whatever the film and the wish, a plan breaks no hard rule and fills its time to the frame."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.quality.rules import broken_rules, frames_of, loose_cuts
from tests.quality.titles import media_of, title, title_detections
from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.film.detections import (
    CueDetection,
    Detections,
    FaceDetection,
    LabelDetection,
    MillisecondSpan,
    ModerationDetection,
    ShotDetection,
)
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import get_profile, load_profiles
from trailer.domain.time.timecode import FrameRange
from trailer.errors import InfeasiblePlanError
from trailer.wire.plan import plan_hash

PROFILES = sorted(load_profiles())
RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)]
THEMES = {
    "Gun": "Weapons and Military",
    "Dog": "Animals and Pets",
    "Food": "Food and Beverage",
    "Sea": "Nature",
}


@st.composite
def films(draw: st.DrawFn) -> Analysis:
    """Films of any rhythm: no shots, one, tiny, equal or mixed ones, soft transitions, odd cues."""
    rate = draw(st.sampled_from(RATES))
    frames = draw(st.integers(120, 6000))
    lengths = draw(
        st.sampled_from([[frames], [40], [12, 15], [7], [30, 90, 200], [18, 55, 21, 140, 33, 9, 70]])
    )
    shots, start, number = [], 0, 0
    while start < frames:
        end = min(frames, start + lengths[number % len(lengths)])
        shots.append(ShotDetection(FrameRange(start, end), 90.0))
        start, number = end + (2 if number % 11 == 5 else 0), number + 1
    kinds = st.sampled_from(["BlackFrames", "EndCredits", "OpeningCredits", "Slate", "Content", "ColorBars"])
    cues = draw(
        st.lists(
            st.builds(
                lambda kind, at, length: CueDetection(FrameRange(at, at + length), kind, 90.0),
                kinds,
                st.integers(0, frames),
                st.integers(1, max(1, frames // 8)),
            ),
            max_size=4,
        )
    )
    times = st.integers(0, int(frames * 1000 / rate))
    labels = draw(
        st.lists(
            st.builds(
                lambda name, at, length, sure: LabelDetection(
                    MillisecondSpan(at, at + length), name, sure, (), (THEMES[name],)
                ),
                st.sampled_from(sorted(THEMES)),
                times,
                st.sampled_from([0, 400, 3000]),
                st.floats(50, 100),
            ),
            max_size=12,
        )
    )
    faces = draw(st.lists(st.builds(FaceDetection, times, st.just(99.0), st.floats(0.001, 0.5)), max_size=8))
    names = draw(st.sampled_from([frozenset({"segments"}), frozenset({"segments", "labels", "faces"})]))
    found = Detections(
        names,
        tuple(shots) if draw(st.integers(0, 9)) else (),
        tuple(cues),
        tuple(labels),
        tuple(faces),
    )
    return analyse("film", found, media_of(frames, rate))


ranges = st.builds(
    lambda start, length: FrameRange(start, start + length), st.integers(0, 5000), st.integers(1, 150)
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    films(),
    st.sampled_from(PROFILES),
    st.integers(20, 900),
    st.lists(ranges, max_size=2),
    st.lists(ranges, max_size=2),
)
def test_no_film_and_no_wish_makes_a_plan_break_a_hard_rule(
    analysis: Analysis, profile_id: str, limit: int, pins: list[FrameRange], bans: list[FrameRange]
) -> None:
    request = PlanRequest(limit, tuple(pins), tuple(bans))
    try:
        plan = plan_trailer(analysis, get_profile(profile_id), request)
    except InfeasiblePlanError as refused:
        assert str(refused).endswith(".")
        return
    assert broken_rules(plan, analysis, request) == []


@pytest.mark.parametrize("profile_id", PROFILES)
@pytest.mark.parametrize(("seconds", "limit"), [(90, 375), (600, 1500), (600, 361), (1800, 750)])
def test_a_film_of_ordinary_shots_is_filled_to_the_frame(profile_id: str, seconds: int, limit: int) -> None:
    analysis, request = title(7, seconds), PlanRequest(limit)
    plan = plan_trailer(analysis, get_profile(profile_id), request)
    assert plan.frames == limit
    assert broken_rules(plan, analysis, request) == []
    assert loose_cuts(plan, analysis) == []


@pytest.mark.parametrize("profile_id", PROFILES)
def test_a_film_of_one_single_shot_gives_the_best_windows_of_it(profile_id: str) -> None:
    detections, media = title_detections(4, 600)
    whole = (ShotDetection(FrameRange(0, media.frame_count), 99.0),)
    found = Detections(detections.detectors, whole, (), detections.labels, detections.faces)
    analysis, request = analyse("film", found, media), PlanRequest(750)
    plan = plan_trailer(analysis, get_profile(profile_id), request)
    assert plan.frames == 750
    assert len(plan.clips) >= 5
    assert broken_rules(plan, analysis, request) == []


def test_without_any_evidence_the_trailer_is_spread_over_the_story() -> None:
    shots = tuple(ShotDetection(FrameRange(60 * i, 60 * i + 60), 99.0) for i in range(200))
    analysis = analyse("film", Detections(frozenset({"segments"}), shots), media_of(12000))
    request = PlanRequest(750)
    plan = plan_trailer(analysis, get_profile("food_lifestyle"), request)
    assert plan.frames == 750
    assert broken_rules(plan, analysis, request) == []
    quarters = {clip.source.start * 4 // 12000 for clip in plan.clips}
    assert quarters == {0, 1, 2, 3}
    assert any("spread evenly" in warning for warning in plan.warnings)


def test_credits_over_most_of_the_film_do_not_take_it_away() -> None:
    detections, media = title_detections(4, 300)
    false = CueDetection(FrameRange(2000, media.frame_count), "EndCredits", 99.0)
    found = Detections(detections.detectors, detections.shots, (false,), detections.labels)
    plan = plan_trailer(analyse("film", found, media), get_profile("thriller"), PlanRequest(750))
    assert plan.frames == 750
    assert any("EndCredits" in warning for warning in plan.warnings)


def test_pins_are_in_and_bans_are_out() -> None:
    analysis = title(7, 600)
    free = plan_trailer(analysis, get_profile("family"), PlanRequest(750))
    ban = free.clips[0].source
    pin = FrameRange(5000, 5030)
    request = PlanRequest(750, (pin,), (ban,))
    plan = plan_trailer(analysis, get_profile("family"), request)
    assert plan.frames == 750
    assert broken_rules(plan, analysis, request) == []
    assert any("pinned by the request" in clip.reasons for clip in plan.clips)


@pytest.mark.parametrize(
    ("pins", "bans", "limit", "why"),
    [
        (((14_000, 14_050),), (), 750, "too near to the ending"),
        (((10, 60),), (), 750, "BlackFrames"),
        (((5000, 5050),), ((5040, 5060),), 750, "banned"),
        (((5000, 5050), (6000, 6050)), (), 60, "pins have"),
        (((99_000, 99_050),), (), 750, "beyond the film"),
        ((), ((0, 15_000),), 750, "Nothing of this film"),
        ((), (), 10, "too short"),
    ],
)
def test_what_can_not_be_is_refused_with_the_reason(
    pins: tuple[tuple[int, int], ...], bans: tuple[tuple[int, int], ...], limit: int, why: str
) -> None:
    request = PlanRequest(
        limit, tuple(FrameRange(*pin) for pin in pins), tuple(FrameRange(*ban) for ban in bans)
    )
    with pytest.raises(InfeasiblePlanError, match=why):
        plan_trailer(title(7, 600), get_profile("family"), request)


def test_what_a_profile_forbids_is_never_shown() -> None:
    detections, media = title_detections(4, 300)
    violence = ModerationDetection(MillisecondSpan(60_000, 180_000), "Weapon Violence", "Violence", 95.0)
    names = detections.detectors | {"moderation"}
    found = Detections(names, detections.shots, (), detections.labels, moderation=(violence,))
    analysis = analyse("film", found, media)
    shown = frames_of(plan_trailer(analysis, get_profile("family"), PlanRequest(750)))
    assert shown.isdisjoint(range(59 * 25 + 13, 181 * 25 - 12))
    other = frames_of(plan_trailer(analysis, get_profile("action_enthusiast"), PlanRequest(750)))
    assert not other.isdisjoint(range(60 * 25, 180 * 25))


def test_every_reason_to_leave_a_scene_out_has_a_code() -> None:
    analysis = title(7, 900)
    scenes = analysis.scenes
    ban = scenes[5].range
    plan = plan_trailer(analysis, get_profile("sports_fan"), PlanRequest(750, bans=(ban,)))
    codes = {item.scene: item.code for item in plan.rejected}
    assert codes[scenes[5].index] == "banned"
    assert codes[scenes[-2].index] in {"spoiler", "gated"}
    assert {"low_relevance", "no_budget"} & set(codes.values())


def test_the_same_inputs_give_the_same_plan() -> None:
    hashes = {
        plan_hash(plan_trailer(title(9, 300), get_profile("comedy"), PlanRequest(750))) for _ in range(3)
    }
    assert len(hashes) == 1
