"""Captions and transcripts written to do harm cost a film neither its trailer nor a function its life."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer.wire.transcript import SUFFIXES, parse_transcript

TIME = "00:01.000 --> 00:02.000\n"
BOMBS = {
    "brackets that never close": TIME + "[" * 400_000,
    "markup that never closes": TIME + "<" * 400_000,
    "braces that never close": TIME + "{\\" * 200_000,
    "parentheses over many lines": TIME + "(\n" * 200_000,
    "lines of signs": TIME + "-\n" * 200_000,
    "a speaker without an end": TIME + "A " * 200_000,
    "times without an empty line": TIME * 20_000,
    "white space in a time": "00:01.000" + " " * 400_000 + "x\n" + TIME + "hi",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_captions_take_no_more_than_a_look_at_each_line(text):
    """Time with the square of the length, as the first reader took for most of these, never comes to an end."""
    read = parse_transcript("film.vtt", text.encode())
    spoken = any(letter.isalnum() for letter in text.removesuffix("hi").replace(TIME, "")) or "hi" in text
    assert (read.complaint is None) == spoken


def test_captions_of_endless_lines_are_complained_of_before_they_are_divided():
    assert "at most" in (parse_transcript("film.srt", b"ab\n" * 3_000_000).complaint or "")


def word(start, end):
    item = {"type": "pronunciation", "start_time": start, "end_time": end}
    return json.dumps({"results": {"items": [item]}}).encode()


@pytest.mark.parametrize(
    "end", ["1e999999", "1e9999999999", "1e20", "NaN", "-Infinity", "9" * 5000, "1000001", {}]
)
def test_a_word_that_lasts_for_ever_is_complained_of(end):
    assert "can be read" in (parse_transcript("film.transcript.json", word("0", end)).complaint or "")


@pytest.mark.parametrize(
    "body", [b"[" * 10_000, b"[" + b"{}," * 3_000_001, b'{"results": {"items": 1}}', b"\xff\xfe\x00"]
)
def test_a_transcript_that_is_a_bomb_is_complained_of(body):
    assert "can be read" in (parse_transcript("film.transcript.json", body).complaint or "")


@given(st.binary(max_size=200), st.sampled_from(SUFFIXES))
def test_any_bytes_are_read_or_complained_of(body, suffix):
    parse_transcript(f"film{suffix}", body)
