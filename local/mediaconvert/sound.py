"""Exact stretches of sound: samples are placed by their time stamps, gaps are silence."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from local.mediaconvert.encoding import LAYOUTS
from local.mediaconvert.source import open_media

Samples = np.ndarray[Any, np.dtype[np.float32]]

_WARM_UP = (Fraction(1, 4), Fraction(2), Fraction(12))
"""Decoders need a run-up: AAC one frame, Opus 80 ms, MP3's reservoir half a second at worst."""
_JITTER = Fraction(1, 200)
"""Time stamps of MKV and FLV are rounded to milliseconds: below this, sound goes on without a seam."""
_EDGE = Fraction(1, 10)
"""Sound around a stretch that the resampler sees and that is cut off again."""


class SoundReader:
    """Reads stretches of one audio track.

    Attributes:
        rate: Samples per second of the decoded sound.
        channels: Channels of the decoded sound.
        layout: FFmpeg's name of the channel layout, such as ``5.1(side)``.
    """

    def __init__(self, path: Path, index: int) -> None:
        """``index`` counts the audio tracks of the file from 0.

        Raises:
            ValueError: nothing of the track can be decoded.
        """
        self._path, self._index = path, index
        self._container: InputContainer
        self._stream: AudioStream
        self._blocks: deque[tuple[int, Samples]] = deque()
        self._decoded: Iterator[AudioFrame]
        self._expected: int | None = None
        self._open()
        first = next(self._decoded, None)
        if first is None:
            self.close()
            raise ValueError("the track holds no sound that can be decoded")
        # Only a decoded frame tells: HE-AAC says half its rate, a transport stream may say nothing.
        self.rate = first.sample_rate
        self.channels = first.layout.nb_channels
        self.layout = first.layout.name
        self.close()
        self._open()

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _open(self) -> None:
        self._container = open_media(self._path)
        self._stream = self._container.streams.audio[self._index]
        for other in self._container.streams:
            if other.index != self._stream.index:
                other.discard = av.stream.Discard.all
        self._restart()

    def _restart(self) -> None:
        self._blocks.clear()
        self._expected = None
        self._decoded = self._decode()

    def _decode(self) -> Iterator[AudioFrame]:
        for packet in self._container.demux(self._stream):
            try:
                yield from self._stream.decode(packet)
            except av.error.InvalidDataError:
                continue

    def read(self, seconds: Fraction, rate: int, count: int) -> Samples:
        """``count`` samples at ``rate`` from the container time ``seconds``: channels × count."""
        if count == 0:
            return np.zeros((self.channels, 0), dtype=np.float32)
        if rate == self.rate:
            return self._read(round(seconds * rate), count)
        edge = math.ceil(_EDGE * self.rate)
        length = math.ceil(Fraction(count * self.rate, rate)) + 2 * edge
        first = round(seconds * self.rate) - edge
        around = resample(self._read(first, length), self.rate, rate)
        skip = round((seconds - Fraction(first, self.rate)) * rate)
        return around[:, skip : skip + count]

    def _read(self, first: int, count: int) -> Samples:
        """``count`` samples of the track from its sample position ``first``."""
        self._approach(first)
        while self._expected is None or self._expected < first + count:
            if not self._take():
                break
        stretch = np.zeros((self.channels, count), dtype=np.float32)
        for position, block in self._blocks:
            start, end = max(position, first), min(position + block.shape[1], first + count)
            if start < end:
                stretch[:, start - first : end - first] = block[:, start - position : end - position]
        while self._blocks and self._blocks[0][0] + self._blocks[0][1].shape[1] < first + count - self.rate:
            self._blocks.popleft()
        return stretch

    def _approach(self, first: int) -> None:
        """Have the blocks begin at or before ``first``, reading on when it is near."""
        held = self._blocks[0][0] if self._blocks else self._expected
        if held is not None and self._expected is not None:
            near = self._expected + 5 * self.rate
            if held <= first <= near:
                return
        for back in _WARM_UP:
            target = Fraction(first, self.rate) - back
            if target > 0 and self._seek(target, first):
                return
        self._container.close()
        self._open()

    def _seek(self, seconds: Fraction, first: int) -> bool:
        assert self._stream.time_base is not None
        try:
            self._container.seek(int(seconds / self._stream.time_base), stream=self._stream)
        except av.error.FFmpegError:
            return False
        self._restart()
        return self._take() and self._blocks[0][0] <= first

    def _take(self) -> bool:
        """Decode one more block; False at the end of the track."""
        for frame in self._decoded:
            if frame.pts is None or frame.time_base is None:
                continue
            block = planar(frame)
            if block.shape[0] != self.channels:
                continue
            position = round(frame.pts * frame.time_base * self.rate)
            if self._expected is not None and abs(position - self._expected) <= _JITTER * self.rate:
                position = self._expected
            self._blocks.append((position, block))
            self._expected = position + block.shape[1]
            return True
        return False


