"""Probe tells what is in a file, from few ranges of it, and says so when it can't."""

from __future__ import annotations

import datetime
import hashlib
import io
from fractions import Fraction

import pytest
from botocore.exceptions import ClientError

from local.mediaconvert import model
from local.mediaconvert.errors import ApiError
from local.mediaconvert.objects import BLOCK_BYTES, Objects
from local.mediaconvert.probe import probe
from tests.unit.local.mediaconvert_films import make_film, remuxed, tone


class FakeS3:
    """HeadObject and ranged GetObject over a dict."""

    def __init__(self, files):
        self.files = files
        self.ranges = []

    def head_object(self, Bucket, Key):
        if Key not in self.files:
            raise ClientError({"Error": {"Code": "404", "Message": "Not Found"}}, "HeadObject")
        data = self.files[Key]
        return {
            "ContentLength": len(data),
            "ETag": f'"{hashlib.md5(data).hexdigest()}"',
            "ContentType": "video/mp4",
            "LastModified": datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC),
        }

    def get_object(self, Bucket, Key, Range):
        first, last = Range.removeprefix("bytes=").split("-")
        self.ranges.append(Range)
        return {"Body": io.BytesIO(self.files[Key][int(first) : int(last) + 1])}


def ask(tmp_path, data, key="a.mp4"):
    s3 = FakeS3({key: data})
    answer = probe({"InputFiles": [{"FileUrl": f"s3://films/{key}"}]}, Objects(tmp_path / "cache", s3))
    wire = model.serialize("ProbeResponse", answer)
    assert model.parse("ProbeResponse", wire) == answer
    return answer["ProbeResults"][0], s3


def film(tmp_path, name="a.mp4", frames=50, rate=25, **arguments):
    return make_film(tmp_path / name, frames, rate, **arguments).read_bytes()


def test_should_describe_picture_and_sound(tmp_path):
    sounds = [("stereo", tone([0.1, 0.1])), ("5.1", tone([0.1] * 6))]
    data = film(tmp_path, rate=Fraction(30000, 1001), sounds=sounds, languages=["deu"])
    result, _ = ask(tmp_path, data)
    container = result["Container"]
    assert container["Format"] == "mp4"
    assert container["Duration"] == pytest.approx(50 * 1001 / 30000, abs=0.05)
    picture, stereo, surround = container["Tracks"]
    assert (picture["Index"], picture["TrackType"], picture["Codec"]) == (1, "video", "AVC")
    assert picture["Duration"] == pytest.approx(50 * 1001 / 30000)
    video = picture["VideoProperties"]
    assert (video["Width"], video["Height"], video["BitDepth"]) == (256, 144, 8)
    assert video["FrameRate"] == {"Numerator": 30000, "Denominator": 1001}
    assert video["DisplayAspectRatio"] == {"Numerator": 16, "Denominator": 9}
    assert "Rotation" not in video
    coded = video["CodecMetadata"]
    assert (coded["ScanType"], coded["ChromaSubsampling"], coded["Width"]) == ("Progressive", "4:2:0", 256)
    assert (stereo["Codec"], stereo["AudioProperties"]["Channels"]) == ("AAC", 2)
    assert (stereo["AudioProperties"]["SampleRate"], stereo["AudioProperties"]["LanguageCode"]) == (
        48000,
        "deu",
    )
    assert surround["AudioProperties"]["ChannelLayout"] == "5.1"
    assert "LanguageCode" not in surround["AudioProperties"]
    assert result["TrackMappings"] == [
        {"VideoTrackIndexes": [1], "AudioTrackIndexes": [2, 3], "DataTrackIndexes": []}
    ]
    assert result["Metadata"]["FileSize"] == len(data)
    assert result["Metadata"]["ETag"] == hashlib.md5(data).hexdigest()


