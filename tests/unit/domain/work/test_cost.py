"""Money is known before it is spent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.quality.titles import media_of
from trailer.domain.work.cost import estimate


def test_a_two_hour_film_with_all_detectors_costs_what_the_price_list_says() -> None:
    film = media_of(2 * 3600 * 25)
    cost = estimate(film, ["segments", "labels", "faces", "celebrities"])
    assert cost.parts["segments"] == Decimal("12.0000")
    assert cost.parts["faces"] == Decimal("12.0000")
    assert cost.total == Decimal("48.0445")


def test_each_part_is_named_and_the_parts_add_up() -> None:
    cost = estimate(media_of(7501), ["labels"], trailers=[30] * 3)
    assert set(cost.parts) == {"labels", "rendering", "workflow"}
    assert cost.total == sum(cost.parts.values())
    assert cost.parts["rendering"] == Decimal("0.0900")


def test_a_very_short_trailer_is_billed_at_the_minimum() -> None:
    short = estimate(media_of(7500), [], trailers=[Fraction(5)])
    ten = estimate(media_of(7500), [], trailers=[10])
    assert short == ten


def test_a_copy_for_rekognition_is_billed_by_the_films_length() -> None:
    cost = estimate(media_of(7500), ["labels"], proxy=True)
    assert cost.parts["proxy"] == Decimal("0.1200")
    assert cost.total == sum(cost.parts.values())


def test_naming_a_detector_twice_does_not_bill_it_twice() -> None:
    assert estimate(media_of(7500), ["labels", "labels"]) == estimate(media_of(7500), ["labels"])


def test_a_detector_without_a_price_is_an_error() -> None:
    with pytest.raises(KeyError):
        estimate(media_of(7500), ["telepathy"])
