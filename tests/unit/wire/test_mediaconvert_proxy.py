"""Protects: the copy for Rekognition has the source's frames, and is small enough for it."""

from tests.unit.wire.films import film
from trailer.domain.media import AudioTrack
from trailer.wire.mediaconvert import build_proxy_job

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
