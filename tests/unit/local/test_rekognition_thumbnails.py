"""What is kept of every frame: nothing dark is overlooked, nothing is lost where frames are missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.rekognition.measure import cues, shots
from local.rekognition.measure.gradual import _coarse
from local.rekognition.measure.planes import Plane, shrink
from local.rekognition.measure.thumbnails import (
    CHROMA_SIZE,
    LUMA_SIZE,
    ThumbnailFile,
    histogram,
    may_be_dark,
    signature,
)

CHROMA = np.full((54, 96), 128, np.uint8)


def picture(level: int, noise: int, bright: int, seed: int) -> Plane:
    """An even picture with grain, of which the first ``bright`` rows are white."""
    grain = np.random.default_rng(seed).integers(-noise, noise + 1, (108, 192))
    luma = np.clip(level + grain, 0, 255).astype(np.uint8)
    luma[:bright] = 255
    return luma


def taken(folder: Path, frames: dict[int, Plane]) -> ThumbnailFile:
    file = ThumbnailFile(folder)
    for number, luma in frames.items():
        file.take(number, luma, CHROMA, CHROMA)
    return file


@given(st.integers(0, 140), st.integers(0, 40), st.integers(0, 4), st.integers(0, 99))
def test_levels_are_counted_wherever_the_cues_could_use_them(
    level: int, noise: int, bright: int, seed: int
) -> None:
    thinned = picture(level, noise, bright, seed)
    found, levels = signature(thinned, CHROMA, CHROMA)[None], histogram(thinned)[None]
    used = len(cues.dark_frames(found, levels).frames) > 0 or cues.pure_black(levels) != []
    assert may_be_dark(found[0]) or not used


def test_black_is_counted_and_an_ordinary_picture_is_not(tmp_path: Path) -> None:
    frames = {0: picture(16, 1, 0, 1), 1: picture(120, 60, 10, 2)}
    thumbnails = taken(tmp_path, frames).finish()
    assert thumbnails.histograms[0].sum() > 65_000
    assert not thumbnails.histograms[1].any()
    assert cues.pure_black(thumbnails.histograms) == [(0, 1)]


def test_a_missing_frame_repeats_the_one_before(tmp_path: Path) -> None:
    first, second = picture(60, 20, 0, 3), picture(200, 20, 0, 4)
    thumbnails = taken(tmp_path, {1: first, 4: second}).finish()
    assert len(thumbnails.signatures) == 5
    assert all((thumbnails.signatures[number] == thumbnails.signatures[1]).all() for number in (0, 2, 3))
    assert np.flatnonzero(thumbnails.steps).tolist() == [4]


def test_steps_are_the_distances_that_cuts_are_found_by(tmp_path: Path) -> None:
    frames = {number: picture(30 + 7 * number, 25, number % 3, number) for number in range(12)}
    thumbnails = taken(tmp_path, frames).finish()
    between = shots.distance(thumbnails.signatures[:-1], thumbnails.signatures[1:])
    assert thumbnails.steps[0] == 0
    assert thumbnails.steps[1:] == pytest.approx(between, rel=1e-5)


def test_nothing_is_left_on_disk(tmp_path: Path) -> None:
    file = taken(tmp_path, {0: picture(60, 20, 0, 3)})
    thumbnails = file.finish()
    file.clear()
    assert list(tmp_path.iterdir()) == []
    assert thumbnails.signatures.shape == (1, LUMA_SIZE + 2 * CHROMA_SIZE)


def test_coarse_blocks_are_means_of_four_by_four() -> None:
    found = np.random.default_rng(5).integers(0, 256, (1, LUMA_SIZE + 2 * CHROMA_SIZE)).astype(np.uint8)
    luma, blue = found[0, :LUMA_SIZE].reshape(18, 32), found[0, LUMA_SIZE:-CHROMA_SIZE].reshape(9, 16)
    red = found[0, -CHROMA_SIZE:].reshape(9, 16)
    coarse = _coarse(found)[0]
    assert coarse[9] == luma[5:9, 4:8].mean()
    assert coarse[31] == luma[13:17, 28:32].mean()
    assert coarse[32 + 5] == blue[4:8, 4:8].mean()
    assert coarse[47] == red[4:8, 12:16].mean()


@pytest.mark.parametrize(
    "size", [(486, 864), (720, 1280), (1080, 1920), (2160, 3840), (270, 480), (480, 270)]
)
def test_a_smaller_picture_keeps_its_light_and_its_shape(size: tuple[int, int]) -> None:
    height, width = size
    ramp = np.linspace(20, 220, width).astype(np.uint8)[None].repeat(height, axis=0)
    small = shrink(ramp, 480)
    assert small.shape == (round(height * min(480, width) / width), min(480, width))
    assert small.mean() == pytest.approx(ramp.mean(), abs=1)
    assert (np.diff(small[0].astype(int)) >= 0).all()
