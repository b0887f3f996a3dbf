"""Protects: what can't be analysed is refused in words, and what Rekognition can't read gets a copy."""

from fractions import Fraction

import pytest

from tests.unit.wire.films import film
from trailer.domain.film.media import AudioTrack
from trailer.errors import UnsupportedVideoError, VideoTooLongError
from trailer.wire.suitability import MAX_BYTES, check_source, needs_proxy


def test_an_ordinary_film_is_taken_as_it_is():
    check_source(film())
    check_source(film(frame_count=6 * 3600 * 24))
    check_source(film(width=8192, height=4320))
    assert not needs_proxy(film(), MAX_BYTES)
    assert not needs_proxy(film(container="quicktime", audio_tracks=()), 1)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        (
            {"video_codec": "UNKNOWN"},
            UnsupportedVideoError,
            "encrypted, or compressed in a way that can't be read. Allowed are H.264",
        ),
        ({"video_codec": "THEORA"}, UnsupportedVideoError, r"can't be read (THEORA). Allowed are H.264"),
        ({"frame_rate": Fraction(120)}, UnsupportedVideoError, "120 pictures a second; allowed are 1 to 100"),
        ({"frame_rate": Fraction(1000)}, UnsupportedVideoError, "1000 pictures a second"),
        ({"frame_rate": Fraction(1, 10)}, UnsupportedVideoError, "0.1 pictures a second"),
        ({"width": 1, "height": 1}, UnsupportedVideoError, "1 × 1 pixels; each side needs at least 32"),
        ({"width": 16, "height": 16}, UnsupportedVideoError, "16 × 16 pixels; each side needs at least 32"),
        ({"width": 8192, "height": 32}, UnsupportedVideoError, "at most 128 times"),
        ({"width": 16384, "height": 8640}, UnsupportedVideoError, "16384 × 8640 pixels; at most 8192"),
        ({"width": 4320, "height": 8194}, UnsupportedVideoError, "at most 8192"),
        (
            {"frame_count": 6 * 3600 * 24 + 24},
            VideoTooLongError,
            "6 h 00 min 01 s; at most 6 hours are allowed",
        ),
    ],
)
def test_refusals_say_what_was_found_and_what_is_allowed(changes, error, words):
    with pytest.raises(error) as refusal:
        check_source(film(**changes))
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"video_codec": "HEVC"},
        {"video_codec": "AV1"},
        {"video_codec": "PRORES", "container": "quicktime", "scan_type": "UNKNOWN"},
        {"container": "matroska"},
        {"container": "mpegts"},
        {"bit_depth": 10},
        {"chroma": "4:2:2"},
        {"chroma": ""},
        {"scan_type": "INTERLACED"},
        {"rotation": 90},
        {"rotation": 180},
        {"variable_rate": True},
        {"hdr": True},
        {"audio_tracks": (AudioTrack(1, 2, "eng", "AAC"), AudioTrack(2, 6, "eng", "AC3"))},
        {"audio_tracks": (AudioTrack(1, 2, "eng", "PCM"),)},
    ],
)
def test_what_rekognition_can_not_read_needs_a_proxy(changes):
    assert needs_proxy(film(**changes), 1)


def test_a_file_that_is_too_large_for_rekognition_needs_a_proxy():
    assert needs_proxy(film(), MAX_BYTES + 1)
