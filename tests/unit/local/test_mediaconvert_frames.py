"""Frame ``n`` of a film is frame ``n`` here, whatever the rate, the container and the order of reading."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from local.mediaconvert.errors import JobError
from local.mediaconvert.frames import FrameReader
from local.mediaconvert.source import describe
from tests.unit.local.mediaconvert_films import make_film, number_in

FRAMES = 200
RANGES = [
    (0, 3),
    (150, 170),
    (10, 11),
    (198, 200),
    (49, 52),
    (50, 51),
    (52, 60),
    (120, 121),
    (0, 1),
    (199, 200),
]
OPEN_GOP = {"g": "60", "bf": "4", "x264-params": "open-gop=1:scenecut=0", "preset": "ultrafast"}


@pytest.mark.parametrize(
    ("name", "rate", "arguments"),
    [
        ("a.mp4", Fraction(24), {}),
        ("a.mp4", Fraction(25), {}),
        ("a.mp4", Fraction(30000, 1001), {}),
        ("a.mp4", Fraction(60000, 1001), {}),
        ("a.mp4", Fraction(25), {"options": OPEN_GOP}),
        ("a.mov", Fraction(24000, 1001), {}),
        ("a.mkv", Fraction(24000, 1001), {}),
        ("a.ts", Fraction(30000, 1001), {}),
        ("a.avi", Fraction(25), {"codec": "mpeg4", "options": {"bf": "2"}}),
        ("b.ts", Fraction(25), {"codec": "mpeg2video", "options": {"bf": "2"}}),
        (
            "a.webm",
            Fraction(30),
            {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}},
        ),
        ("h.mp4", Fraction(24), {"codec": "libx265", "options": {"x265-params": "log-level=none"}}),
    ],
)
def test_should_read_exactly_the_frames_asked_for(tmp_path, name, rate, arguments):
    path = make_film(tmp_path / name, FRAMES, rate, **arguments)
    track = describe(path, name)
    assert (track.rate, track.frame_count) == (rate, FRAMES)
    reader = FrameReader(path, track, name)
    for start, end in RANGES:
        assert [number_in(frame) for frame in reader.read(start, end)] == list(range(start, end))
    assert [number_in(frame) for frame in reader.read(190, None)] == list(range(190, FRAMES))
    reader.close()


def test_should_show_a_picture_for_as_long_as_a_variable_rate_leaves_it(tmp_path):
    slots = [slot for slot in range(60) if slot not in {3, 8, 9, 16, 30, 31, 32, 47}]
    path = make_film(tmp_path / "vfr.mp4", len(slots), 30, times=[round(slot * 1000 / 30) for slot in slots])
    track = describe(path, "vfr")
    assert track.rate == 30
    shown = [number_in(frame) for frame in FrameReader(path, track, "vfr").read(0, 60)]
    assert shown == [max(n for n, slot in enumerate(slots) if slot <= wanted) for wanted in range(60)]
    assert [number_in(frame) for frame in FrameReader(path, track, "vfr").read(31, 34)] == [shown[29]] * 2 + [
        shown[33]
    ]


def test_should_refuse_frames_behind_the_end(tmp_path):
    path = make_film(tmp_path / "a.mp4", 30)
    reader = FrameReader(path, describe(path, "a.mp4"), "a.mp4")
    with pytest.raises(JobError) as caught:
        list(reader.read(25, 31))
    assert caught.value.code == JobError.CLIP_NOT_IN_INPUT
    assert "a.mp4 ends after 30 frames" in caught.value.message


def test_should_tell_a_file_that_lies_about_its_length(tmp_path):
    path = make_film(tmp_path / "a.mkv", 100)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    reader = FrameReader(path, describe(path, "a.mkv"), "a.mkv")
    with pytest.raises(JobError) as caught:
        list(reader.read(0, 100))
    assert caught.value.code == JobError.READ


@pytest.mark.parametrize(
    "data",
    [b"", b"no film at all" * 100, b"#EXTM3U\n#EXTINF:1,\nother.ts\n", b"ffconcat version 1.0\nfile a.mp4\n"],
)
def test_should_open_no_file_that_is_no_film_or_points_to_another(tmp_path, data):
    make_film(tmp_path / "a.mp4", 5)
    path = tmp_path / "b.mp4"
    path.write_bytes(data)
    with pytest.raises(JobError) as caught:
        describe(path, "b.mp4")
    assert caught.value.code == JobError.CANNOT_OPEN


def test_should_tell_sound_alone_from_a_film(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((2, 1024), dtype=np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate = 48000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with pytest.raises(JobError) as caught:
        describe(path, "a.mp4")
    assert caught.value.code == JobError.NO_VIDEO


def test_should_tell_a_codec_that_nobody_knows(tmp_path):
    path = make_film(tmp_path / "a.mp4", 10)
    path.write_bytes(path.read_bytes().replace(b"avc1\x00\x00\x00\x00", b"xyz1\x00\x00\x00\x00"))
    with pytest.raises(JobError) as caught:
        describe(path, "a.mp4")
    assert caught.value.code == JobError.UNSUPPORTED_CODEC
