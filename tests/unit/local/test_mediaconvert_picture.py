"""Every scaling behaviour gives the size and the place in the frame that AWS's tables show."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from av.video.frame import VideoFrame

from local.mediaconvert.encoding import gop_frames, starts_segment, x264_options
from local.mediaconvert.picture import Picture, Shown, canvas_of, placed
from local.mediaconvert.source import Track
from local.mediaconvert.spec import VideoSpec

SQUARE = (("ParControl", "SPECIFIED"), ("ParDenominator", 1), ("ParNumerator", 1))


def video(width=None, height=None, scaling="DEFAULT", codec=()):
    return VideoSpec(width, height, scaling, 50, True, tuple(codec))


def shown(width, height, pixel=Fraction(1)):
    return Shown(width, height, pixel)


@pytest.mark.parametrize(
    ("source", "wanted", "scaling", "canvas", "picture"),
    [
        ((1280, 720), (640, 480), "DEFAULT", (640, 480), (640, 360)),
        ((200, 200), (300, 400), "FIT", (300, 300), (300, 300)),
        ((400, 400), (200, 300), "FIT_NO_UPSCALE", (200, 200), (200, 200)),
        ((200, 200), (300, 400), "FIT_NO_UPSCALE", (200, 200), (200, 200)),
        ((200, 200), (300, 400), "FILL", (300, 400), (400, 400)),
        ((200, 200), (300, 400), "STRETCH_TO_OUTPUT", (300, 400), (300, 400)),
        ((1920, 1080), (854, 480), "DEFAULT", (854, 480), (854, 480)),
        ((1920, 1080), (None, None), "DEFAULT", (1920, 1080), (1920, 1080)),
        ((1920, 1080), (None, 720), "DEFAULT", (1280, 720), (1280, 720)),
        ((1920, 1080), (1280, None), "DEFAULT", (1280, 720), (1280, 720)),
        ((863, 485), (None, None), "DEFAULT", (864, 484), (864, 484)),
        ((1080, 1920), (1280, 720), "DEFAULT", (1280, 720), (404, 720)),
    ],
)
def test_should_scale_as_the_user_guide_shows(source, wanted, scaling, canvas, picture):
    spec = video(*wanted, scaling)
    frame = canvas_of(spec, shown(*source))
    assert (frame.width, frame.height) == canvas
    assert placed(spec, shown(*source), frame) == picture


def test_should_keep_oblong_pixels_unless_square_ones_are_asked_for():
    pal = shown(720, 576, Fraction(64, 45))
    kept = canvas_of(video(), pal)
    assert (kept.width, kept.height, kept.pixel_aspect) == (720, 576, Fraction(64, 45))
    square = canvas_of(video(codec=SQUARE), pal)
    assert (square.width, square.height, square.pixel_aspect) == (1024, 576, 1)
    spec = video(640, 360, codec=SQUARE)
    assert placed(spec, pal, canvas_of(spec, pal)) == (640, 360)


def track(width, height):
    return Track(Fraction(25), 10, 8, True, width, height, Fraction(1), 0, Fraction(0), None)


def fit(spec, frame, turn=0):
    source = track(frame.width, frame.height)
    canvas = canvas_of(spec, Shown.of(source, turn))
    return Picture(spec, canvas, source, turn, "yuv420p").fit(frame)


def white(width, height):
    picture = np.full((height * 3 // 2, width), 128, dtype=np.uint8)
    picture[:height] = 235
    frame = VideoFrame.from_ndarray(picture, format="yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return frame


def test_should_pass_on_a_picture_that_needs_nothing_without_copying_it():
    frame = white(128, 72)
    assert fit(video(128, 72), frame) is frame


def test_should_pad_with_black_in_the_middle():
    luma = fit(video(128, 128), white(128, 72)).to_ndarray()[:128]
    rows = luma.mean(axis=1)
    assert rows[:27].max() <= 17
    assert rows[101:].max() <= 17
    assert rows[30:98].min() >= 230


def test_should_fill_by_cutting_the_sides_off():
    luma = fit(video(72, 72, "FILL"), white(128, 72)).to_ndarray()[:72]
    assert luma.shape == (72, 72)
    assert luma.min() >= 230


def test_should_turn_full_range_into_the_limited_range_of_video():
    picture = np.full((72 * 3 // 2, 128), 128, dtype=np.uint8)
    picture[:72] = 255
    frame = VideoFrame.from_ndarray(picture, format="yuvj420p")
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    assert abs(int(fit(video(128, 72), frame).to_ndarray()[:72].max()) - 235) <= 1


def h264(**settings):
    return video(codec=sorted(settings.items()))


def test_should_turn_quality_and_peak_into_x264s_terms():
    options = x264_options(
        h264(
            RateControlMode="QVBR",
            QvbrQualityLevel=8,
            MaxBitrate=5_000_000,
            GopSize=2.0,
            GopSizeUnits="SECONDS",
        ),
        Fraction(30000, 1001),
    )
    assert (options["crf"], options["maxrate"], options["bufsize"], options["g"]) == (
        "20.00",
        "5000000",
        "10000000",
        "60",
    )


def test_should_raise_quality_with_each_third_of_a_level():
    rates = [
        float(
            x264_options(
                h264(
                    RateControlMode="QVBR",
                    QvbrQualityLevel=level,
                    QvbrQualityLevelFineTune=fine,
                    MaxBitrate=1,
                ),
                Fraction(25),
            )["crf"]
        )
        for level, fine in ((6, 0.0), (6, 0.33), (6, 0.67), (7, 0.0), (10, 0.0))
    ]
    assert rates == sorted(rates, reverse=True)
    assert len(set(rates)) == 5


@pytest.mark.parametrize(
    ("settings", "frames"),
    [
        ({}, 50),
        ({"GopSize": 90.0, "GopSizeUnits": "FRAMES"}, 90),
        ({"GopSize": 1.5, "GopSizeUnits": "SECONDS"}, 38),
    ],
)
def test_should_count_a_gop_in_frames(settings, frames):
    assert gop_frames(h264(**settings), Fraction(25)) == frames


def test_should_begin_segments_at_whole_multiples_of_their_length():
    rate = Fraction(30000, 1001)
    starts = [frame for frame in range(600) if starts_segment(frame, rate, 6, None)]
    assert starts == [0, 180, 360, 540]
    assert [frame for frame in range(600) if starts_segment(frame, rate, 6, 50)] == [0, 200, 400]
