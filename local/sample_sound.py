"""The sound of the sample film: talk without words, a tune, and true silence.

The talk is a pulse train shaped by three formants that change with every
syllable, in phrases with pauses between them, so that a cutter which avoids
cutting into speech has something to avoid. Everything is computed from the
time alone; nothing is recorded and nothing is random.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

SAMPLE_RATE = 48_000

# First three formants (Hz) of a few vowels, from Peterson and Barney's averages.
VOWELS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
SYLLABLE_SECONDS = 0.21
PHRASES = ((0.25, 1.9), (2.55, 3.8), (4.4, 6.3), (6.9, 8.4))
"""Start and end of each phrase (seconds into a talking shot); between them is a pause."""

TUNE = (0, 4, 7, 12, 9, 7, 5, 4)


def _times(seconds: float) -> Samples:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def phrases_within(seconds: float) -> list[tuple[float, float]]:
    """The phrases heard in a talking shot of that length; the last is cut where the shot ends."""
    return [(start, min(end, seconds - 0.1)) for start, end in PHRASES if seconds - 0.1 - start > 0.4]


def talk(seconds: float, pitch: float) -> Samples:
    """Speech-like sound: phrases of syllables at ``pitch`` hertz."""
    time = _times(seconds)
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.06 * np.sin(2 * np.pi * 2.3 * time))) / SAMPLE_RATE
    syllable = (time / SYLLABLE_SECONDS).astype(int)
    formants = np.array(VOWELS, dtype=np.float64)[(syllable * 3 + syllable // 4) % len(VOWELS)]
    voice = np.zeros_like(time)
    for harmonic in range(1, int(3400 / pitch)):
        distance = (harmonic * pitch - formants) / np.array([90.0, 130.0, 180.0])
        voice += (np.array([1.0, 0.5, 0.2]) / (1 + distance**2)).sum(axis=1) * np.sin(harmonic * phase)
    voice *= np.sin(np.pi * (time % SYLLABLE_SECONDS) / SYLLABLE_SECONDS) ** 0.7
    heard = np.zeros_like(time)
    for start, end in phrases_within(seconds):
        heard[(time >= start) & (time < end)] = 1.0
    return 0.12 * voice * heard


def tune(seconds: float, root: float) -> Samples:
    """A plucked melody over a held fifth."""
    time = _times(seconds)
    note = (time / 0.3).astype(int)
    steps = np.array(TUNE, dtype=np.float64)[note % len(TUNE)]
    phase = 2 * np.pi * np.cumsum(root * 2 * 2 ** (steps / 12)) / SAMPLE_RATE
    pluck = np.exp(-5 * (time % 0.3)) * np.minimum(1, (time % 0.3) / 0.01)
    melody = pluck * (np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase))
    pad = np.sin(2 * np.pi * root * time) + 0.6 * np.sin(2 * np.pi * root * 1.5 * time)
    return 0.13 * melody + 0.04 * pad


def line_up_tone(seconds: float) -> Samples:
    """The 1 kHz tone that goes with colour bars, 20 dB below full scale."""
    return 0.1 * np.sin(2 * np.pi * 1000 * _times(seconds))


def silence(seconds: float) -> Samples:
    """Digital silence."""
    return np.zeros(round(seconds * SAMPLE_RATE))
