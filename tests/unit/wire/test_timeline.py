"""Protects: proxy, plan and trailer count frames on one timeline, and it is MediaConvert's."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer.wire.timeline import timeline_rate


@pytest.mark.parametrize(
    "rate", [Fraction(12), Fraction(25, 2), Fraction(15000, 1001), Fraction(18), Fraction(100), Fraction(120)]
)
def test_round_rates_are_constant_rates(rate):
    assert timeline_rate(rate, "mp4") == (rate, False)


@pytest.mark.parametrize(
    ("average", "grid"),
    [
        (Fraction(2987, 100), 30),
        (Fraction(2413, 100), 30),
        (Fraction(2391, 100), 24),
        (Fraction(172, 10), 24),
        (Fraction(4821, 100), 50),
        (Fraction(5883, 100), 60),
        (Fraction(5, 4), 5),
    ],
)
def test_an_average_is_rounded_up_to_the_next_whole_standard_rate(average, grid):
    assert timeline_rate(average, "quicktime") == (grid, True)


@pytest.mark.parametrize("container", ["mpegts", "avi", "mxf"])
def test_containers_without_variable_rates_are_taken_at_their_word(container):
    assert timeline_rate(Fraction(2987, 100), container) == (Fraction(2987, 100), False)


@pytest.mark.parametrize("rate", [Fraction(1, 10), Fraction(4, 5), Fraction(613, 10), Fraction(9993, 10)])
def test_what_no_grid_holds_stays_as_it_is_and_is_refused_later(rate):
    assert timeline_rate(rate, "mp4") == (rate, False)


@given(st.fractions(min_value=1, max_value=60, max_denominator=100_000))
def test_the_grid_loses_no_picture_on_average(declared):
    rate, variable = timeline_rate(declared, "mp4")
    assert rate >= declared * Fraction(9999, 10000)
    assert not variable or rate.denominator == 1
