"""Protects: the copy for Rekognition has the source's frames, and is small enough for it."""

from fractions import Fraction

import pytest

from tests.unit.wire.films import clip, film, plan_of
from trailer.domain.film.media import AudioTrack
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


def trailer(media):
    return build_trailer_job(
        plan_of(clip(30, 60), clip(0, 20), rate=media.frame_rate),
        media,
        source_uri="s3://films/a.mkv",
        destination_uri="s3://results/videos/v/trailer",
        output_format="mp4+hls",
        target_language="en",
    )


def descriptions(*jobs):
    """The video descriptions of all outputs."""
    groups = [group for job in jobs for group in job["OutputGroups"]]
    return [output["VideoDescription"] for group in groups for output in group["Outputs"]]


def encodes(job):
    codecs = [description["CodecSettings"] for description in descriptions(job)]
    return [codec["H264Settings"] for codec in codecs if "H264Settings" in codec]


def test_a_trailer_of_a_variable_rate_states_the_rate_of_its_timeline():
    for settings in encodes(trailer(film(frame_rate=Fraction(30), variable_rate=True))):
        assert settings["FramerateControl"] == "SPECIFIED"
        assert (settings["FramerateNumerator"], settings["FramerateDenominator"]) == (30, 1)
        # Any other way blends pictures into ones that were never in the film.
        assert settings["FramerateConversionAlgorithm"] == "DUPLICATE_DROP"


@pytest.mark.parametrize("variable", [False, True])
def test_a_proxy_always_follows_its_source_so_that_it_tells_the_rate(variable):
    (settings,) = encodes(proxy(film(variable_rate=variable)))
    assert settings["FramerateControl"] == "INITIALIZE_FROM_SOURCE"


def test_a_constant_rate_is_never_converted():
    for settings in encodes(trailer(film(frame_rate=Fraction(24000, 1001)))):
        assert settings["FramerateControl"] == "INITIALIZE_FROM_SOURCE"
        assert not {"FramerateNumerator", "SlowPal", "Telecine"} & set(settings)


@pytest.mark.parametrize("scan_type", ["INTERLACED", "UNKNOWN"])
def test_deinterlacing_keeps_the_number_of_frames(scan_type):
    media = film(scan_type=scan_type)
    for description in descriptions(proxy(media), trailer(media)):
        deinterlacer = description["VideoPreprocessors"]["Deinterlacer"]
        # INVERSE_TELECINE and ADAPTIVE drop frames; LINEAR_INTERPOLATION doubles fields.
        assert deinterlacer == {"Algorithm": "INTERPOLATE", "Control": "NORMAL", "Mode": "DEINTERLACE"}


def test_hdr_becomes_sdr_wherever_eight_bits_are_written():
    media = film(hdr=True, bit_depth=10, video_codec="HEVC")
    for description in descriptions(proxy(media), trailer(media)):
        corrector = description["VideoPreprocessors"]["ColorCorrector"]
        assert corrector["ColorSpaceConversion"] == "FORCE_709"
    assert not any("VideoPreprocessors" in description for description in descriptions(trailer(film())))
