"""The hard rules are measured to the frame: one frame too many is seen."""

from __future__ import annotations

import pytest

from tests.unit.domain.judgement.films import film, judged, plan, profile
from trailer.domain.film.analysis import SensitiveRange
from trailer.domain.time.timecode import FrameRange


@pytest.mark.parametrize(
    ("limit", "value", "verdict"),
    [(200, 1.0, "pass"), (204, 200 / 204, "pass"), (199, 200 / 199, "fail"), (250, 0.8, "fail")],
)
def test_budget(limit: int, value: float, verdict: str) -> None:
    reading = judged(film(), plan((0, 100), (200, 300), limit=limit)).readings["budget"]
    assert reading.value == pytest.approx(value)
    assert reading.verdict == verdict


def test_cut_points_count_as_on_a_cut_up_to_one_frame_away() -> None:
    # Starts at 99 (cut 100, one off) and 250 (none near); ends at 200 and 302 (two off).
    judgement = judged(film(), plan((99, 200), (250, 302)))
    assert judgement.value("shot_cuts") == 2 / 4
    assert judgement.readings["shot_cuts"].verdict == "miss"


def test_cut_points_inside_shots_need_to_know_where_words_are() -> None:
    loose, clean = plan((0, 150)), plan((0, 200))
    assert judged(film(), loose).readings["clean_cuts"].verdict == "unmeasured"
    assert judged(film(), clean).value("clean_cuts") == 1.0


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ((120, 146), 1.0),  # ends 4 frames (160 ms) before the cut at 150
        ((120, 148), 0.5),  # 80 ms before: less than the 120 ms that belong to a word
        ((153, 170), 1.0),  # starts 120 ms after the cut
        ((151, 170), 0.5),  # 40 ms: less than the 80 ms before a word
    ],
)
def test_cut_points_keep_off_words(word: tuple[int, int], value: float) -> None:
    reading = judged(film(words=(word,)), plan((0, 150))).readings["clean_cuts"]
    assert reading.value == value
    assert reading.verdict == ("pass" if value == 1 else "fail")


def test_flash_frames_are_fewer_than_six_frames_of_a_neighbour() -> None:
    # Five frames of the next shot at the end, five of the one before at the start, six: no flash.
    assert judged(film(), plan((0, 105), (195, 300), (394, 500))).value("flash_frames") == 2
    assert judged(film(), plan((100, 200))).value("flash_frames") == 0


def test_technical_leakage_includes_one_frame_on_both_sides() -> None:
    black = film(technical=(("BlackFrames", 300, 310),))
    assert judged(black, plan((200, 299), (311, 400))).value("technical_leakage") == 0
    reading = judged(black, plan((200, 305), (310, 400))).readings["technical_leakage"]
    assert reading.value == (305 - 299) + 1
    assert reading.verdict == "fail"


def test_safety_leakage_is_what_this_viewer_must_not_see() -> None:
    shown = film(
        sensitive=(
            SensitiveRange(FrameRange(100, 150), "Violence", "", 90.0),
            SensitiveRange(FrameRange(500, 550), "Violence", "", 59.0),
        )
    )
    family = profile(moderation={"*": -1.5})
    reading = judged(shown, plan((140, 200), (500, 600)), family).readings["safety_leakage"]
    assert (reading.value, reading.verdict) == (10, "fail")
    assert judged(shown, plan((140, 200))).value("safety_leakage") == 0


def test_spoilers_and_tail_are_shares_of_the_content() -> None:
    # The content is 0 to 800: 90 % is frame 720, 75 % is 600.
    story = film(content=(0, 800))
    judgement = judged(story, plan((0, 100), (550, 650), (700, 760)))
    assert judgement.value("spoilers") == pytest.approx(40 / 260)
    assert judgement.value("tail") == pytest.approx((50 + 60) / 260)
    assert "spoilers" in judgement.failed_gates
    assert judged(story, plan((0, 100))).value("tail") == 0


def test_cut_words_are_those_that_no_clip_holds_in_full() -> None:
    spoken = film(words=((10, 20), (95, 105), (300, 310)))
    reading = judged(spoken, plan((0, 100))).readings["cut_words"]
    assert (reading.value, reading.verdict) == (0.5, "fail")
    assert judged(spoken, plan((0, 200))).value("cut_words") == 0


def test_talk_clips_are_those_in_which_people_talk_half_the_time() -> None:
    # Talk from 0 to 60 with a pause of 7 frames (280 ms) that belongs to it.
    spoken = film(words=((0, 30), (37, 60)))
    assert judged(spoken, plan((0, 100), (200, 300))).value("talk_length") == 1
    assert judged(spoken, plan((0, 70), (200, 300))).readings["talk_length"].verdict == "miss"
    assert judged(spoken, plan((0, 201))).value("talk_length") is None