@pytest.mark.parametrize(
    ("name", "arguments", "container", "codec"),
    [
        ("a.mov", {}, "quicktime", "AVC"),
        ("a.mkv", {}, "matroska", "AVC"),
        ("a.ts", {}, "mpegts", "AVC"),
        ("a.avi", {"codec": "mpeg4", "options": {}}, "avi", "MP4V"),
        ("a.webm", {"codec": "libvpx-vp9", "options": {"deadline": "realtime"}}, "webm", "VP9"),
        ("a.mp4", {"codec": "libx265", "options": {"x265-params": "log-level=none"}}, "mp4", "HEVC"),
        (
            "a.mov",
            {"codec": "prores_ks", "options": {}, "pixel_format": "yuv422p10le"},
            "quicktime",
            "PRORES",
        ),
        ("a.ts", {"codec": "mpeg2video", "options": {}}, "mpegts", "MPEG2"),
    ],
)
def test_should_name_containers_and_codecs_as_the_model_does(tmp_path, name, arguments, container, codec):
    result, _ = ask(tmp_path, film(tmp_path, name, **arguments))
    found = result["Container"]
    assert (found["Format"], found["Tracks"][0]["Codec"]) == (container, codec)
    assert found["Tracks"][0]["VideoProperties"]["FrameRate"] == {"Numerator": 25, "Denominator": 1}
    assert found["Tracks"][0]["Duration"] == pytest.approx(2, abs=0.1)


def test_should_tell_rotation_depth_and_pixel_shape(tmp_path):
    turned, _ = ask(tmp_path, film(tmp_path, rotation=270))
    assert turned["Container"]["Tracks"][0]["VideoProperties"]["Rotation"] == 270
    deep = {"codec": "libx265", "pixel_format": "yuv422p10le", "options": {"x265-params": "log-level=none"}}
    oblong, _ = ask(tmp_path, film(tmp_path, "b.mp4", pixel_aspect=Fraction(4, 3), **deep))
    video = oblong["Container"]["Tracks"][0]["VideoProperties"]
    assert (video["BitDepth"], video["CodecMetadata"]["ChromaSubsampling"]) == (10, "4:2:2")
    assert video["SampleAspectRatio"] == {"Numerator": 4, "Denominator": 3}
    assert video["DisplayAspectRatio"] == {"Numerator": 64, "Denominator": 27}


def test_should_leave_the_format_blank_for_what_it_does_not_know(tmp_path):
    for data in (
        b"",
        b"no film at all\n" * 200,
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"#EXTM3U\n#EXTINF:1,\nx.ts\n",
    ):
        result, _ = ask(tmp_path, data)
        assert "Format" not in result["Container"]
        assert result["Container"]["Tracks"] == []
        assert result["Metadata"]["FileSize"] == len(data)


def test_should_say_that_a_known_format_is_damaged(tmp_path):
    whole = film(tmp_path)
    for data in (whole[: len(whole) // 2], whole[:40]):
        with pytest.raises(ApiError) as caught:
            ask(tmp_path, data)
        assert (caught.value.code, caught.value.status) == ("UnprocessableEntityException", 422)
        assert "malformed or corrupt" in caught.value.message


def test_should_not_name_the_codec_of_an_encrypted_picture(tmp_path):
    path = remuxed(make_film(tmp_path / "a.mp4", 50, 25), tmp_path / "b.mp4", encrypted=True)
    result, _ = ask(tmp_path, path.read_bytes())
    (track,) = result["Container"]["Tracks"]
    assert (track["Codec"], track["VideoProperties"]["Width"]) == ("UNKNOWN", 256)


def test_should_read_only_the_blocks_that_it_needs(tmp_path):
    data = film(
        tmp_path,
        frames=2000,
        options={"g": "25", "bf": "0", "preset": "ultrafast", "qp": "1"},
        size=(640, 360),
    )
    padded = data + bytes(8 * 2**20)
    result, s3 = ask(tmp_path, padded)
    assert result["Container"]["Tracks"][0]["Duration"] == pytest.approx(80)
    assert len(s3.ranges) <= 8
    assert len(set(s3.ranges)) == len(s3.ranges)
    assert len(s3.ranges) * BLOCK_BYTES < len(padded) / 4


def test_should_pass_on_that_there_is_no_such_object(tmp_path):
    with pytest.raises(ApiError) as caught:
        probe({"InputFiles": [{"FileUrl": "s3://films/b.mp4"}]}, Objects(tmp_path / "cache", FakeS3({})))
    assert caught.value.code == "NotFoundException"
    assert "s3://films/b.mp4" in caught.value.message


def test_should_want_a_file_to_probe(tmp_path):
    with pytest.raises(ApiError) as caught:
        probe({"InputFiles": []}, Objects(tmp_path / "cache", FakeS3({})))
    assert caught.value.code == "BadRequestException"
