"""Protects: what Probe says is read exactly, and what is no film is refused in words."""

from fractions import Fraction

import pytest

from tests.unit.wire.films import film
from trailer.domain.film.media import AudioTrack
from trailer.errors import NoVideoTrackError, UnreadableVideoError, UnsupportedVideoError
from trailer.wire.probe import parse_probe


def video(codec="AVC", rate=(24, 1), index=1, duration=600.0, **properties):
    described = {
        "Width": 1920,
        "Height": 1080,
        "FrameRate": {"Numerator": rate[0], "Denominator": rate[1]} if rate else None,
        "CodecMetadata": {
            "BitDepth": 8,
            "ChromaSubsampling": "4:2:0",
            "ScanType": "Progressive",
            "Profile": "High",
        },
    }
    described |= properties
    return {
        "Index": index,
        "TrackType": "video",
        "Codec": codec,
        "Duration": duration,
        "VideoProperties": described,
    }


def audio(index, language="eng", channels=2, codec="AAC"):
    return {
        "Index": index,
        "TrackType": "audio",
        "Codec": codec,
        "AudioProperties": {"Channels": channels, "LanguageCode": language},
    }


def response(*tracks, container="mp4", duration=600.0):
    return {
        "ProbeResults": [{"Container": {"Format": container, "Duration": duration, "Tracks": list(tracks)}}]
    }


def test_reads_an_ordinary_film():
    media = parse_probe(response(video(), audio(2), audio(3, "fre", 6, "AC3")))
    assert media == film(audio_tracks=(AudioTrack(1, 2, "eng", "AAC"), AudioTrack(2, 6, "fra", "AC3")))


def test_audio_is_numbered_among_audio_tracks_in_file_order():
    media = parse_probe(response(audio(4, "ger"), audio(2, "und"), video(index=3), audio(1, "eng")))
    assert [(track.index, track.language) for track in media.audio_tracks] == [
        (1, "eng"),
        (2, None),
        (3, "deu"),
    ]


@pytest.mark.parametrize(
    ("numerator", "denominator", "rate"),
    [
        (30000, 1001, Fraction(30000, 1001)),
        (2997, 100, Fraction(30000, 1001)),
        (23976, 1000, Fraction(24000, 1001)),
        (24, 1, Fraction(24)),
        (23, 1, Fraction(23)),
    ],
)
def test_broadcast_rates_are_exact_however_they_are_written(numerator, denominator, rate):
    assert parse_probe(response(video(rate=(numerator, denominator)))).frame_rate == rate


def test_an_average_rate_is_counted_on_the_grid_that_mediaconvert_lays_over_it():
    media = parse_probe(response(video(rate=(2987, 100), duration=10.0)))
    assert (media.frame_rate, media.frame_count, media.variable_rate) == (30, 300, True)
    assert not parse_probe(response(video())).variable_rate


@pytest.mark.parametrize(
    ("properties", "hdr"),
    [
        ({"TransferCharacteristics": "SMPTE_2084"}, True),
        ({"CodecMetadata": {"TransferCharacteristics": "ARIB_B67"}}, True),
        ({"TransferCharacteristics": "ITU_709"}, False),
        # Ten bits and wide colours are no HDR by themselves.
        ({"TransferCharacteristics": "ITU_2020_10bit", "ColorPrimaries": "ITU_2020", "BitDepth": 10}, False),
        ({}, False),
    ],
)
def test_hdr_is_told_by_the_transfer_curve(properties, hdr):
    assert parse_probe(response(video(**properties))).hdr is hdr


def test_frames_are_the_running_time_of_the_picture_not_of_the_file():
    media = parse_probe(response(video(rate=(30000, 1001), duration=10.01), duration=11.0))
    assert media.frame_count == 300


def test_frames_fall_back_to_the_running_time_of_the_file():
    assert parse_probe(response(video(duration=None), duration=10.02)).frame_count == 240


@pytest.mark.parametrize(
    ("rotation", "displayed"),
    [(0, (1920, 1080)), (90, (1080, 1920)), (270, (1080, 1920)), (180, (1920, 1080)), (45, (1920, 1080))],
)
def test_size_is_as_displayed(rotation, displayed):
    media = parse_probe(response(video(Rotation=rotation)))
    assert (media.width, media.height) == displayed


