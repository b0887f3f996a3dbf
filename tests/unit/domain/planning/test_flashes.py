"""No clip shows a neighbouring shot for less than 6 frames, whatever the rhythm of the film."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.quality.rules import broken_rules, flashes
from tests.quality.titles import media_of
from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.film.detections import Detections, ShotDetection
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.flashes import Cuts
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import get_profile, load_profiles
from trailer.domain.time.timecode import FrameRange

ordinary = st.sampled_from([28, 33, 40, 75])
tiny = st.sampled_from([0, 0, 1, 3, 5, 6, 8])
lengths = st.lists(st.tuples(ordinary, tiny), min_size=12, max_size=60).map(
    lambda pairs: [length for pair in pairs for length in pair if length]
)


def film(shots: list[int]) -> Analysis:
    edges = [0, *accumulate(shots)]
    found = tuple(ShotDetection(FrameRange(start, end), 99.0) for start, end in pairwise(edges))
    return analyse("film", Detections(frozenset({"segments"}), found), media_of(edges[-1]))


@settings(deadline=None, max_examples=60)
@given(lengths, st.sampled_from(sorted(load_profiles())), st.sampled_from([40, 250, 375, 1500]))
def test_films_with_tiny_shots_have_trailers_without_flashes(
    shots: list[int], profile_id: str, limit: int
) -> None:
    analysis, request = film(shots), PlanRequest(limit)
    plan = plan_trailer(analysis, get_profile(profile_id), request)
    assert flashes(plan, analysis) == []
    assert broken_rules(plan, analysis, request) == []


@pytest.mark.parametrize("limit", [250, 1000, 2000])
def test_a_run_does_not_end_on_a_whole_shot_of_five_frames(limit: int) -> None:
    analysis = film([28, 5] * 200)
    plan = plan_trailer(analysis, get_profile("action_enthusiast"), PlanRequest(limit))
    assert plan.frames == limit
    assert flashes(plan, analysis) == []


ranges = st.builds(
    lambda start, length: FrameRange(start, start + length), st.integers(0, 300), st.integers(12, 90)
)


@given(st.sets(st.integers(1, 400)), ranges, st.integers(0, 60), st.integers(0, 60))
def test_a_moved_window_stays_in_its_room_and_does_not_flash(
    edges: set[int], wished: FrameRange, before: int, after: int
) -> None:
    cuts = Cuts(edges)
    room = FrameRange(max(0, wished.start - before), wished.end + after)
    found = cuts.window(wished, room)
    assert room.contains(found)
    assert cuts.trimmed(found) == found
    assert found.length == wished.length or wished.contains(found)
