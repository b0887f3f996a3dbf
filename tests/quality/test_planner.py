"""A trailer is worth more to its viewer than what simpler ways of choosing give."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations

import pytest

from tests.quality.baselines import top_by_confidence, uniform
from tests.quality.rules import broken_rules, frames_of, loose_cuts
from tests.quality.titles import title_detections
from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.ground import showable
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import get_profile, load_profiles
from trailer.domain.taste.relevance import RelevanceTrack, relevance_track
from trailer.domain.time.timecode import FrameRange

PROFILES = sorted(load_profiles())
SEEDS = (1, 2, 3)
SECONDS = 900
REQUEST = PlanRequest(750)


@cache
def film(seed: int, *, rich: bool = True) -> Analysis:
    detections, media = title_detections(seed, SECONDS, labels=rich, emotions=rich)
    return analyse(f"film-{seed}", detections, media)


@cache
def planned(seed: int, profile_id: str, *, rich: bool = True) -> TrailerPlan:
    return plan_trailer(film(seed, rich=rich), get_profile(profile_id), REQUEST)


def mean_relevance(track: RelevanceTrack, frames: set[int]) -> float:
    return sum(track.integral(FrameRange(frame, frame + 1)) for frame in frames) / len(frames)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("profile_id", PROFILES)
def test_the_plan_beats_uniform_and_top_confidence_choice(profile_id: str, seed: int) -> None:
    profile, analysis = get_profile(profile_id), film(seed)
    track = relevance_track(analysis, profile)
    eligible = showable(analysis, profile, (), Fraction(9, 10)).eligible
    labels = title_detections(seed, SECONDS)[0].labels
    ours = mean_relevance(track, frames_of(planned(seed, profile_id)))
    best_rival = max(
        mean_relevance(track, uniform(eligible, REQUEST.max_frames, 50)),
        mean_relevance(track, top_by_confidence(analysis, labels, eligible, REQUEST.max_frames)),
    )
    assert ours > 1.25 * best_rival


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rich", [True, False])
def test_no_plan_breaks_a_hard_rule_or_leaves_a_frame_unused(seed: int, rich: bool) -> None:
    for profile_id in PROFILES:
        plan = planned(seed, profile_id, rich=rich)
        assert broken_rules(plan, film(seed, rich=rich), REQUEST) == []
        assert loose_cuts(plan, film(seed, rich=rich)) == []
        assert plan.frames == REQUEST.max_frames


def distances(seed: int, *, rich: bool) -> list[float]:
    shown = {profile_id: frames_of(planned(seed, profile_id, rich=rich)) for profile_id in PROFILES}
    return [
        1 - len(shown[one] & shown[other]) / len(shown[one] | shown[other])
        for one, other in combinations(PROFILES, 2)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_profiles_get_different_trailers_from_ordinary_evidence(seed: int) -> None:
    found = distances(seed, rich=True)
    assert sum(found) / len(found) >= 0.6
    assert min(found) >= 0.3


@pytest.mark.parametrize("seed", SEEDS)
def test_profiles_differ_on_average_when_only_shots_and_plain_faces_are_known(seed: int) -> None:
    found = distances(seed, rich=False)
    assert sum(found) / len(found) >= 0.6


@pytest.mark.parametrize("seed", SEEDS)
def test_no_trailer_suits_a_viewer_clearly_better_than_the_viewer_s_own(seed: int) -> None:
    """The story has its price: calm clips early cost a few percent, which a faster profile need not pay."""
    for profile_id in PROFILES:
        track = relevance_track(film(seed), get_profile(profile_id))
        scores = {one: mean_relevance(track, frames_of(planned(seed, one))) for one in PROFILES}
        assert scores[profile_id] >= 0.95 * max(scores.values())


@pytest.mark.parametrize("profile_id", PROFILES)
def test_the_trailer_holds_the_pace_of_its_profile(profile_id: str) -> None:
    mean = get_profile(profile_id).pace.mean
    for seed in SEEDS:
        clips = planned(seed, profile_id).clips
        assert 0.7 * mean <= Fraction(30, len(clips)) <= 1.4 * mean
