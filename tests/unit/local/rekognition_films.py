"""Small films for the tests of the local Rekognition, made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def checks(number: int, size: tuple[int, int] = (180, 320)) -> Picture:
    """A picture with structure and colour that moves a little from frame to frame."""
    rows, columns = np.indices(size)
    blue = (((rows // 20 + columns // 20 + number // 6) % 2) * 120 + 60).astype(np.uint8)
    return np.dstack([blue, np.full(size, 90, np.uint8), 255 - blue])


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (180, 320)) -> Picture:
    return np.full((*size, 3), colour, np.uint8)


def write_film(
    path: Path,
    pictures: Iterable[Picture],
    *,
    rate: Fraction | int = 24,
    codec: str = "libx264",
    container: str = "mp4",
    sound: Callable[[float], float] | None = None,
    options: dict[str, str] | None = None,
    rotation: int = 0,
) -> Path:
    """Encode pictures; ``sound`` gives the amplitude of a tone at a time, None makes a silent film.

    ``rotation`` is the clockwise turn that a player is told to make.
    """
    frames = list(pictures)
    with av.open(str(path), "w", format=container, options=options or {}) as output:
        video = output.add_stream(codec, rate=Fraction(rate))
        video.height, video.width = frames[0].shape[:2]
        video.pix_fmt = "yuv420p"
        if rotation:
            video.set_display_rotation(-rotation)
        audio = output.add_stream("aac", rate=48000, layout="mono") if sound else None
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, 1 / Fraction(rate)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        if audio is not None and sound is not None:
            times = np.arange(int(len(frames) / Fraction(rate) * 48000)) / 48000
            amplitude = np.array([sound(float(second)) for second in times[::480]]).repeat(480)[: len(times)]
            samples = (amplitude * np.sin(2 * np.pi * 440 * times)).astype(np.float32)[None]
            piece = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="mono")
            piece.sample_rate, piece.pts = 48000, 0
            output.mux(audio.encode(piece))
            output.mux(audio.encode(None))
    return path


def measure(film: Path, folder: Path, *detectors: str) -> Path:
    """Run one pass in this process; the folder with its results."""
    from local.rekognition.measure.film_pass import FilmPass

    FilmPass(film, folder, frozenset(detectors), lambda _number, _promised: None).run()
    return folder