def planar(frame: AudioFrame) -> Samples:
    """A decoded frame as channels × length, full scale at ±1."""
    samples = frame.to_ndarray()
    channels = frame.layout.nb_channels
    if not frame.format.is_planar:
        samples = samples.reshape(-1, channels).T
    wide = samples.astype(np.float32)
    if samples.dtype == np.uint8:
        wide = wide / np.float32(128) - np.float32(1)
    elif samples.dtype in (np.int16, np.int32):
        wide = wide / np.float32(1 << (15 if samples.dtype == np.int16 else 31))
    return wide


def resample(samples: Samples, rate: int, target: int) -> Samples:
    """The same sound at another sample rate; the first sample stays the first."""
    channels = samples.shape[0]
    layout = LAYOUTS.get(channels, f"{channels} channels")
    resampler = AudioResampler(format="fltp", layout=layout, rate=target)
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    parts = [part.to_ndarray() for part in (*resampler.resample(frame), *resampler.resample(None))]
    wanted = round(Fraction(samples.shape[1] * target, rate))
    joined = np.concatenate(parts, axis=1)[:, :wanted]
    return np.pad(joined, ((0, 0), (0, wanted - joined.shape[1]))).astype(np.float32)


_SQRT_HALF = math.sqrt(0.5)
_POSITIONS = {
    "FL": (1.0, 0.0), "FR": (0.0, 1.0), "FC": (_SQRT_HALF, _SQRT_HALF), "LFE": (0.0, 0.0),
    "BL": (_SQRT_HALF, 0.0), "BR": (0.0, _SQRT_HALF), "SL": (_SQRT_HALF, 0.0), "SR": (0.0, _SQRT_HALF),
    "BC": (0.5, 0.5), "FLC": (_SQRT_HALF, 0.0), "FRC": (0.0, _SQRT_HALF),
}  # fmt: skip


def mixing_matrix(names: list[str], channels: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Gains from channels named as FFmpeg does (``FL``, ``FC`` …) to 1, 2 or 6 channels (ITU-R BS.775).

    Mono fills both sides of stereo; LFE is left out of a downmix; a downmix is not attenuated, for
    loudness and peaks are looked after later or not asked for.
    """
    count = len(names)
    if count == channels:
        return np.eye(count)
    if count == 1:
        return _from_mono(channels)
    if channels == 6:
        matrix = np.zeros((6, count))
        for index in range(min(count, 6)):
            matrix[index, index] = 1.0
        return matrix
    stereo = np.array([_POSITIONS.get(name, (0.5, 0.5)) for name in names]).T
    return stereo if channels == 2 else stereo.mean(axis=0, keepdims=True)


def _from_mono(channels: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    matrix = np.zeros((channels, 1))
    matrix[[2] if channels == 6 else list(range(channels))] = 1.0
    return matrix


def remix_matrix(rows: tuple[tuple[float, ...], ...], count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Gains of remix settings: dB to factors, -60 is silence; missing inputs are silent."""
    matrix = np.zeros((len(rows), count))
    for output, row in enumerate(rows):
        for source, decibels in enumerate(row[:count]):
            matrix[output, source] = 0.0 if decibels <= -60 else 10 ** (decibels / 20)
    return matrix
