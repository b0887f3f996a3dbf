"""Whatever the shot detector says, shots end up in order, apart and inside the film."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from trailer.domain.film.detections import ShotDetection
from trailer.domain.film.shots import Shot, clean_shots, cut_rates
from trailer.domain.time.timecode import FrameRange

detected = st.lists(
    st.builds(
        lambda start, length: ShotDetection(FrameRange(start, start + length), 90.0),
        st.integers(0, 150),
        st.integers(1, 60),
    ),
    max_size=12,
)


@given(detected)
def test_shots_are_in_order_apart_and_inside_the_film(some: list[ShotDetection]) -> None:
    shots = clean_shots(some, 120)
    assert [shot.index for shot in shots] == list(range(len(shots)))
    assert all(one.range.end <= other.range.start for one, other in pairwise(shots))
    assert shots[-1].range.end <= 120


@given(detected, st.randoms(use_true_random=False))
def test_the_order_of_detections_does_not_matter(some: list[ShotDetection], random: object) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert clean_shots(some, 120) == clean_shots(shuffled, 120)


def test_without_shots_the_film_is_one() -> None:
    assert clean_shots([], 500) == (Shot(0, FrameRange(0, 500), 0.0),)


def test_a_new_shot_begins_where_it_was_detected() -> None:
    some = [ShotDetection(FrameRange(0, 60), 90.0), ShotDetection(FrameRange(50, 100), 90.0)]
    assert [shot.range for shot in clean_shots(some, 100)] == [FrameRange(0, 50), FrameRange(50, 100)]


def test_cut_rate_is_higher_where_shots_are_shorter() -> None:
    lengths = [100, 100, 100, 10, 10, 10, 10, 100, 100]
    start, some = 0, []
    for length in lengths:
        some.append(ShotDetection(FrameRange(start, start + length), 90.0))
        start += length
    rates = cut_rates(clean_shots(some, start), 100)
    assert max(rates) == max(rates[3:7])
    assert rates[4] > rates[0]
