"""The objective is monotone and submodular, which is what makes greedy choice good."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.objective import State, build_objective
from trailer.domain.planning.story import stage_of
from trailer.domain.taste.profiles import ObjectiveWeights
from trailer.domain.time.timecode import FrameRange

WEIGHTS = ObjectiveWeights(1.0, 0.3, 0.2, 0.4, 0.5)
WORDS = {"a": 0.9, "b": 0.4, "c": 0.1}


def candidate(
    index: int, value: float, scene: int, stage: int, concepts: dict[str, float], rising: float = 0.0
) -> Candidate:
    frames = FrameRange(100 * index, 100 * index + 50)
    return Candidate(frames, frames, 50, 50, False, scene, value * 50, stage, concepts, rising=rising)


candidates = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 3),
        st.integers(0, 4),
        st.dictionaries(st.sampled_from(sorted(WORDS)), st.floats(0.01, 1), max_size=3),
        st.floats(0, 1),
    ),
    min_size=2,
    max_size=10,
).map(lambda rows: [candidate(index, *row) for index, row in enumerate(rows)])


@given(candidates, st.data())
def test_more_never_hurts_and_helps_less_the_more_there_is(
    pool: list[Candidate], data: st.DataObject
) -> None:
    objective = build_objective(WEIGHTS, pool, WORDS, (0.2, 0.2, 0.2, 0.2, 0.2, 0.0), 200)
    new, others = pool[0], pool[1:]
    large = [one for one in others if data.draw(st.booleans())]
    small = [one for one in large if data.draw(st.booleans())]
    few, many = State(objective), State(objective)
    for one in small:
        few.add(one)
    for one in large:
        many.add(one)
    assert many.gain(new) >= -1e-12
    assert few.gain(new) >= many.gain(new) - 1e-9


@given(candidates)
def test_the_value_is_the_weighted_sum_of_the_terms(pool: list[Candidate]) -> None:
    objective = build_objective(WEIGHTS, pool, WORDS, (0.2, 0.2, 0.2, 0.2, 0.2, 0.0), 200)
    terms = objective.terms(pool[:3])
    weighted = sum(getattr(WEIGHTS, name) * value for name, value in terms.items())
    assert objective.value(pool[:3]) == pytest.approx(weighted)
    assert all(value >= 0 for value in terms.values())


def test_a_word_counts_once() -> None:
    pool = [candidate(index, 0.0, index, 0, {"a": 1.0}) for index in range(3)]
    plain = replace(WEIGHTS, diversity=0.0, stage=0.0)
    objective = build_objective(plain, pool, WORDS, (1.0, 0, 0, 0, 0, 0), 200)
    assert objective.value(pool[:1]) == objective.value(pool)


@pytest.mark.parametrize(
    ("frame", "stage"), [(100, 0), (199, 0), (200, 1), (350, 2), (600, 3), (850, 4), (1045, 5), (1099, 5)]
)
def test_parts_of_the_story_are_shares_of_the_content(frame: int, stage: int) -> None:
    assert stage_of(frame, FrameRange(100, 1100)) == stage
