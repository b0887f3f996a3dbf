"""Whatever the detectors answer and the profile says: a legal plan or a named refusal, never a crash."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.quality.fixtures import media_of, titles
from tests.quality.fixtures.answers import Row
from tests.quality.fixtures.story import Spec
from tests.quality.nonsense import EMOTIONS, WORDS, answers, damaged, odd, sound_shot
from tests.quality.rules import broken_rules, frames_of
from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.film.media import SourceMedia
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import ViewerProfile, get_profile, load_profiles, parse_profile
from trailer.domain.time.timecode import FrameRange
from trailer.errors import InfeasiblePlanError, InvalidProfileError, RejectedError, TrailerError
from trailer.wire.rekognition import parse_detections

PROFILES = sorted(load_profiles())
DAMAGED = 80
RATES = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001)]
many = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def film(seconds: int, rate: Fraction) -> SourceMedia:
    return media_of(Spec("any", rate, seconds, 1))


def planned(
    pages: dict[str, list[Row]], media: SourceMedia, profile: ViewerProfile, request: PlanRequest
) -> TrailerPlan | None:
    """The plan, checked; None where the product says by name why there is none."""
    try:
        analysis = analyse("any", parse_detections(pages, frame_rate=media.frame_rate), media)
        plan = plan_trailer(analysis, profile, request)
    except TrailerError as refusal:
        assert str(refusal).endswith(".")
        return None
    assert broken_rules(plan, analysis, request) == []
    assert not shows_denied(plan, analysis, profile)
    return plan


def shows_denied(plan: TrailerPlan, analysis: Analysis, profile: ViewerProfile) -> bool:
    shown = frames_of(plan)
    return any(
        profile.moderation.get(item.name.lower(), profile.moderation.get("*", 0.0)) <= -1.5
        and item.confidence >= 60
        and not shown.isdisjoint(range(item.range.start, item.range.end))
        for item in analysis.sensitive
    )


ranges = st.builds(
    lambda start, length: FrameRange(start, start + length), st.integers(0, 3500), st.integers(1, 200)
)
wishes = st.builds(
    PlanRequest,
    st.integers(1, 2000),
    st.sampled_from([0, 0, 1, 2]).flatmap(lambda most: st.lists(ranges, max_size=most)).map(tuple),
    st.lists(ranges, max_size=2).map(tuple),
    st.sampled_from([Fraction(9, 10), Fraction(1, 2), Fraction(1)]),
)


@many
@given(answers(), st.integers(3, 130), st.sampled_from(RATES), st.sampled_from(PROFILES), wishes)
def test_any_answers_and_any_wish_give_a_legal_plan_or_a_named_refusal(
    pages: dict[str, list[Row]], seconds: int, rate: Fraction, profile: str, request: PlanRequest
) -> None:
    plan = planned(pages, film(seconds, rate), get_profile(profile), request)
    event("refused" if plan is None else "planned")


weights = st.sampled_from([-1.5, -0.7, 0.0, 0.3, 1.5])


@st.composite
def tastes(draw: st.DrawFn) -> dict[str, Any]:
    """Profiles that contradict themselves, want nothing, or want everything."""
    level = draw(st.sampled_from([weights, st.just(0.0), st.just(-1.5), st.just(1.5)]))
    some = {word: draw(level) for word in ("Gun", "Weapon", "Dog", "Cooking")}
    quota = draw(st.sampled_from([[0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0], [0.2, 0.2, 0.2, 0.2, 0.1, 0.1]]))
    shortest = draw(st.sampled_from([0.8, 2.0, 9.0]))
    return {
        "id": "any",
        "version": 1,
        "pace": {"mean_clip_s": shortest, "min_s": shortest, "max_s": shortest + draw(st.sampled_from([0, 6]))},
        "labels": some,
        "categories": {name: draw(level) for name in WORDS.values()},
        "emotions": {name: draw(level) for name in EMOTIONS[:4]},
        "celebrities": {"*": draw(level), "Ada Moss": draw(level)},
        "moderation": {"Violence": draw(level), "*": draw(level)},
        "energy": {"cut_rate": draw(level), "brightness": draw(level), "darkness": draw(level)},
        "faces": draw(level),
        "two_shot": draw(level),
        "stage_quota": quota,
        "spoiler_cut": draw(st.sampled_from([0.01, 0.5, 1])),
        "objective": {
            "relevance": draw(st.sampled_from([1e-9, 1.0])),
            **{name: draw(st.sampled_from([0, 1.0, 1e6])) for name in ("coverage", "diversity", "stage")},
        },
    }  # fmt: skip


@many
@given(tastes(), st.sampled_from([1, 20, 47, 300, 1500, 6000, 10**7]))
def test_any_taste_gives_a_legal_plan_or_a_named_refusal(taste: dict[str, Any], limit: int) -> None:
    title = titles()["clip-4min"]
    request = PlanRequest(limit)
    try:
        plan = plan_trailer(title.analysis(), parse_profile(taste), request)
    except RejectedError as refusal:
        assert str(refusal).endswith(".")
        return
    assert broken_rules(plan, title.analysis(), request) == []


@given(st.sampled_from(["labels", "categories", "emotions", "faces", "stage_quota", "pace"]), odd)
def test_a_taste_that_is_no_taste_is_refused_by_name(field: str, value: Any) -> None:
    base = {
        "id": "any", "version": 1, "pace": {"mean_clip_s": 2, "min_s": 1, "max_s": 4},
        "stage_quota": [0, 0, 0, 0, 0, 1],
        "objective": {"relevance": 1, "coverage": 0, "diversity": 0, "stage": 0},
    }  # fmt: skip
    inside = {"labels": {"Gun": value}, "categories": {"Sports": value}, "emotions": {"FEAR": value}}
    wrong = {**base, field: inside.get(field, value)}
    try:
        parse_profile(wrong)
    except InvalidProfileError as refusal:
        assert str(refusal).endswith(".")


def test_damaged_answers_give_a_legal_plan_or_a_named_refusal() -> None:
    title = titles()["clip-4min"]
    sound = title.pages()
    for seed in range(DAMAGED):
        planned(damaged(sound, seed), title.media, get_profile(PROFILES[seed % 8]), PlanRequest(1200))


# The cases that the issue names, each on a film that is otherwise in order.


def clip_pages() -> dict[str, list[Row]]:
    return dict(titles()["clip-4min"].pages())


@pytest.mark.parametrize("missing", ["segments", "labels", "faces", "segments labels faces"])
@pytest.mark.parametrize("empty", [True, False])
def test_a_detector_that_is_missing_or_found_nothing_still_leaves_a_full_trailer(
    missing: str, empty: bool
) -> None:
    items = {"segments": "Segments", "labels": "Labels", "faces": "Faces"}
    pages = clip_pages()
    for name in missing.split():
        del pages[name]
        if empty:
            pages[name] = [{items[name]: []}]
    media = titles()["clip-4min"].media
    for profile_id in ("thriller", "food_lifestyle"):
        plan = planned(pages, media, get_profile(profile_id), PlanRequest(1798))
        assert plan is not None and plan.frames == 1798


def outcome(segments_of_film: list[Row], request: PlanRequest, seconds: int = 60) -> TrailerPlan | None:
    pages = clip_pages() | {"segments": [{"Segments": segments_of_film}]}
    return planned(pages, film(seconds, Fraction(25)), get_profile("comedy"), request)


def cue(kind: str, start: int, end: int) -> Row:
    return {
        "Type": "TECHNICAL_CUE",
        "StartFrameNumber": start,
        "EndFrameNumber": end,
        "TechnicalCueSegment": {"Type": kind, "Confidence": 99.0},
    }


def test_one_shot_for_the_whole_film_gives_a_full_trailer() -> None:
    plan = outcome([sound_shot(0) | {"EndFrameNumber": 1499}], PlanRequest(375))
    assert plan is not None and plan.frames == 375


def test_a_film_that_is_gated_from_end_to_end_is_refused_by_name() -> None:
    gates = [cue("BlackFrames", 0, 500), cue("StudioLogo", 500, 1000), cue("EndCredits", 1000, 1499)]
    shots = [sound_shot(start) for start in range(0, 1500, 55)]
    assert outcome(shots + gates, PlanRequest(375)) is None
    with pytest.raises(InfeasiblePlanError, match="Nothing of this film may be shown"):
        found = parse_detections({"segments": [{"Segments": shots + gates}]})
        plan_trailer(analyse("any", found, film(60, Fraction(25))), get_profile("comedy"), PlanRequest(375))


def test_labels_without_confidence_are_no_evidence() -> None:
    pages = clip_pages()
    for page in pages["labels"]:
        for row in page["Labels"]:
            row["Label"]["Confidence"] = 0.0
    media = titles()["clip-4min"].media
    plan = planned(pages, media, get_profile("food_lifestyle"), PlanRequest(1798))
    assert plan is not None and plan.frames == 1798
    assert not any(part.startswith(("label", "category")) for clip in plan.clips for part in clip.parts)


def test_shots_that_overlap_and_run_backwards_give_a_full_trailer() -> None:
    shots = [sound_shot(start) | {"EndFrameNumber": start + 90} for start in range(0, 1500, 55)]
    backwards = [sound_shot(800) | {"EndFrameNumber": 700}, sound_shot(-5), sound_shot(9000)]
    plan = outcome(shots + backwards, PlanRequest(375))
    assert plan is not None and plan.frames == 375


@pytest.mark.parametrize("limit", [1500, 1501, 10**7])
def test_a_limit_beyond_the_film_gives_what_may_be_shown_of_it(limit: int) -> None:
    plan = outcome([sound_shot(start) for start in range(0, 1500, 55)], PlanRequest(limit))
    assert plan is not None and 1500 * 0.85 <= plan.frames <= 1350
    assert plan.warnings
