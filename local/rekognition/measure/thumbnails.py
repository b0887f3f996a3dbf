"""The thumbnail of every frame, kept on disk until the whole film is judged by them."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from local.rekognition.measure.planes import Plane, thin

LUMA_SHAPE = (18, 32)
CHROMA_SHAPE = (9, 16)
LUMA_SIZE = LUMA_SHAPE[0] * LUMA_SHAPE[1]
CHROMA_SIZE = CHROMA_SHAPE[0] * CHROMA_SHAPE[1]
SIGNATURE_SIZE = LUMA_SIZE + 2 * CHROMA_SIZE
HISTOGRAM_BINS = 64
"""Four luma levels a bin: fine enough for the black threshold, which is a share of the range."""
BLACK_MEAN, DARK_MEAN = 30.0, 120.0
DARK_SPREAD = 4.0
"""Standard deviation of the thumbnail's luma: a dark picture with something in it is above."""

Signature = NDArray[np.uint8]
"""A frame as 576 bytes of luma (18 rows of 32), then 144 of each chroma (9 rows of 16)."""

NO_LEVELS = np.zeros(HISTOGRAM_BINS, np.uint16)
"""Of a frame that can't be dark."""


class Thumbnails(NamedTuple):
    """Signatures and histograms by frame number; a frame that is missing repeats the one before."""

    signatures: NDArray[np.uint8]
    histograms: NDArray[np.uint16]
    """Luma, in 65,535ths of the picture; all zero where `may_be_dark` says no."""
    steps: NDArray[np.float32]
    """Distance of every frame from the one before it, as `distance` in `shots`; zero for the first."""


class ThumbnailFile:
    """Takes the planes of frames in order and writes down what a thumbnail keeps of them."""

    def __init__(self, folder: Path) -> None:
        self._paths = [folder / f"{name}.bin" for name in ("signatures", "histograms")]
        self._files = [path.open("wb") for path in self._paths]
        self._last: Signature | None = None
        self._last_levels = NO_LEVELS
        self._steps = array("f")

    def take(self, number: int, luma: Plane, blue: Plane, red: Plane) -> float:
        """Add frame ``number``; frames left out repeat the one before.

        Returns:
            How far the frame is from the one before it, zero for the first.
        """
        thinned = thin(luma, 96)
        found = signature(thinned, blue, red)
        levels = histogram(thinned) if may_be_dark(found) else NO_LEVELS
        if self._last is None:
            self._last, self._last_levels = found, levels
        step = step_between(self._last, found)
        for _ in range(number - len(self._steps)):
            self._write(self._last, self._last_levels, 0.0)
        self._write(found, levels, step)
        self._last, self._last_levels = found, levels
        return step

    def _write(self, found: Signature, levels: NDArray[np.uint16], step: float) -> None:
        signatures, histograms = self._files
        signatures.write(found.data)
        histograms.write(levels.data)
        self._steps.append(step)

    def finish(self) -> Thumbnails:
        """All thumbnails, mapped."""
        for file in self._files:
            file.close()
        if not self._steps:
            empty = np.zeros((0, SIGNATURE_SIZE), np.uint8), np.zeros((0, HISTOGRAM_BINS), np.uint16)
            return Thumbnails(*empty, np.zeros(0, np.float32))
        signatures = np.memmap(self._paths[0], np.uint8, "r").reshape(-1, SIGNATURE_SIZE)
        histograms = np.memmap(self._paths[1], np.uint16, "r").reshape(-1, HISTOGRAM_BINS)
        return Thumbnails(
            np.asarray(signatures), np.asarray(histograms), np.array(self._steps, dtype=np.float32)
        )

    def clear(self) -> None:
        """Remove the files; what is mapped stays readable until it is let go."""
        for file, path in zip(self._files, self._paths, strict=True):
            file.close()
            path.unlink(missing_ok=True)


def signature(thinned: Plane, blue: Plane, red: Plane) -> Signature:
    """The thumbnail of a frame, of its thinned luma and whole chroma planes."""
    row = np.empty(SIGNATURE_SIZE, np.uint8)
    row[:LUMA_SIZE] = _reduced(thinned, LUMA_SHAPE)
    row[LUMA_SIZE:-CHROMA_SIZE] = _reduced(thin(blue, 48), CHROMA_SHAPE)
    row[-CHROMA_SIZE:] = _reduced(thin(red, 48), CHROMA_SHAPE)
    return row


def _reduced(plane: Plane, shape: tuple[int, int]) -> Plane:
    small = cv2.resize(plane, shape[::-1], interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False).ravel()


def step_between(first: Signature, second: Signature) -> float:
    """Mean luma difference plus twice the mean chroma difference of two frames."""
    luma = cv2.norm(first[:LUMA_SIZE], second[:LUMA_SIZE], cv2.NORM_L1)
    chroma = cv2.norm(first[LUMA_SIZE:], second[LUMA_SIZE:], cv2.NORM_L1)
    return luma / LUMA_SIZE + 2 * chroma / (2 * CHROMA_SIZE)


def histogram(thinned: Plane) -> NDArray[np.uint16]:
    """How often each level of luma occurs, in 65,535ths of the picture, so that it fits 16 bits."""
    counts = cv2.calcHist([thinned], [0], None, [HISTOGRAM_BINS], [0, 256])
    return (counts.ravel() * (65535.0 / thinned.size)).astype(np.uint16)


def may_be_dark(found: Signature) -> bool:
    """Whether the frame can be one that `cues.pure_black` or `cues.dark_frames` looks for.

    A picture of which 99.85 % lies below luma 28 has a mean below 28.4, whatever the rest is,
    and one of which 85 % lies below 96 a mean below 120; the latter must be even as well. Hardly
    a frame is either, and counting levels costs as much as half the thumbnail.
    """
    mean, spread = (float(value[0, 0]) for value in cv2.meanStdDev(found[:LUMA_SIZE]))
    return mean <= BLACK_MEAN or (mean <= DARK_MEAN and spread <= DARK_SPREAD + 0.1)
