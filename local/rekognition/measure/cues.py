"""Colour bars, end credits and dark frames, from thumbnails and from pictures looked at as pages.

What is not here has no honest classical test: studio logos and slates. Titles over
the picture need looks of their own (`titles`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from local.rekognition.measure.gradual import Range, luma_spread, runs
from local.rekognition.measure.shots import Signatures, blocks
from local.rekognition.measure.text import TextLook
from local.rekognition.measure.thumbnails import CHROMA_SHAPE, CHROMA_SIZE, DARK_SPREAD, LUMA_SIZE

# (Cb, Cr) directions of yellow, cyan, green, magenta, red and blue, in degrees, in both colour matrices.
HUES_601 = (170.8, -71.4, -128.4, 51.6, 108.6, -9.2)
HUES_709 = (174.8, -77.1, -130.3, 49.7, 102.9, -5.2)
HUE_TOLERANCE = 16.0
LEAST_CHROMA = 22.0
GREY_CHROMA = 10.0
BARS_LEAST_SECONDS = 0.4

CREDITS_LEAST_SECONDS = 2.0
CREDITS_LINES = 3
CREDITS_TEXT_SHARE = 0.5
CREDITS_MOST_EDGES = 0.35
CREDITS_LONGEST_GAP = 40.0
"""Seconds of unreadably small or absent text that one roll of credits may hold."""
SNAP_SECONDS = 2.2

DARK_BINS = 24
"""Bins of four luma levels kept for dark frames: thresholds up to a third of the range can be answered."""
DARK_COVERAGE = 0.85
PURE_BINS = 7
PURE_SHARE = 0.9985
"""Nearly all of the picture below luma 28."""


class Credits(NamedTuple):
    """One roll or sequence of pages."""

    start: int
    end: int
    confidence: float


def _chroma(signatures: Signatures) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows = slice(1, 5)
    shape = (-1, *CHROMA_SHAPE)
    u = signatures[:, LUMA_SIZE : LUMA_SIZE + CHROMA_SIZE].reshape(shape)[:, rows].astype(np.float32) - 128
    v = signatures[:, LUMA_SIZE + CHROMA_SIZE :].reshape(shape)[:, rows].astype(np.float32) - 128
    return u, v


def _looks_like_bars(signatures: Signatures, bars: int, first: int) -> NDArray[np.bool_]:
    """Whether ``bars`` equal columns hold grey and, from ``first`` on, the six hues, flat downwards."""
    u, v = _chroma(signatures)
    columns = [int((index + 0.5) * CHROMA_SHAPE[1] / bars) for index in range(bars)]
    fits = (u[:, :, columns].std(axis=1).max(axis=1) < 4) & (v[:, :, columns].std(axis=1).max(axis=1) < 4)
    blue, red = u[:, :, columns].mean(axis=1), v[:, :, columns].mean(axis=1)
    strength = np.hypot(blue, red)
    angle = np.degrees(np.arctan2(red, blue))
    fits &= strength[:, first - 1] < GREY_CHROMA
    for offset, (hue, other) in enumerate(zip(HUES_601, HUES_709, strict=True)):
        at = first + offset
        misses = [np.abs((angle[:, at] - want + 180) % 360 - 180) for want in (hue, other)]
        fits &= (strength[:, at] > LEAST_CHROMA) & (np.minimum(*misses) < HUE_TOLERANCE)
    return np.asarray(fits)


def colour_bars(signatures: Signatures, rate: float) -> list[Range]:
    """Runs of frames that show colour bars: seven (SMPTE) or eight (EBU, white first and black last)."""
    flags = np.zeros(len(signatures), bool)
    for start, end in blocks(len(signatures)):
        part = signatures[start:end]
        flags[start:end] = _looks_like_bars(part, 7, 1) | _looks_like_bars(part, 8, 1)
    return [run for run in runs(flags) if run[1] - run[0] >= BARS_LEAST_SECONDS * rate]


def is_page(look: TextLook) -> bool:
    """Whether a looked-at picture is a page of credits."""
    return (
        look.lines >= CREDITS_LINES
        and look.rows >= 2
        and look.text_share >= CREDITS_TEXT_SHARE
        and look.edge_share <= CREDITS_MOST_EDGES
    )


def _snap(frame: int, edges: list[int], rate: float) -> int:
    nearest = min(edges, key=lambda edge: abs(edge - frame), default=frame)
    return nearest if abs(nearest - frame) <= SNAP_SECONDS * rate else frame


def end_credits(
    pages: list[tuple[int, TextLook]], edges: list[int], count: int, rate: float
) -> list[Credits]:
    """Credits from the pages looked at late in the film, their ends put on cuts and fades.

    ``edges`` are the frames at which the picture changes; a gap without text is
    bridged when the roll goes on behind it.
    """
    found = [number for number, look in pages if is_page(look)]
    groups: list[list[int]] = []
    for number in found:
        if groups and number - groups[-1][-1] <= CREDITS_LONGEST_GAP * rate:
            groups[-1].append(number)
        else:
            groups.append([number])
    credits = []
    for group in groups:
        first, last = group[0], group[-1]
        looked = sum(1 for number, _ in pages if first <= number <= last)
        start = _snap(first, edges, rate)
        end = count if count - last <= SNAP_SECONDS * rate else max(_snap(last, edges, rate), last + 1)
        if end - start >= CREDITS_LEAST_SECONDS * rate and len(group) >= 2:
            share = len(group) / max(1, looked)
            credits.append(Credits(start, end, 60.0 + 35.0 * min(1.0, share)))
    return credits


def pure_black(histograms: NDArray[np.uint16]) -> list[Range]:
    """Runs of frames with nothing in them at all, not even a line of text."""
    flags = np.zeros(len(histograms), bool)
    for start, end in blocks(len(histograms)):
        flags[start:end] = (
            histograms[start:end, :PURE_BINS].sum(axis=1, dtype=np.uint32) >= PURE_SHARE * 65535
        )
    return runs(flags)


class DarkFrames(NamedTuple):
    """What is kept of dark frames so that any black threshold can be answered later."""

    frames: NDArray[np.int32]
    below: NDArray[np.uint16]
    """Share of pixels (of 65,535) below luma 4, 8, ... 96, row by row."""


def dark_frames(signatures: Signatures, histograms: NDArray[np.uint16]) -> DarkFrames:
    """Even frames of which at least 85 % is darker than a third of the range."""
    below = np.zeros((0, DARK_BINS), np.uint16)
    frames: list[NDArray[np.intp]] = []
    kept = [below]
    for start, end in blocks(len(histograms)):
        cumulated = np.cumsum(histograms[start:end, :DARK_BINS].astype(np.uint32), axis=1).clip(0, 65535)
        dark = np.flatnonzero(cumulated[:, -1] >= DARK_COVERAGE * 65535)
        dark = dark[luma_spread(signatures[start:end][dark]) <= DARK_SPREAD]
        frames.append(dark + start)
        kept.append(cumulated[dark].astype(np.uint16))
    numbers = np.concatenate(frames).astype(np.int32) if frames else np.zeros(0, np.int32)
    return DarkFrames(numbers, np.concatenate(kept))
