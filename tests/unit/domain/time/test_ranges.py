"""Sets of frames behave like sets of frames."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from trailer.domain.time.ranges import covering, subtract, total, touches, union
from trailer.domain.time.timecode import FrameRange

ranges = st.lists(
    st.builds(
        lambda start, length: FrameRange(start, start + length), st.integers(0, 60), st.integers(1, 20)
    ),
    max_size=8,
)


def frames(of: object) -> set[int]:
    return {frame for own in of for frame in range(own.start, own.end)}  # type: ignore[attr-defined]


@given(ranges)
def test_union_keeps_every_frame_once_in_order(some: list[FrameRange]) -> None:
    merged = union(some)
    assert frames(merged) == frames(some)
    assert total(merged) == len(frames(some))
    assert all(one.end < other.start for one, other in pairwise(merged))


@given(ranges, ranges)
def test_subtract_leaves_exactly_the_other_frames(some: list[FrameRange], holes: list[FrameRange]) -> None:
    left = subtract(union(some), holes)
    assert frames(left) == frames(some) - frames(holes)
    assert list(left) == sorted(left)


@given(ranges, st.integers(0, 80))
def test_covering_finds_the_range_of_a_frame(some: list[FrameRange], frame: int) -> None:
    found = covering(union(some), frame)
    assert (found is not None) == (frame in frames(some))


@given(ranges, ranges)
def test_touches_tells_whether_a_frame_is_shared(some: list[FrameRange], others: list[FrameRange]) -> None:
    for other in others:
        assert touches(union(some), other) == bool(frames(some) & frames([other]))
