"""Protects: the copy for Rekognition has the source's frames, and is small enough for it."""

from fractions import Fraction

import pytest

from tests.unit.wire.films import clip, film, plan_of
from trailer.domain.media import AudioTrack
from trailer.wire.mediaconvert import build_proxy_job, build_trailer_job

TRACKS = (AudioTrack(1, 6, None, "AC3"), AudioTrack(2, 2, "eng", "AAC"))


def proxy(media):
    return build_proxy_job(
        media, source_uri="s3://films/a.mkv", destination_uri="s3://results/videos/v/proxy/proxy.mp4"
    )


def test_a_proxy_is_the_whole_source_frame_for_frame():
    media = film(container="matroska", video_codec="HEVC", width=3840, height=2160, audio_tracks=TRACKS)
    settings = proxy(media)
    (source,) = settings["Inputs"]
    assert "InputClippings" not in source
    assert [each["Tracks"] for each in source["AudioSelectors"].values()] == [[1]]
    (group,) = settings["OutputGroups"]
    assert group["OutputGroupSettings"]["FileGroupSettings"] == {
        "Destination": "s3://results/videos/v/proxy/proxy"
    }
    (output,) = group["Outputs"]
    video = output["VideoDescription"]
    assert (video["Width"], video["Height"]) == (1920, 1080)
    assert video["CodecSettings"]["H264Settings"]["FramerateControl"] == "INITIALIZE_FROM_SOURCE"
    (sound,) = output["AudioDescriptions"]
    assert "AudioNormalizationSettings" not in sound


def test_a_proxy_of_the_longest_film_is_small_enough_for_rekognition():
    media = film(container="matroska", frame_count=6 * 3600 * 24)
    (output,) = proxy(media)["OutputGroups"][0]["Outputs"]
    peak = output["VideoDescription"]["CodecSettings"]["H264Settings"]["MaxBitrate"]
    assert peak * 6 * 3600 / 8 <= 9e9


def descriptions(media):
    """The video descriptions of every output of the proxy and of a trailer."""
    plan = plan_of(clip(30, 60), clip(0, 20), rate=media.frame_rate)
    trailer = build_trailer_job(
        plan,
        media,
        source_uri="s3://films/a.mkv",
        destination_uri="s3://results/videos/v/trailer",
        output_format="mp4+hls",
        target_language="en",
    )
    groups = proxy(media)["OutputGroups"] + trailer["OutputGroups"]
    return [output["VideoDescription"] for group in groups for output in group["Outputs"]]


def encodes(media):
    return [
        description["CodecSettings"]["H264Settings"]
        for description in descriptions(media)
        if "H264Settings" in description["CodecSettings"]
    ]


def test_a_variable_rate_is_laid_on_one_stated_grid_by_proxy_and_trailer():
    for settings in encodes(film(frame_rate=Fraction(30), variable_rate=True)):
        assert settings["FramerateControl"] == "SPECIFIED"
        assert (settings["FramerateNumerator"], settings["FramerateDenominator"]) == (30, 1)
        # Any other way blends pictures into ones that were never in the film.
        assert settings["FramerateConversionAlgorithm"] == "DUPLICATE_DROP"


def test_a_constant_rate_is_never_converted():
    for settings in encodes(film(frame_rate=Fraction(24000, 1001))):
        assert settings["FramerateControl"] == "INITIALIZE_FROM_SOURCE"
        assert not {"FramerateNumerator", "SlowPal", "Telecine"} & set(settings)


@pytest.mark.parametrize("scan_type", ["INTERLACED", "UNKNOWN"])
def test_deinterlacing_keeps_the_number_of_frames(scan_type):
    for description in descriptions(film(scan_type=scan_type)):
        deinterlacer = description["VideoPreprocessors"]["Deinterlacer"]
        # INVERSE_TELECINE and ADAPTIVE drop frames; LINEAR_INTERPOLATION doubles fields.
        assert deinterlacer == {"Algorithm": "INTERPOLATE", "Control": "NORMAL", "Mode": "DEINTERLACE"}


def test_hdr_becomes_sdr_wherever_eight_bits_are_written():
    for description in descriptions(film(hdr=True, bit_depth=10, video_codec="HEVC")):
        corrector = description["VideoPreprocessors"]["ColorCorrector"]
        assert corrector["ColorSpaceConversion"] == "FORCE_709"
    assert not any("VideoPreprocessors" in description for description in descriptions(film()))
