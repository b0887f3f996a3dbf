"""A service that is made when it is first asked for: once, whoever asks, and again if that failed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.late import Late


def test_it_is_made_once_for_all_who_ask_at_the_same_time() -> None:
    together = threading.Barrier(8)
    late = Late(object)

    def ask(_: int) -> object:
        together.wait(10)
        return late()

    with ThreadPoolExecutor(8) as pool:
        found = set(map(id, pool.map(ask, range(8))))
    assert len(found) == 1
    assert found == set(map(id, late.made))


def test_nothing_is_made_before_anybody_asks() -> None:
    late = Late(object)
    assert late.made == []


def test_a_failure_is_its_callers_and_the_next_call_tries_again() -> None:
    answers = iter([OSError("the disk is full"), None])

    def make() -> str:
        if (answer := next(answers)) is not None:
            raise answer
        return "made"

    late = Late(make)
    with pytest.raises(OSError, match="the disk is full"):
        late()
    assert late() == "made"


def test_it_can_be_made_in_advance() -> None:
    late, seen = Late(object), threading.Event()
    late.prepare(lambda _: seen.set(), seconds=0)
    assert seen.wait(10)
    assert len(late.made) == 1
