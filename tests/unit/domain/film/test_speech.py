"""No clip of any trailer cuts a word, and talk lasts long enough to be understood."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.quality.rules import broken_rules, flashes
from tests.quality.titles import title_detections
from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.film.detections import MillisecondSpan
from trailer.domain.film.speech import Speech, spoken_frames
from trailer.domain.judgement import judge
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import get_profile, load_profiles
from trailer.domain.time.timecode import FrameRange

RATE = Fraction(25)
PROFILES = sorted(load_profiles())


def spans(*milliseconds: tuple[int, int]) -> list[MillisecondSpan]:
    return [MillisecondSpan(start, end) for start, end in milliseconds]


def film(words: list[MillisecondSpan], seconds: int = 240, seed: int = 3) -> Analysis:
    detections, media = title_detections(seed, seconds)
    spoken = replace(detections, speech=tuple(words), detectors=detections.detectors | {"speech"})
    return analyse("film", spoken, media)


def test_a_word_holds_every_frame_that_it_touches() -> None:
    # 40 ms a frame: 1001 ms is in frame 25, 1399 ms in frame 34, which is part of the word.
    assert spoken_frames(spans((1001, 1399)), RATE, 100)[0] == (FrameRange(25, 35),)
    assert spoken_frames(spans((1000, 1000)), RATE, 100)[0] == (FrameRange(25, 26),)


def test_words_that_overlap_are_one_and_words_that_touch_are_two() -> None:
    found, _ = spoken_frames(spans((0, 400), (400, 800), (700, 1200)), RATE, 1000)
    assert found == (FrameRange(0, 10), FrameRange(10, 30))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (spans((0, 900), (5000, 6000)), "1 of 2 times of the transcript lie after the film"),
        (spans((0, 1950), (1990, 3970)), "hardly any silence"),
    ],
)
def test_a_transcript_of_another_film_or_without_silence_is_not_used(
    words: list[MillisecondSpan], said: str
) -> None:
    found, doubts = spoken_frames(words, RATE, 100)
    assert found is None
    assert said in doubts[0]


def test_a_caption_that_stays_for_ever_is_not_believed_and_the_others_are() -> None:
    found, doubts = spoken_frames(spans((0, 1000), (2000, 20_000)), RATE, 5000)
    assert found == (FrameRange(0, 25),)
    assert doubts == ("1 words or captions last longer than 15 seconds; they are not believed.",)


def test_a_gap_of_speech_begins_120_ms_after_a_word_and_ends_80_ms_before_the_next() -> None:
    speech = Speech([FrameRange(50, 60), FrameRange(80, 90)], [], RATE, 200)
    inside = [frame for frame in range(60, 81) if speech.ends.allows(frame)]
    assert (inside[0], inside[-1]) == (63, 78)


def test_a_cut_of_the_film_may_lie_nearer_to_a_word_but_not_inside() -> None:
    speech = Speech([FrameRange(50, 60)], [55, 61], RATE, 200)
    assert speech.starts.allows(61) and speech.ends.allows(61)
    assert not speech.starts.allows(55) and not speech.ends.allows(55)
    assert speech.interrupts(55) and not speech.interrupts(50) and not speech.interrupts(60)


def test_no_clip_begins_or_ends_within_half_a_second_of_a_cut_that_it_would_show() -> None:
    speech = Speech([FrameRange(10, 12)], [100], RATE, 200)
    assert [frame for frame in range(80, 121) if not speech.starts.allows(frame)] == list(range(88, 100))
    assert [frame for frame in range(80, 121) if not speech.ends.allows(frame)] == list(range(101, 113))


frames = st.integers(0, 400)


@given(
    st.lists(st.tuples(frames, st.integers(1, 30)), max_size=12), st.sets(frames, max_size=6), frames, frames
)
def test_looking_for_a_place_finds_what_trying_every_frame_finds(
    words: list[tuple[int, int]], cuts: set[int], one: int, other: int
) -> None:
    found, _ = spoken_frames(spans(*((a * 40, (a + n) * 40) for a, n in words)), RATE, 2000)
    openings = Speech(found or (), cuts, RATE, 2000).ends
    low, high = sorted((one, other))
    there = [frame for frame in range(low, high + 1) if openings.allows(frame)]
    assert openings.first(low, high) == (there[0] if there else None)
    assert openings.last(low, high) == (there[-1] if there else None)
    middle = (low + 3 * high) // 4
    nearest = min(there, key=lambda frame: (abs(frame - middle), frame), default=None)
    assert openings.nearest(middle, low, high) == nearest
    assert [frame for own in openings.between(low, high) for frame in range(own.start, own.end)] == there


WORDS, CAPTIONS = (80, 500), (900, 6000)
SECONDS = 240


def talk(seed: int, lengths: tuple[int, int], pause: int) -> list[MillisecondSpan]:
    """Words or captions with pauses up to so many milliseconds, from somewhere at the start of a film."""
    random = Random(seed)
    found, at = [], random.randint(0, 3000)
    for _ in range(random.choice((40, 100, 300))):
        end = at + random.randint(*lengths)
        if end >= 1000 * SECONDS:
            break
        found.append(MillisecondSpan(at, end))
        at = end + random.randint(0, pause)
    return found


# A smaller seed is no simpler film, so nothing is shrunk.
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    st.integers(0, 10**6),
    st.sampled_from([(WORDS, 300), (WORDS, 2500), (WORDS, 20_000), (CAPTIONS, 300), (CAPTIONS, 2500)]),
    st.sampled_from(PROFILES),
    st.sampled_from([250, 375, 750]),
)
def test_no_trailer_cuts_a_word_or_breaks_another_rule(
    seed: int, rhythm: tuple[tuple[int, int], int], profile: str, limit: int
) -> None:
    analysis, request = film(talk(seed, *rhythm), SECONDS, seed % 4), PlanRequest(limit)
    plan = plan_trailer(analysis, get_profile(profile), request)
    judgement = judge(analysis, plan, get_profile(profile))
    assert broken_rules(plan, analysis, request) == []
    assert flashes(plan, analysis) == []
    if analysis.words is not None:
        assert judgement.value("cut_words") == 0
        assert judgement.value("clean_cuts") == 1
    # Captions leave few cut points, so that not every sum can be reached; without gaps between them, hardly any.
    fill = {(CAPTIONS, 2500): 0.8, (CAPTIONS, 300): 0.0}.get(rhythm, 0.95)
    assert fill * limit <= plan.frames


def dialogue(seconds: int) -> list[MillisecondSpan]:
    """Ten seconds of talk, ten of silence: words of 250 ms, a pause of half a second after every eighth."""
    starts = [
        20_000 * turn + 2_500 * phrase + 250 * word
        for turn in range(seconds // 20)
        for phrase in range(4)
        for word in range(8)
    ]
    return [MillisecondSpan(start, start + 240) for start in starts]


def test_clips_in_which_people_talk_last_three_to_eight_seconds() -> None:
    analysis = film(dialogue(600), 600)
    talked = 0
    for profile in PROFILES:
        plan = plan_trailer(analysis, get_profile(profile), PlanRequest(1500))
        assert analysis.speech is not None
        talk = [clip.source for clip in plan.clips if analysis.speech.is_talk(clip.source)]
        assert all(75 <= clip.length <= 200 for clip in talk)
        talked += len(talk)
    assert talked > 8


def test_a_viewer_who_likes_talk_gets_more_of_it() -> None:
    analysis = film(dialogue(600), 600)
    assert analysis.speech is not None

    def spoken(weight: float) -> int:
        viewer = replace(get_profile("comedy"), speech=weight)
        plan = plan_trailer(analysis, viewer, PlanRequest(1500))
        assert (weight > 0) == any("speech" in clip.parts for clip in plan.clips)
        return sum(analysis.speech.spoken(clip.source) for clip in plan.clips)

    assert spoken(1.0) > 1.5 * spoken(0.0)


def test_without_a_transcript_nothing_is_said_about_speech() -> None:
    detections, media = title_detections(3, 240)
    analysis = analyse("film", detections, media)
    assert analysis.words is None and analysis.speech is None
    assert not any("speech" in moment.cues for moment in analysis.moments)


def test_a_pin_that_cuts_a_word_is_widened_to_the_silence_around_it() -> None:
    analysis = film(spans(*((60_000 + 600 * n, 60_500 + 600 * n) for n in range(5))))
    pin = FrameRange(1503, 1570)
    plan = plan_trailer(analysis, get_profile("comedy"), PlanRequest(750, pins=(pin,)))
    clip = next(clip.source for clip in plan.clips if clip.source.contains(pin))
    assert analysis.speech is not None
    assert not analysis.speech.interrupts(clip.start) and not analysis.speech.interrupts(clip.end)


def test_words_are_kept_in_their_order_and_apart() -> None:
    analysis = film(dialogue(240))
    assert all(one.end <= other.start for one, other in pairwise(analysis.words or ()))
