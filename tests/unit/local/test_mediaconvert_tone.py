"""HDR becomes SDR when the job asks for it: white is white on an ordinary screen, and colours are BT.709."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from av.video.frame import VideoFrame

from local.mediaconvert.picture import Canvas, Picture
from local.mediaconvert.source import Track
from local.mediaconvert.spec import VideoSpec

SIDE = 64
ASKED = VideoSpec(SIDE, SIDE, "STRETCH_TO_OUTPUT", 50, True, (), to_sdr=True)
TRACK = Track(Fraction(24), 1, 0, True, SIDE, SIDE, Fraction(1), 0, Fraction(0), None)
PQ, HLG, BT_709, BT_2020 = 16, 18, 1, 9


def grey(level, transfer):
    """A grey picture of ten bits; ``level`` is the signal from 0 to 1."""
    luma = np.full((SIDE, SIDE), round(64 + 876 * level), np.uint16)
    chroma = np.full((SIDE // 2, SIDE // 2), 512, np.uint16)
    frame = VideoFrame(SIDE, SIDE, "yuv420p10le")
    for plane, values in zip(frame.planes, (luma, chroma, chroma), strict=True):
        rows = np.zeros((plane.height, plane.line_size // 2), np.uint16)
        rows[:, : values.shape[1]] = values
        plane.update(rows.tobytes())
    frame.color_trc, frame.color_primaries, frame.colorspace, frame.color_range = (
        transfer,
        BT_2020,
        BT_2020,
        1,
    )
    return frame


def planes(spec, frame):
    fitted = Picture(spec, Canvas(SIDE, SIDE, Fraction(1)), TRACK, 0, "yuv420p").fit(frame)
    values = fitted.to_ndarray()
    return fitted, float(values[:SIDE].mean()), float(values[SIDE:].mean())


@pytest.mark.parametrize(
    ("level", "transfer", "luma"),
    [
        (0.0, PQ, 16),
        # BT.2408's diffuse white of 203 nits comes to three quarters of the signal.
        (0.5807, PQ, 183),
        (0.75, HLG, 183),
        # A thousand nits are the brightest that there is.
        (0.7518, PQ, 235),
    ],
)
def test_brightness_lands_where_an_ordinary_screen_shows_it(level, transfer, luma):
    fitted, bright, colour = planes(ASKED, grey(level, transfer))
    assert abs(bright - luma) <= 2
    assert abs(colour - 128) <= 1
    assert (int(fitted.color_trc), int(fitted.color_primaries)) == (BT_709, BT_709)


def test_nothing_is_mapped_that_was_not_asked_for_or_is_no_hdr():
    untouched = (64 + 876 * 0.5807) / 4
    _, bright, _ = planes(dataclasses.replace(ASKED, to_sdr=False), grey(0.5807, PQ))
    assert abs(bright - untouched) <= 1
    _, bright, _ = planes(ASKED, grey(0.5807, BT_709))
    assert abs(bright - untouched) <= 1
