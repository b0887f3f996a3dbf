"""Time is exact: no frame is lost or invented by any of its notations."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer.domain.time.timecode import (
    FrameRange,
    from_timecode,
    is_drop_frame_rate,
    milliseconds_to_frame,
    seconds,
    to_timecode,
    whole_frames,
)

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
    Fraction(120),
    Fraction(15, 2),
]
rates = st.sampled_from(RATES)
frames = st.integers(min_value=0, max_value=6 * 3600 * 120)


@given(frames, rates)
def test_timecode_round_trips(frame: int, rate: Fraction) -> None:
    assert from_timecode(to_timecode(frame, rate), rate) == frame


@given(frames, rates)
def test_non_drop_timecode_round_trips_at_every_rate(frame: int, rate: Fraction) -> None:
    assert from_timecode(to_timecode(frame, rate, drop_frame=False), rate) == frame


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (0, "00:00:00;00"),
        (299, "00:00:09;29"),
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17981, "00:09:59;29"),
        (17982, "00:10:00;00"),
        (107892, "01:00:00;00"),
    ],
)
def test_drop_frame_skips_the_numbers_of_the_standard(frame: int, expected: str) -> None:
    assert to_timecode(frame, Fraction(30000, 1001)) == expected


def test_drop_frame_at_59_94_skips_four_numbers_a_minute() -> None:
    assert to_timecode(3600, Fraction(60000, 1001)) == "00:01:00;04"


def test_drop_frame_stays_with_the_clock() -> None:
    rate = Fraction(30000, 1001)
    an_hour = from_timecode("01:00:00;00", rate)
    assert abs(seconds(an_hour, rate) - 3600) < Fraction(1, 100)


@pytest.mark.parametrize("rate", [rate for rate in RATES if not is_drop_frame_rate(rate)])
def test_only_ntsc_rates_have_drop_frame(rate: Fraction) -> None:
    assert ";" not in to_timecode(1800, rate)
    with pytest.raises(ValueError, match="Drop-frame"):
        to_timecode(1800, rate, drop_frame=True)
    with pytest.raises(ValueError, match="drop-frame"):
        from_timecode("00:00:01;02", rate)


@pytest.mark.parametrize(
    "text", ["", "1:2:3:4", "00:00:60:00", "00:60:00:00", "00:00:00:24", "00:00:01.5", "abc"]
)
def test_what_is_no_timecode_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"timecode|frames"):
        from_timecode(text, Fraction(24))


def test_a_number_that_drop_frame_skips_is_refused() -> None:
    with pytest.raises(ValueError, match="skips"):
        from_timecode("00:01:00;01", Fraction(30000, 1001))


@given(frames, rates)
def test_milliseconds_rounded_down_give_the_frame_back(frame: int, rate: Fraction) -> None:
    assert milliseconds_to_frame(int(frame * 1000 / rate), rate) == frame


@given(frames, rates)
def test_milliseconds_rounded_to_nearest_give_the_frame_back(frame: int, rate: Fraction) -> None:
    assert milliseconds_to_frame(int(frame * 1000 / rate + Fraction(1, 2)), rate) == frame


@given(st.fractions(min_value=0, max_value=3600), rates)
def test_whole_frames_never_exceed_the_duration_and_waste_less_than_one(
    duration: Fraction, rate: Fraction
) -> None:
    count = whole_frames(duration, rate)
    assert seconds(count, rate) <= duration < seconds(count + 1, rate)


def test_whole_frames_reads_decimal_text_exactly() -> None:
    assert whole_frames("0.1", Fraction(30)) == 3
    assert whole_frames("29.97", Fraction(100)) == 2997


@pytest.mark.parametrize("bad", ["abc", "", "-1", "1/0"])
def test_whole_frames_refuses_what_is_no_duration(bad: str) -> None:
    with pytest.raises(ValueError, match=r"seconds|negative"):
        whole_frames(bad, Fraction(25))


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5), (-1, 3)])
def test_a_range_holds_at_least_one_frame_of_the_film(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="range"):
        FrameRange(start, end)


def test_ranges_that_touch_share_no_frame() -> None:
    one, other = FrameRange(0, 10), FrameRange(10, 20)
    assert not one.overlaps(other)
    assert one.intersection(other) is None
    assert one.shift(3).intersection(other) == FrameRange(10, 13)
    assert FrameRange(0, 20).contains(other)


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(-25)])
def test_a_frame_rate_is_positive(rate: Fraction) -> None:
    with pytest.raises(ValueError, match="positive"):
        to_timecode(1, rate)


def test_a_frame_number_is_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        to_timecode(-1, Fraction(25))
