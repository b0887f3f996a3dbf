"""A trailer shows each picture of a scene once: what looks the same tells nothing new."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.domain.judgement.films import RATE, film, profile
from trailer.domain.planning.candidates import NO_LOOK, Candidate, CutRules
from trailer.domain.planning.looks import looks
from trailer.domain.planning.objective import build_objective
from trailer.domain.planning.selection import select
from trailer.domain.taste.relevance import relevance_track
from trailer.domain.time.timecode import FrameRange

SKY, TREE = {"label:Sky": 0.9, "label:Bird": 0.8}, {"label:Tree": 0.9}
FILM = film(shots=6, shown={0: SKY, 1: TREE, 2: {"label:Sky": 0.8, "label:Bird": 0.8}, 3: SKY, 4: TREE})


def clip(shot: int, scene: int = 0, value: float = 10.0) -> Candidate:
    frames = FrameRange(100 * shot, 100 * shot + 50)
    return Candidate(frames, frames, 50, 50, False, scene, value)


def look_of(*clips: Candidate) -> list[int]:
    return looks(FILM, clips, relevance_track(FILM, profile()))


def test_clips_of_a_scene_with_the_same_labels_look_the_same() -> None:
    squirrel, forest, squirrel_again = look_of(clip(0), clip(1), clip(2))
    assert squirrel == squirrel_again != forest


def test_each_scene_has_its_own_looks() -> None:
    here, there = look_of(clip(0, scene=0), clip(3, scene=1))
    assert here != there


def test_what_no_label_tells_of_looks_like_nothing_else() -> None:
    assert look_of(clip(5), replace(clip(5), scene=0)) == [NO_LOOK, NO_LOOK]


def test_of_two_clips_that_look_the_same_the_better_one_is_chosen() -> None:
    pool = [clip(0, value=30.0), clip(1, value=10.0), clip(2, value=40.0)]
    pool = [replace(one, look=look) for one, look in zip(pool, look_of(*pool), strict=True)]
    rules = CutRules.of(profile().pace, RATE)
    objective = build_objective(profile().objective, pool, {}, (1.0,) * 6, 150)
    assert {one.value for one in select(pool, (), objective, rules, 150).clips} == {10.0, 40.0}
    looser = replace(rules, repeats_looks=True)
    assert len(select(pool, (), objective, looser, 150).clips) == 3
