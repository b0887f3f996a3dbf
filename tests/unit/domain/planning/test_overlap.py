"""Variants of a trailer repeat earlier ones no more than asked, or are refused with the reason."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.quality.rules import broken_rules, frames_of
from tests.quality.titles import title
from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.overlap import Reuse, earlier_trailers
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import get_profile, load_profiles
from trailer.domain.time.timecode import FrameRange
from trailer.errors import InfeasiblePlanError
from trailer.wire.plan import plan_hash

PROFILES = sorted(load_profiles())
FULL = PlanRequest(375)


@cache
def film(seed: int, seconds: int = 420) -> Analysis:
    return title(seed, seconds)


def reuse(share: str, *plans: TrailerPlan) -> Reuse | None:
    clips = ((number, [clip.source for clip in plan.clips]) for number, plan in enumerate(plans, start=1))
    return earlier_trailers(clips, Fraction(share))


@cache
def first(seed: int, profile: str) -> TrailerPlan:
    return plan_trailer(film(seed), get_profile(profile), FULL)


def test_the_first_trailer_is_the_same_whatever_the_limit() -> None:
    assert reuse("0") is None
    limited = plan_trailer(film(1), get_profile("comedy"), replace(FULL, reuse=reuse("0")))
    assert plan_hash(limited) == plan_hash(first(1, "comedy"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 3), st.sampled_from(PROFILES), st.sampled_from(["0", "0.1", "0.3", "0.5", "0.9", "1"]))
def test_no_variant_repeats_more_than_its_share(seed: int, profile: str, share: str) -> None:
    before = first(seed, profile)
    request = replace(FULL, reuse=reuse(share, before))
    plan = plan_trailer(film(seed), get_profile(profile), request)
    repeated = len(frames_of(plan) & frames_of(before))
    assert repeated <= Fraction(share) * FULL.max_frames
    assert plan.overlap is not None
    assert (plan.overlap.versions, plan.overlap.frames) == ((1,), repeated)
    assert plan.frames == FULL.max_frames
    assert broken_rules(plan, film(seed), request) == []


def test_a_series_of_variants_repeats_none_of_those_before() -> None:
    made: list[TrailerPlan] = []
    for _ in range(4):
        request = replace(FULL, reuse=reuse("0", *made))
        made.append(plan_trailer(film(2), get_profile("thriller"), request))
    frames = [frames_of(plan) for plan in made]
    assert len(set().union(*frames)) == sum(map(len, frames)) == 4 * FULL.max_frames


def test_what_may_be_repeated_is_used_where_it_is_best() -> None:
    def worth(share: str, profile: str) -> float:
        request = replace(FULL, reuse=reuse(share, first(1, profile)))
        plan = plan_trailer(film(1), get_profile(profile), request)
        return sum(clip.score * clip.source.length for clip in plan.clips)

    new, mixed = (sum(worth(share, profile) for profile in PROFILES) for share in ("0", "0.6"))
    assert mixed > 1.05 * new


def test_the_same_limit_gives_the_same_variant() -> None:
    request = replace(FULL, reuse=reuse("0.2", first(1, "family")))
    plans = [plan_trailer(film(1), get_profile("family"), request) for _ in range(2)]
    assert plan_hash(plans[0]) == plan_hash(plans[1])


def test_a_film_that_is_used_up_is_refused_with_what_would_do() -> None:
    for seed in range(1, 6):
        small, viewer, request = film(seed, 60), get_profile("comedy"), PlanRequest(500)
        before = plan_trailer(small, viewer, request)
        with pytest.raises(InfeasiblePlanError) as refused:
            for _ in range(3):
                plan_trailer(small, viewer, replace(request, reuse=reuse("0.1", before)))
                before = plan_trailer(small, viewer, PlanRequest(1000))
        said = str(refused.value)
        assert said.startswith("At most 10 % of this trailer may repeat the earlier ones (version 1)")
        wanted = re.search(r"Allow an overlap of about (\d+) %", said)
        assert wanted is not None
        share = str(Fraction(int(wanted[1]), 100))
        plan = plan_trailer(small, viewer, replace(request, reuse=reuse(share, before)))
        assert plan.frames == request.max_frames


def test_pins_count_as_repeated() -> None:
    before = first(1, "comedy")
    pins = tuple(clip.source for clip in before.clips[:3])
    with pytest.raises(InfeasiblePlanError, match="The pins repeat"):
        plan_trailer(film(1), get_profile("comedy"), replace(FULL, pins=pins, reuse=reuse("0", before)))


def test_scenes_that_were_shown_are_left_out_for_that() -> None:
    before = first(1, "comedy")
    plan = plan_trailer(film(1), get_profile("comedy"), replace(FULL, reuse=reuse("0.2", before)))
    out = [item for item in plan.rejected if item.code == "reused"]
    assert all("Earlier trailers show" in item.detail for item in out)
    shown = Reuse((1,), tuple(sorted(clip.source for clip in before.clips)), Fraction(0))
    assert all(shown.repeated(film(1).scenes[item.scene].range) for item in out)


def test_frames_are_counted_once_where_earlier_trailers_share_them() -> None:
    both = earlier_trailers([(2, [FrameRange(5, 20)]), (1, [FrameRange(0, 10)])], Fraction(1, 3))
    assert both == Reuse((1, 2), (FrameRange(0, 20),), Fraction(1, 3))
    assert both.repeated(FrameRange(15, 30)) == 5
    assert both.limit(100) == 33
