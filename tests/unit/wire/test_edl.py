"""Protects: the edit list names the very frames of the plan and survives any title."""

import re
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.wire.films import clip, films, plan_of, plans
from trailer.domain.time.timecode import from_timecode
from trailer.wire.edl import reel_name, to_edl

EVENT = re.compile(
    r"(?P<number>\d{3})  (?P<reel>[A-Z0-9]{1,8}) +(?P<channels>\S+) +C +"
    r"(?P<times>(?:\d{2}:\d{2}:\d{2}[:;]\d{2} ?){4})"
)


def events(text):
    return [match for match in map(EVENT.fullmatch, text.splitlines()) if match]


def test_a_list_as_an_editor_expects_it():
    plan = plan_of(
        clip(240, 288, act="hook", scene=7, score=0.8125, reasons=("A car at night.", "Fear.")), clip(24, 48)
    )
    assert to_edl(plan, "Big Buck Bunny.mp4") == (
        "TITLE: Big Buck Bunny.mp4\n"
        "FCM: NON-DROP FRAME\n"
        "\n"
        "001  BIGBUCKB AA/V  C        00:00:10:00 00:00:12:00 00:00:00:00 00:00:02:00\n"
        "* FROM CLIP NAME: Big Buck Bunny.mp4\n"
        "* COMMENT: SCENE 7 HOOK SCORE 0.812\n"
        "* COMMENT: A car at night.\n"
        "* COMMENT: Fear.\n"
        "\n"
        "002  BIGBUCKB AA/V  C        00:00:01:00 00:00:02:00 00:00:02:00 00:00:03:00\n"
        "* FROM CLIP NAME: Big Buck Bunny.mp4\n"
        "* COMMENT: SCENE 0 SETUP SCORE 0.500\n"
        "* COMMENT: A car is driven fast.\n"
        "\n"
    )


def test_drop_frame_is_declared_and_used():
    rate = Fraction(30000, 1001)
    text = to_edl(plan_of(clip(1800, 1830), rate=rate), "a.mov")
    assert "FCM: DROP FRAME\n" in text
    assert "00:01:00;02 00:01:01;02 00:00:00;00 00:00:01;00" in text
    assert "NON-DROP" in to_edl(plan_of(clip(0, 24), rate=Fraction(24000, 1001)), "a.mov")


@given(st.data())
def test_the_events_are_the_plan_and_the_record_side_has_no_gap(data):
    media = data.draw(films())
    plan = data.draw(plans(media))
    found = events(to_edl(plan, "a.mov"))
    assert len(found) == len(plan.clips)
    record = 0
    for number, (event, each) in enumerate(zip(found, plan.clips, strict=True), start=1):
        assert int(event["number"]) == number
        times = [from_timecode(text, plan.frame_rate) for text in event["times"].split()]
        assert times == [each.source.start, each.source.end, record, record + each.source.length]
        record += each.source.length
    assert record == plan.frames


@given(st.text(max_size=60))
def test_no_title_breaks_the_list(title):
    reason = f"001  X V C 00:00:00:00\n{title}"
    lines = to_edl(plan_of(clip(0, 24, reasons=(reason,))), title).split("\n")
    assert sum(1 for line in lines if re.match(r"\d{3} ", line)) == 1
    assert lines[0].isascii()
    assert len(lines) == 9, lines
    assert re.fullmatch(r"[A-Z0-9]{1,8}", reel_name(title))


def test_a_name_without_latin_letters_still_has_title_and_reel():
    text = to_edl(plan_of(clip(0, 24)), "影片.mp4")
    assert "* FROM CLIP NAME: 影片.mp4\n" in text
    assert reel_name("影片.mp4") == "AX"


def test_a_silent_film_has_picture_events_only():
    assert events(to_edl(plan_of(clip(0, 24)), "a.mov", audio=False))[0]["channels"] == "V"
