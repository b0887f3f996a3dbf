"""A rendered trailer is measured as the standards say: EBU Tech 3341's tone, blackdetect's black."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from cli.errors import UsageError
from cli.rendered import count_frames, greatest_jump, measure_loudness, rendition_beside
from tests.unit.domain.judgement.films import plan

RATE = 48_000


def film(path: Path, lumas: list[int], decibels: float | None) -> Path:
    """25 frames a second of flat grey, and a stereo tone of 1 kHz at so many dBFS over all of it."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"qp": "0"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("aac", rate=RATE, layout="stereo") if decibels is not None else None
        for luma in lumas:
            frame = av.VideoFrame.from_ndarray(np.full((72, 64), 128, np.uint8), format="yuv420p")
            grey = np.full((48, frame.planes[0].line_size), luma, np.uint8)
            frame.planes[0].update(grey.tobytes())
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if sound is not None and decibels is not None:
            seconds = len(lumas) / 25
            wave = 10 ** (decibels / 20) * np.sin(2 * np.pi * 1000 * np.arange(int(seconds * RATE)) / RATE)
            for start in range(0, len(wave), 1024):
                piece = np.tile(wave[start : start + 1024].astype(np.float32), (2, 1))
                tone = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
                tone.sample_rate, tone.pts = RATE, start
                container.mux(sound.encode(tone))
            container.mux(sound.encode(None))
    return path


def test_frames_are_counted_and_black_is_what_is_nearly_all_below_a_tenth(tmp_path: Path) -> None:
    # A tenth of the way from 16 to 235 is 37.9: 37 is black, 38 is not.
    made = film(tmp_path / "film.mp4", [100] * 20 + [16] * 3 + [37] * 2 + [38] * 5, None)
    assert count_frames(made) == (30, 5)


def test_a_file_that_is_no_film_is_refused_in_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "film.mp4"
    broken.write_bytes(b"not a film")
    with pytest.raises(UsageError, match="can't be read as a film"):
        count_frames(broken)


@pytest.mark.parametrize("decibels", [-23.0, -33.0])
def test_the_tone_of_ebu_tech_3341_is_as_loud_as_its_level(tmp_path: Path, decibels: float) -> None:
    made = film(tmp_path / "film.mp4", [100] * 250, decibels)
    loudness = measure_loudness(made, plan((0, 250)), -23.0)
    assert loudness is not None
    assert loudness.integrated == pytest.approx(decibels, abs=0.15)
    # The coder overshoots a little where the tone begins.
    assert loudness.true_peak == pytest.approx(decibels, abs=1.2)
    assert loudness.target == -23.0


def test_a_film_without_sound_has_no_loudness(tmp_path: Path) -> None:
    assert measure_loudness(film(tmp_path / "film.mp4", [100] * 5, None), plan((0, 5)), -23.0) is None


def test_the_greatest_jump_is_between_neighbours_that_are_neither_hook_nor_button() -> None:
    clips = plan((0, 50), (100, 150), (200, 250), (300, 350))
    acts = ("hook", "setup", "conflict", "button")
    acted = replace(
        clips,
        frame_rate=Fraction(25),
        clips=tuple(replace(clip, act=act) for clip, act in zip(clips.clips, acts, strict=True)),
    )
    # Two seconds each, twenty readings; those whose window reaches into the clip before don't count.
    readings = [-5.0] * 20 + [-20.0] * 20 + [-26.0] * 20 + [-50.0] * 20
    readings[20:23] = [-8.0] * 3
    readings[40:43] = [-8.0] * 3
    assert greatest_jump(readings, acted) == pytest.approx(6.0)


def test_a_clip_shorter_than_the_window_has_the_loudness_about_its_middle() -> None:
    short = replace(plan((0, 50), (100, 105), (200, 250)), frame_rate=Fraction(25))
    readings = [-20.0] * 42
    readings[22] = -30.0
    assert greatest_jump(readings, short) == pytest.approx(10.0)


def test_the_smallest_rendition_lies_beside_the_plan(tmp_path: Path) -> None:
    assert rendition_beside(tmp_path / "plan.json") is None
    (tmp_path / "trailer_1080p.mp4").write_bytes(b"12345")
    (tmp_path / "trailer_540p.mp4").write_bytes(b"123")
    assert rendition_beside(tmp_path / "plan.json") == tmp_path / "trailer_540p.mp4"
