"""Clip lengths add up to the limit, to the frame, and follow the arc."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer.domain.planning.pacing import ARC, Bounds, allocate, arc
from trailer.domain.planning.story import Tempo
from trailer.domain.time.timecode import FrameRange

bounds = st.lists(
    st.builds(
        lambda low, more, cut: Bounds(low, low + more, cut),
        st.integers(1, 90),
        st.integers(0, 120),
        st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


@given(bounds, st.data())
def test_lengths_meet_every_reachable_budget_exactly(some: list[Bounds], data: st.DataObject) -> None:
    low, high = sum(b.shortest for b in some), sum(b.longest for b in some)
    budget = data.draw(st.integers(low, high))
    lengths = allocate(some, budget)
    assert sum(lengths) == budget
    assert all(b.shortest <= length <= b.longest for b, length in zip(some, lengths, strict=True))


@given(bounds, st.integers(1, 200))
def test_a_budget_above_all_material_takes_all_of_it(some: list[Bounds], more: int) -> None:
    lengths = allocate(some, sum(b.longest for b in some) + more)
    assert lengths == [b.longest for b in some]


def test_free_clips_get_shorter_towards_the_montage_and_longer_at_the_end() -> None:
    lengths = allocate([Bounds(10, 200, False)] * 12, 600)
    assert lengths[1] > lengths[6] > lengths[10]
    assert lengths[11] > lengths[10]


def test_clips_that_nearly_reach_a_cut_end_on_it() -> None:
    rigid = Bounds(20, 52, True)
    lengths = allocate([rigid, Bounds(20, 200, False), Bounds(20, 200, False)], 150)
    assert lengths[0] == 52
    assert sum(lengths) == 150


def test_a_part_of_the_story_above_its_quota_gives_frames_to_one_below() -> None:
    free, stages = [Bounds(10, 200, False)] * 12, [0] * 6 + [1] * 6
    plain = allocate(free, 600)
    balanced = allocate(free, 600, stages, [300.0, 300.0])
    assert sum(balanced) == 600
    assert abs(sum(balanced[:6]) - 300) < abs(sum(plain[:6]) - 300)


@given(bounds, st.data())
def test_quotas_never_cost_a_frame_of_the_budget(some: list[Bounds], data: st.DataObject) -> None:
    low, high = sum(b.shortest for b in some), sum(b.longest for b in some)
    budget = data.draw(st.integers(low, high))
    stages = data.draw(st.lists(st.integers(0, 2), min_size=len(some), max_size=len(some)))
    quotas = data.draw(st.lists(st.floats(0, high), min_size=3, max_size=3))
    lengths = allocate(some, budget, stages, quotas)
    assert sum(lengths) == budget
    assert all(b.shortest <= length <= b.longest for b, length in zip(some, lengths, strict=True))


@given(st.integers(1, 60), st.data())
def test_the_arc_stays_within_its_corners(count: int, data: st.DataObject) -> None:
    corners = [wish for _, wish in ARC]
    assert min(corners) <= arc(data.draw(st.integers(0, count - 1)), count) <= max(corners)


@pytest.mark.parametrize("count", [3, 5, 8, 40])
def test_the_last_breath_is_the_button_s_however_few_clips_there_are(count: int) -> None:
    lengths = allocate([Bounds(10, 500, False)] * count, 50 * count)
    assert lengths[-1] == max(lengths[count // 2 :])
    assert lengths[-1] > lengths[-2]


def test_a_clip_early_in_the_film_is_wished_longer_than_a_late_one_and_never_beyond_its_part() -> None:
    tempo, bounded = Tempo(FrameRange(0, 1000)), Tempo(FrameRange(0, 1000), (60, 80, 90, 70, 50, 0))
    wished = [tempo.length(frame, 50) for frame in range(0, 1000, 50)]
    assert wished == sorted(wished, reverse=True)
    assert wished[0] > 2 * 50 > 50 > 2 * wished[-1]
    assert bounded.length(0, 50) == 60
    assert bounded.length(850, 50) == tempo.length(850, 50)


@given(bounds, st.data())
def test_halving_the_price_finds_what_going_frame_by_frame_finds(
    some: list[Bounds], data: st.DataObject
) -> None:
    low, high = sum(b.shortest for b in some), sum(b.longest for b in some)
    budget = data.draw(st.integers(low, high))
    wished = [budget / len(some) * arc(index, len(some)) for index in range(len(some))]
    slow = [b.shortest for b in some]
    for _ in range(budget - low):
        open_clips = [i for i, b in enumerate(some) if slow[i] < b.longest]
        slow[min(open_clips, key=lambda i: (slow[i] - wished[i] + 0.5) / wished[i])] += 1
    free = [Bounds(b.shortest, b.longest, False) for b in some]

    def deviation(lengths: list[int]) -> float:
        return sum((length - wish) ** 2 / wish for length, wish in zip(lengths, wished, strict=True))

    assert deviation(allocate(free, budget)) == pytest.approx(deviation(slow), rel=1e-9, abs=1e-9)
