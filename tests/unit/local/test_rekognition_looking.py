"""Detectors that are asked for late see everything that they missed, or are told that they are too late."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from local.rekognition.measure import looking
from local.rekognition.measure.looking import Looker, Sample
from local.rekognition.measure.sampling import SampleClock

GREY = np.full((270, 480), 90, np.uint8)
SMALL = np.full((68, 120), 128, np.uint8)


def sample(number: int) -> Sample:
    return Sample(number, GREY, SMALL, SMALL, 0, closely=True, as_page=False)


def test_a_late_detector_looks_at_the_samples_that_it_missed() -> None:
    looker = Looker(frozenset({"faces"}))
    for number in range(5):
        looker.take(sample(number))
    assert looker.join(frozenset({"labels"}))
    looker.take(sample(5))
    seen = looker.finish()
    assert (
        sorted(seen.people) == sorted(seen.scenery) == sorted(seen.faces) == seen.looked == [0, 1, 2, 3, 4, 5]
    )


def test_after_the_last_sample_nobody_joins() -> None:
    looker = Looker(frozenset({"faces"}))
    looker.finish()
    assert not looker.join(frozenset({"labels"}))


def test_when_the_first_samples_are_gone_nobody_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "KEPT", 3)
    looker = Looker(frozenset())
    for number in range(30):
        looker.take(sample(number))
    assert not looker.join(frozenset({"labels"}))
    assert looker.finish().people == {}


def test_an_error_while_looking_reaches_the_decoder() -> None:
    looker = Looker(frozenset({"labels"}))
    looker.take(Sample(0, np.zeros((0, 0), np.uint8), SMALL, SMALL, 0, closely=True, as_page=False))
    with pytest.raises(Exception, match=r"\S"):
        looker.finish()


def test_every_settled_shot_is_looked_at_and_long_ones_again() -> None:
    clock = SampleClock(Fraction(24), Fraction(2))
    cuts = {100, 120}
    looked = [number for number in range(200) if clock.wants(number, 180.0 if number in cuts else 0.0)]
    assert looked == [8, 56, 108, 128, 176]
