"""The measure of the storm: what no queue could beat, and how well the slots were used."""

from __future__ import annotations

import pytest

from tests.chaos.ideal import Stay, earliest_end, use_while_waiting


def test_two_slots_need_half_the_time_of_one():
    stays = [Stay(0, 100.0 * n, 100.0 * n + 100) for n in range(6)]
    assert earliest_end(stays, lambda at: 1) == pytest.approx(600, abs=10)
    assert earliest_end(stays, lambda at: 2) == pytest.approx(300, abs=10)


def test_no_job_ends_sooner_than_it_lasts():
    assert earliest_end([Stay(50, 50, 1050)], lambda at: 20) == 1050


def test_a_slot_that_is_empty_while_a_job_waits_is_counted():
    diligent = [Stay(0, 0, 100), Stay(0, 100, 200)]
    lazy = [Stay(0, 0, 100), Stay(0, 200, 300)]
    assert use_while_waiting(diligent, lambda at: 1) == 1
    assert use_while_waiting(lazy, lambda at: 1) == pytest.approx(0.5, abs=0.1)
