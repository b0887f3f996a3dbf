"""A score is the sum of its named parts, and one thing seen counts once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quality.titles import title
from trailer.domain.film.concepts import Concept
from trailer.domain.film.evidence import Moment
from trailer.domain.taste.profiles import get_profile
from trailer.domain.taste.relevance import RelevanceTrack, opinions, relevance_track, score, tastes, wishes
from trailer.domain.time.timecode import FrameRange

ACTION = get_profile("action_enthusiast")


@given(st.dictionaries(st.text(max_size=6), st.floats(-1.5, 1.5), max_size=12))
def test_parts_add_up_to_the_score(found: dict[str, float]) -> None:
    value, parts = score(found)
    assert 0 <= value < 1
    assert sum(parts.values()) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("profile_id", ["romance", "thriller", "family"])
def test_parts_of_any_stretch_add_up_to_its_score(profile_id: str) -> None:
    analysis = title(2, 180)
    track = relevance_track(analysis, get_profile(profile_id))
    for start in range(0, 4000, 333):
        frames = FrameRange(start, start + 61)
        value, parts = track.explain(frames)
        assert abs(sum(parts.values()) - value) < 1e-9
        assert value == pytest.approx(track.integral(frames) / frames.length, abs=1e-9)


def concept(name: str, *parents: str, category: str = "Weapons and Military") -> Concept:
    return Concept("label", name, parents, (category,), 1.0)


def wished(*concepts: Concept) -> dict[str, float]:
    moment = Moment(FrameRange(0, 25), 0, tuple((index, 1.0) for index in range(len(concepts))))
    plain = replace(ACTION, energy={})
    return wishes(moment, opinions(concepts, plain), tastes(plain))


def test_the_strongest_word_of_a_lineage_speaks_for_it() -> None:
    assert wished(concept("Gun", "Weapon")) == {"label:Gun": 0.9}
    assert wished(concept("Rifle", "Weapon")) == {"label:Weapon": 0.8}


def test_a_category_speaks_only_for_labels_that_no_word_speaks_for() -> None:
    assert wished(concept("Sword", category="Weapons and Military")) == {"category:Weapons and Military": 0.9}
    assert wished(concept("Car", category="Weapons and Military")) == {"label:Car": 0.5}


def test_five_things_of_one_category_count_once() -> None:
    five = [concept(name) for name in ("Sword", "Rifle", "Spear", "Bow", "Axe")]
    assert wished(*five) == {"category:Weapons and Military": 0.9}


def test_what_the_profile_does_not_speak_of_is_worth_nothing() -> None:
    assert wished(concept("Table", category="Furniture and Furnishings")) == {}


def test_the_middle_of_a_rank_is_no_evidence() -> None:
    moment = Moment(FrameRange(0, 25), 0, (), {"cut_rate": 0.5})
    assert wishes(moment, {}, tastes(ACTION))["energy:cut_rate"] == 0
    slow = Moment(FrameRange(0, 25), 0, (), {"cut_rate": 0.0})
    assert wishes(slow, {}, tastes(ACTION))["energy:cut_rate"] < 0


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9), st.floats(0, 1)), min_size=1, max_size=12),
    st.integers(0, 90),
    st.integers(1, 60),
)
def test_a_track_is_the_sum_of_its_frames(
    parts: list[tuple[int, int, float]], start: int, length: int
) -> None:
    """Wherever a stretch begins and ends: with a moment, inside one, in a gap, or outside all."""
    moments, levels, position = [], {}, 0
    for number, (gap, frames, level) in enumerate(parts):
        own = FrameRange(position + gap, position + gap + frames)
        moments.append(Moment(own, number, ()))
        levels.update(dict.fromkeys(range(own.start, own.end), (number, level)))
        position = own.end
    track = RelevanceTrack(tuple(moments), tuple(level for _, _, level in parts), ())
    shown = [levels[frame] for frame in range(start, start + length) if frame in levels]
    assert track.integral(FrameRange(start, start + length)) == pytest.approx(
        sum(level for _, level in shown)
    )
    touched = sorted({number for number, _ in shown})
    assert list(track.overlapping(FrameRange(start, start + length))) == touched
