"""Files beside a film tell when people talk; a file that doesn't is complained of, not guessed at."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quality.fixtures import titles
from tests.quality.fixtures.dialogue import captions, phrases, transcript
from trailer.domain.film.detections import MillisecondSpan
from trailer.wire.transcript import Transcript, names_beside, parse_transcript

VTT = b"""\xef\xbb\xbfWEBVTT - a film

NOTE
00:00:09.000 is only a time in a note

STYLE
::cue { color: white }

intro
00:01.000 --> 00:02.500 align:start
<v Mara>Who <i>are</i> you?

00:00:03.000 --> 00:00:04.000
[door slams]

00:00:05.000 --> 00:00:06.250
\xe2\x99\xaa la la la \xe2\x99\xaa
"""
SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\nJOHN: (sighs)\r\n\r\n"
    "2\r\n01:00:03,000 --> 01:00:04,000\r\nVoil\u00e0.\r\n"
)


def spans(*milliseconds: tuple[int, int]) -> tuple[MillisecondSpan, ...]:
    return tuple(MillisecondSpan(start, end) for start, end in milliseconds)


def results(**what: object) -> bytes:
    return json.dumps({"status": "COMPLETED", "results": what}).encode()


def test_transcribes_words_are_the_spoken_units_and_punctuation_has_no_time() -> None:
    items = [
        {"type": "pronunciation", "start_time": "3.0501", "end_time": "3.46", "alternatives": []},
        {"type": "punctuation", "alternatives": [{"content": "."}]},
        {"type": "pronunciation", "start_time": 4, "end_time": 4.2},
    ]
    assert parse_transcript("film.transcript.json", results(items=items)).spans == spans(
        (3050, 3460), (4000, 4200)
    )


def test_segments_speak_where_no_word_has_a_time() -> None:
    body = results(items=[], audio_segments=[{"id": 0, "start_time": "1.5", "end_time": "2.75", "items": []}])
    assert parse_transcript("film.transcript.json", body).spans == spans((1500, 2750))


def test_captions_count_and_notes_sounds_and_songs_do_not() -> None:
    assert parse_transcript("film.vtt", VTT).spans == spans((1000, 2500))
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert parse_transcript("Film.SRT", SRT.encode(encoding)).spans == spans((3_603_000, 3_604_000))


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("f.transcript.json", b"not json", "f.transcript.json is no transcript that can be read: Expecting value"),
        ("f.transcript.json", b"{}", "'results' is missing"),
        ("f.transcript.json", b"[]", "no transcript that can be read"),
        ("f.transcript.json", results(items=[{"type": "pronunciation", "start_time": "2", "end_time": "1"}]), "a word lasts from 2 to 1 seconds"),
        ("f.transcript.json", results(items=[{"type": "pronunciation", "start_time": "x", "end_time": "1"}]), "no transcript that can be read"),
        ("f.transcript.json", results(items=[]), "f.transcript.json has no spoken word in it."),
        ("f.vtt", b"WEBVTT\n\nhello", "no line of it is a time such as 00:01:02.500"),
        ("f.srt", b"1\n00:00:02,000 --> 00:00:01,000\nhello", "ends before it starts"),
        ("f.srt", b"1\n00:00:01,000 --> 00:00:02,000\n[music]\n", "f.srt has no spoken word in it."),
        ("f.vtt", b"\x00\x01\x02", "no transcript that can be read"),
    ],
)  # fmt: skip
def test_what_is_no_transcript_is_complained_of_in_a_sentence(name: str, body: bytes, said: str) -> None:
    read = parse_transcript(name, body)
    assert read.spans == ()
    assert read.complaint is not None
    assert said in read.complaint and read.complaint.endswith(".")


@given(st.sampled_from(["f.transcript.json", "f.vtt", "f.srt"]), st.binary(max_size=300))
def test_no_bytes_make_it_fail(name: str, body: bytes) -> None:
    assert isinstance(parse_transcript(name, body), Transcript)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["results", "items", "type", "start_time", "end_time"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_json_makes_it_fail(value: object) -> None:
    assert isinstance(
        parse_transcript("f.transcript.json", json.dumps({"results": value}).encode()), Transcript
    )


def test_words_and_captions_of_one_film_tell_the_same_talk() -> None:
    story = titles()["drama-50min"].story()
    words = parse_transcript("f.transcript.json", transcript(story)).spans
    assert len(words) == sum(map(len, phrases(story)))
    for name, srt in (("f.vtt", False), ("f.srt", True)):
        units = parse_transcript(name, captions(story, srt=srt)).spans
        assert len(units) == len(phrases(story))
        assert all(
            any(one.start <= word.start + 1 and word.end <= one.end + 1 for one in units)
            for word in words[::50]
        )


def test_the_names_beside_a_film_are_its_own_and_its_stem() -> None:
    assert names_beside("films/Big.Fish.mp4") == (
        "films/Big.Fish.mp4.transcript.json", "films/Big.Fish.transcript.json",
        "films/Big.Fish.mp4.vtt", "films/Big.Fish.vtt",
        "films/Big.Fish.mp4.srt", "films/Big.Fish.srt",
    )  # fmt: skip
    assert names_beside("a.b/film") == ("a.b/film.transcript.json", "a.b/film.vtt", "a.b/film.srt")