def test_rotation_is_rounded_as_mediaconvert_does():
    assert parse_probe(response(video(Rotation=91))).rotation == 90
    assert parse_probe(response(video(Rotation=45))).rotation == 0
    assert parse_probe(response(video(Rotation=-90))).rotation == 270


def ratio(numerator, denominator):
    return {"Numerator": numerator, "Denominator": denominator}


@pytest.mark.parametrize(
    ("stored", "aspects", "displayed"),
    [
        ((1440, 1080), {"SampleAspectRatio": ratio(4, 3)}, (1920, 1080)),
        ((720, 576), {"DisplayAspectRatio": ratio(16, 9)}, (1024, 576)),
        ((720, 480), {"SampleAspectRatio": ratio(8, 9)}, (640, 480)),
        ((720, 576), {"CodecMetadata": {"SampleAspectRatio": ratio(64, 45)}}, (1024, 576)),
        # The container is what MediaConvert renders by.
        (
            (720, 576),
            {"SampleAspectRatio": ratio(1, 1), "CodecMetadata": {"SampleAspectRatio": ratio(64, 45)}},
            (720, 576),
        ),
        # 853 × 480 says 16:9, and its pixels are square all the same.
        ((853, 480), {"DisplayAspectRatio": ratio(16, 9)}, (853, 480)),
        ((640, 480), {"SampleAspectRatio": ratio(90000, 1)}, (640, 480)),
    ],
)
def test_anamorphic_pictures_are_measured_in_square_pixels(stored, aspects, displayed):
    media = parse_probe(response(video(Width=stored[0], Height=stored[1], **aspects)))
    assert (media.width, media.height) == displayed


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"ProbeResults": []},
        {"ProbeResults": [{}]},
        {"ProbeResults": [{"Container": None}]},
        {"ProbeResults": [{"Container": {"Tracks": [video()]}}]},
        response(video(duration=0), duration=0),
        response(video(rate=None)),
        response(video(Width=None)),
    ],
)
def test_what_is_no_video_file_is_unreadable(answer):
    with pytest.raises(UnreadableVideoError, match="Upload a complete video file"):
        parse_probe(answer)


@pytest.mark.parametrize(
    "answer",
    [
        response(audio(1)),
        response(),
        response(audio(1), container="mp3"),
        response(video("MJPEG"), audio(2, codec="MP3"), container="mp3"),
        response(video("MJPEG", rate=(90000, 1), duration=180.0), audio(2)),
        response(video("MJPEG", rate=(25, 1), duration=0.04), audio(2)),
        response(video("UNKNOWN", rate=None), audio(2)),
    ],
)
def test_sound_and_cover_art_are_no_film(answer):
    with pytest.raises(NoVideoTrackError, match="picture"):
        parse_probe(answer)


def test_an_encrypted_film_is_told_so_whatever_else_is_missing():
    with pytest.raises(UnsupportedVideoError, match="encrypted"):
        parse_probe(response(video("UNKNOWN", Width=None), audio(2)))


def test_the_film_is_found_behind_a_cover_picture():
    media = parse_probe(response(video("MJPEG", rate=None, index=1, Width=600, Height=600), video(index=2)))
    assert (media.video_codec, media.width) == ("AVC", 1920)


def test_a_film_in_motion_jpeg_is_a_film():
    assert parse_probe(response(video("MJPEG", rate=(25, 1)), container="avi")).video_codec == "MJPEG"


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"Profile": "Main"}, (8, "4:2:0", "PROGRESSIVE")),
        ({"Profile": "High 10"}, (10, "", "PROGRESSIVE")),
        ({"Profile": "High 4:2:2", "ChromaSubsampling": "4:2:2", "BitDepth": 8}, (8, "4:2:2", "PROGRESSIVE")),
        ({"ChromaSubsampling": "YUV420P10", "BitDepth": 10}, (10, "4:2:0", "PROGRESSIVE")),
        ({"Profile": "High", "ScanType": "Interlaced"}, (8, "4:2:0", "INTERLACED")),
        ({"Profile": "High", "FieldOrder": "TopFieldFirst"}, (8, "4:2:0", "INTERLACED")),
        # Of most codecs Probe parses no header; Apple ProRes is often interlaced.
        ({}, (8, "", "UNKNOWN")),
    ],
)
def test_picture_format_comes_from_the_codec(metadata, expected):
    media = parse_probe(response(video(CodecMetadata=metadata)))
    assert (media.bit_depth, media.chroma, media.scan_type) == expected
