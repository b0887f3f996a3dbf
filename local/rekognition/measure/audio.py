"""Whether dark frames can be heard: Rekognition counts black with sound as content.

Only the sound under dark frames is decoded; the rest of the track costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from local.rekognition.measure.film import FilmError, open_container, video_stream

AUDIBLE_DB = -52.0
"""RMS of a frame's sound, against full scale, above which the frame is heard."""
PRE_ROLL = Fraction(1, 4)


def loudness(path: Path, ranges: list[tuple[int, int]], rate: Fraction) -> NDArray[np.float32]:
    """RMS level in dB of every frame of the given ranges, one range after the other.

    Silence, and a film without readable sound, is -120 dB.
    """
    levels = [np.full(end - start, -120.0, np.float32) for start, end in ranges]
    try:
        with open_container(path) as container:
            if container.streams.audio:
                origin = _video_origin(container)
                for (start, end), level in zip(ranges, levels, strict=True):
                    begin, finish = origin + start / rate, origin + end / rate
                    _measure(container, begin, finish, rate, level)
    except (av.FFmpegError, FilmError):
        pass  # A broken sound track is no reason to lose the picture's analysis.
    return np.concatenate(levels) if levels else np.zeros(0, np.float32)


def _video_origin(container: av.container.InputContainer) -> Fraction:
    stream = video_stream(container)
    if stream.start_time is None or stream.time_base is None:
        return Fraction(0)
    return stream.start_time * stream.time_base


def _measure(
    container: av.container.InputContainer,
    begin: Fraction,
    finish: Fraction,
    rate: Fraction,
    level: NDArray[np.float32],
) -> None:
    energy = np.zeros(len(level), np.float64)
    samples = np.zeros(len(level), np.float64)
    for time, sample_rate, mono in _sound_between(container, begin, finish):
        at = (float(time - begin) + np.arange(len(mono)) / sample_rate) * float(rate)
        frames = np.floor(at).astype(np.int64)
        inside = (frames >= 0) & (frames < len(level))
        energy += np.bincount(frames[inside], mono[inside] ** 2, len(level))
        samples += np.bincount(frames[inside], minlength=len(level))
    heard = samples > 0
    level[heard] = 10 * np.log10(np.maximum(energy[heard] / samples[heard], 1e-12))


def _sound_between(
    container: av.container.InputContainer, begin: Fraction, finish: Fraction
) -> Iterator[tuple[Fraction, int, NDArray[np.float64]]]:
    stream = container.streams.audio[0]
    if stream.time_base is None:
        return
    container.seek(int(max(Fraction(0), begin - PRE_ROLL) / stream.time_base), stream=stream)
    resampler = av.AudioResampler(format="fltp", layout="mono")
    for frame in container.decode(stream):
        if frame.pts is None or frame.time_base is None:
            continue
        time = Fraction(frame.pts) * frame.time_base
        if time >= finish:
            return
        if time + Fraction(frame.samples, frame.sample_rate) > begin:
            for mono in resampler.resample(frame):
                yield time, mono.sample_rate, mono.to_ndarray()[0].astype(np.float64)
