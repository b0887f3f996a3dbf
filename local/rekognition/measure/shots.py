"""Hard cuts, found from the distances between neighbouring thumbnails.

A cut is a step that is large in itself and against its neighbourhood with the
largest neighbour left out (so that two cuts close together do not hide each
other); a step after which the old picture comes back is a flash. The numbers
were tuned on hand-annotated films: expect a little less on others.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from local.rekognition.measure.thumbnails import LUMA_SIZE

Signatures = NDArray[np.uint8]
Distances = NDArray[np.float32]

ABSOLUTE = 18.0
RATIO = 4.0
DARK_ABSOLUTE = 6.0
"""The least step between two dark pictures: their steps are small because they hold little light."""
NEIGHBOURS = 3
FLASH_FRAMES = 3
FLASH_SHARE = 0.4
"""A picture is back when its distance from the old one is below this share of the step."""
BLOCK = 8192


def distance(first: Signatures, second: Signatures) -> Distances:
    """Mean luma difference plus twice the mean chroma difference, row by row."""
    delta = np.abs(first.astype(np.int16) - second.astype(np.int16))
    luma = delta[:, :LUMA_SIZE].mean(axis=1, dtype=np.float32)
    chroma = delta[:, LUMA_SIZE:].mean(axis=1, dtype=np.float32)
    return np.asarray(luma + 2 * chroma, dtype=np.float32)


def blocks(count: int, size: int = BLOCK) -> Iterator[tuple[int, int]]:
    """Cut a range into blocks, so that a long film never fills the memory."""
    for start in range(0, count, size):
        yield start, min(count, start + size)


def brightness(signatures: Signatures) -> NDArray[np.float32]:
    """Mean luma of every frame."""
    return np.asarray(signatures[:, :LUMA_SIZE].mean(axis=1, dtype=np.float32))


def neighbourhood(steps: Distances) -> Distances:
    """Mean of the steps around each frame, the frame itself and the largest neighbour left out."""
    padded = np.pad(steps, NEIGHBOURS, mode="constant")
    shifts = [shift for shift in range(2 * NEIGHBOURS + 1) if shift != NEIGHBOURS]
    around = np.stack([padded[shift : shift + len(steps)] for shift in shifts])
    return np.asarray((around.sum(axis=0) - around.max(axis=0)) / (len(shifts) - 1), dtype=np.float32)


def _is_flash(signatures: Signatures, at: int, step: float) -> bool:
    for gap in range(1, FLASH_FRAMES + 1):
        for old, new in ((at - 1, at + gap), (at - 1 - gap, at)):
            if old < 0 or new >= len(signatures):
                continue
            if float(distance(signatures[old : old + 1], signatures[new : new + 1])[0]) < FLASH_SHARE * step:
                return True
    return False


def hard_cuts(signatures: Signatures, steps: Distances) -> list[tuple[int, float]]:
    """First frames of new shots, each with how far it passed the test (1 is just enough).

    Between dark pictures the absolute limit falls with their light.
    """
    light = np.minimum(brightness(signatures) - 16, 64).clip(0) / 64
    lighter = np.maximum(light, np.roll(light, 1))
    limit = DARK_ABSOLUTE + (ABSOLUTE - DARK_ABSOLUTE) * lighter
    around = np.maximum(neighbourhood(steps), 0.25)
    strength = np.minimum(steps / limit, steps / (RATIO * around))
    # Of two neighbouring candidates the larger step is the cut.
    peak = (steps >= np.roll(steps, 1)) & (steps >= np.roll(steps, -1))
    candidates = np.flatnonzero((strength >= 1) & peak)
    return [
        (int(at), float(strength[at]))
        for at in candidates
        if at > 0 and not _is_flash(signatures, int(at), float(steps[at]))
    ]
