"""Loudness after ITU-R BS.1770: measured on the sound alone, then one linear gain and a limiter.

The measure is FFmpeg's ``ebur128`` filter. The limiter works at four times the sample rate, so that it
sees the peaks between samples; because limiting costs loudness, the gain is first found with a quick
limiter that is run until the target is met.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from local.mediaconvert.encoding import LAYOUTS
from local.mediaconvert.sound import Samples
from local.mediaconvert.spec import Normalization

_OVERSAMPLING = 4
_CHUNK = 48000
_HEADROOM = 0.1
"""dB kept below the limit: coming back down from the oversampled rate raises peaks a little."""
_SILENCE = -70.0
_ROUNDS = 4
_CLOSE = 0.05
_FILLING = 3
"""The first 100 ms steps, in which the 400 ms window is not yet full."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LKFS (gated and ungated) and true peak in dBFS."""

    gated: float
    ungated: float
    true_peak: float


class Meter:
    """Measures sound that comes in pieces."""

    def __init__(self, channels: int, rate: int, *, peaks: bool = True) -> None:
        self._layout, self._rate, self._position = LAYOUTS[channels], rate, 0
        options = "metadata=1:peak=true" if peaks else "metadata=1"
        self._graph = _graph(self._layout, rate, [("ebur128", options)])
        self._momentary: list[float] = []
        self._gated, self._peak = _SILENCE, -math.inf

    def add(self, samples: Samples) -> None:
        """Take the next samples (channels × length)."""
        for start in range(0, samples.shape[1], _CHUNK):
            piece = samples[:, start : start + _CHUNK]
            self._graph.push(_frame(piece, self._layout, self._rate, self._position))
            self._position += piece.shape[1]
            self._pull()

    def result(self) -> Loudness:
        """What has been measured; sound shorter than 0.4 s has no loudness (-70)."""
        self._graph.push(None)
        self._pull()
        blocks = [10 ** (value / 10) for value in self._momentary[_FILLING:]]
        ungated = 10 * math.log10(sum(blocks) / len(blocks)) if blocks else _SILENCE
        return Loudness(self._gated, max(ungated, _SILENCE), self._peak)

    def _pull(self) -> None:
        while True:
            try:
                frame = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            metadata = frame.metadata
            if "lavfi.r128.I" in metadata:
                self._gated = float(metadata["lavfi.r128.I"])
                self._momentary.append(float(metadata["lavfi.r128.M"]))
            peaks = [
                float(value) for key, value in metadata.items() if key.startswith("lavfi.r128.true_peaks_ch")
            ]
            if peaks:
                self._peak = max(
                    self._peak, *(20 * math.log10(peak) if peak > 0 else -math.inf for peak in peaks)
                )


def measure(samples: Samples, rate: int, *, peaks: bool = True) -> Loudness:
    """Loudness of one stretch of sound, and its true peak unless that is not wanted."""
    meter = Meter(samples.shape[0], rate, peaks=peaks)
    meter.add(samples)
    return meter.result()


def normalize(samples: Samples, rate: int, wanted: Normalization) -> Samples:
    """Bring sound to its target loudness without exceeding the true-peak limit.

    Sound below the correction gate, and silence, is left as it is.
    """
    found = measure(samples, rate)
    loudness = found.gated if wanted.gated else found.ungated
    if not wanted.correct or loudness <= max(wanted.gate, _SILENCE):
        return samples
    gain = wanted.target - loudness
    if found.true_peak + gain <= wanted.true_peak:
        return _gained(samples, gain)
    ceiling = wanted.true_peak - _HEADROOM
    for _ in range(_ROUNDS):
        again = measure(limit(_gained(samples, gain), rate, ceiling, oversampling=1), rate, peaks=False)
        missing = wanted.target - (again.gated if wanted.gated else again.ungated)
        if abs(missing) < _CLOSE:
            break
        gain += missing
    return limit(_gained(samples, gain), rate, ceiling)


def limit(samples: Samples, rate: int, ceiling: float, oversampling: int = _OVERSAMPLING) -> Samples:
    """Hold the true peak below ``ceiling`` dBFS; the sound keeps its place in time.

    Without oversampling only the samples themselves are held below it.
    """
    layout, high = LAYOUTS[samples.shape[0]], rate * oversampling
    level = f"limit={10 ** (ceiling / 20):.6f}:level=0:attack=2:release=60:latency=1"
    graph = _graph(layout, rate, [("aresample", str(high)), ("alimiter", level), ("aresample", str(rate)),
                                  ("aformat", "sample_fmts=fltp")])  # fmt: skip
    parts: list[Samples] = []
    for start in range(0, samples.shape[1], _CHUNK):
        graph.push(_frame(samples[:, start : start + _CHUNK], layout, rate, start))
        _drain(graph, parts)
    graph.push(None)
    _drain(graph, parts)
    length = samples.shape[1]
    joined = np.concatenate(parts, axis=1)[:, :length]
    return np.pad(joined, ((0, 0), (0, length - joined.shape[1])))


def _drain(graph: Graph, parts: list[Samples]) -> None:
    while True:
        try:
            pulled = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(pulled, AudioFrame)
        parts.append(pulled.to_ndarray().astype(np.float32, copy=False))


def _gained(samples: Samples, decibels: float) -> Samples:
    return samples * np.float32(10 ** (decibels / 20))


def _frame(samples: Samples, layout: str, rate: int, position: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, position, Fraction(1, rate)
    return frame


def _graph(layout: str, rate: int, steps: list[tuple[str, str]]) -> Graph:
    graph = Graph()
    last: Any = graph.add(
        "abuffer", f"sample_rate={rate}:sample_fmt=fltp:channel_layout={layout}:time_base=1/{rate}"
    )
    for name, arguments in [*steps, ("abuffersink", "")]:
        node = graph.add(name, arguments or None)
        last.link_to(node)
        last = node
    graph.configure()
    return graph
