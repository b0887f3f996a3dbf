"""Rounding is Python's, only faster."""

from __future__ import annotations

from math import nextafter

from hypothesis import given
from hypothesis import strategies as st

from trailer.domain.numbers import rounded

PLACES = st.integers(0, 12)


@given(st.floats(allow_nan=False, allow_infinity=False), PLACES)
def test_any_value_is_rounded_as_python_does(value: float, places: int) -> None:
    assert rounded(value, places) == round(value, places)


@given(st.floats(0, 2), PLACES)
def test_a_share_is_rounded_as_python_does(value: float, places: int) -> None:
    assert rounded(value, places) == round(value, places)


@given(st.integers(0, 10**6), PLACES, st.sampled_from([0.0, 1.0]))
def test_a_middle_and_what_lies_beside_it_are_rounded_as_python_does(
    number: int, places: int, aside: float
) -> None:
    middle = (2 * number + 1) / (2 * 10**places)
    for value in (middle, nextafter(middle, aside), nextafter(middle, 2 * middle)):
        assert rounded(value, places) == round(value, places)
