"""The baselines do what they say, by hand on films of ten shots, and never more than they may."""

from __future__ import annotations

import pytest

from tests.unit.domain.judgement.films import film, profile
from trailer.domain.judgement import BASELINES, Rivals, Yardstick
from trailer.domain.judgement.baselines import random_clips, thirds, uniform_clips
from trailer.domain.time.timecode import FrameRange

VIEWER = profile(labels={"Car": 1.0})
LOGO = film(technical=(("StudioLogo", 0, 100),), content=(100, 1000))


def ranges(*pairs: tuple[int, int]) -> list[FrameRange]:
    return [FrameRange(*pair) for pair in pairs]


def test_uniform_clips_are_centred_in_equal_parts_of_what_may_be_shown() -> None:
    # Eligible are 0 to 900; three parts have their middles at 150, 450, 750; a clip has 55 frames.
    assert uniform_clips(Yardstick(film(), VIEWER), 165) == ranges((150, 205), (450, 505), (750, 805))


def test_uniform_clips_keep_off_gates() -> None:
    # Eligible are 101 to 910: one part, its middle 404 frames in.
    assert uniform_clips(Yardstick(LOGO, VIEWER), 55) == ranges((505, 560))


def test_random_clips_depend_on_the_seed_alone_and_are_showable() -> None:
    yard = Yardstick(LOGO, VIEWER)
    drawn = [random_clips(yard, 150, seed) for seed in range(20)]
    assert drawn == [random_clips(yard, 150, seed) for seed in range(20)]
    assert len({tuple(clips) for clips in drawn}) > 10
    for clips in drawn:
        assert [clip.length for clip in clips].count(55) == 2
        assert sum(clip.length for clip in clips) == 150
        assert all(clip.start >= 101 and clip.end <= 910 for clip in clips)


def test_top_k_takes_the_surest_shots_and_cuts_the_last() -> None:
    sure = film(
        shown={2: {"label:Tree": 0.5}, 4: {"label:Tree": 0.9}, 7: {"label:Car": 0.7, "label:Tree": 0.3}}
    )
    clips = Rivals(sure).confident_shots(Yardstick(sure, VIEWER), 230)
    # Means: shot 4 0.9, then shots 2 and 7 with 0.5, the earlier first; 30 frames are left for shot 7.
    assert clips == ranges((200, 300), (400, 500), (700, 730))


def test_similarity_scenes_draw_in_what_lies_between_like_shots_and_stop_at_cues() -> None:
    beach, bar = {"label:Sea": 0.8}, {"label:Beer": 0.9}
    shown = {0: beach, 1: bar, 2: beach, 4: bar, 6: bar, 7: bar}
    plain = film(shown=shown)
    # Shots 1 to 7 belong together by the bar, and 0 to 2 by the beach: one scene from the first shot on.
    assert Rivals(plain).similar_scenes(250) == ranges((0, 250))
    broken = film(shown=shown, technical=(("BlackFrames", 500, 510),))
    # A break at shot 5 separates the bars of 6 and 7: the surest scene, though no gate keeps black out.
    assert Rivals(broken).similar_scenes(250)[-1] == FrameRange(600, 800)


def test_thirds_are_shared_30_40_30_and_know_no_gates() -> None:
    long_film = film(shots=200)
    clips = thirds(Yardstick(long_film, VIEWER), 1000)
    shares = [0, 0, 0]
    for clip in clips:
        shares[min(2, 3 * clip.start // 20000)] += clip.length
    assert shares == [300, 400, 300]


def test_thirds_reward_a_tag_of_the_profile() -> None:
    """The bonus of 0.1 on scores of 0.60 to 0.98 does not decide alone, but over seeds it shows."""
    tagged = film(shots=200, shown={i: {"label:Car": 1.0} for i in range(20, 30)})
    plain, liked = Yardstick(film(shots=200), VIEWER), Yardstick(tagged, VIEWER)

    def shown(yard: Yardstick) -> int:
        return sum(
            clip.start < 3000 and clip.end > 2000 for seed in range(30) for clip in thirds(yard, 1000, seed)
        )

    assert shown(liked) > shown(plain)


@pytest.mark.parametrize("limit", [30, 200, 5000])
def test_no_baseline_is_longer_than_allowed_or_shows_a_frame_twice(limit: int) -> None:
    yard = Yardstick(LOGO, VIEWER)
    plans = Rivals(LOGO).plans(yard, limit, seeds=3)
    assert tuple(plans) == BASELINES
    assert len(plans["random"]) == 3
    for drawn in plans.values():
        for made in drawn:
            assert 0 < made.frames <= limit
            frames = [frame for clip in made.clips for frame in range(clip.source.start, clip.source.end)]
            assert len(frames) == len(set(frames))


def test_a_film_of_which_nothing_may_be_shown_gives_empty_baselines() -> None:
    black = film(technical=(("BlackFrames", 0, 1000),))
    plans = Rivals(black).plans(Yardstick(black, VIEWER), 100, seeds=2)
    assert [len(made.clips) for name in ("random", "uniform", "top-k") for made in plans[name]] == [
        0,
        0,
        0,
        0,
    ]
