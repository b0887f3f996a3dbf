"""Soft transitions: fades through black, and dissolves.

Both are reported as half-open ranges of frames that belong to neither shot,
as Rekognition leaves soft transitions out of its shots.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from local.rekognition.measure.shots import Distances, Signatures, blocks, brightness, distance
from local.rekognition.measure.thumbnails import (
    CHROMA_SHAPE,
    CHROMA_SIZE,
    LUMA_SHAPE,
    LUMA_SIZE,
    SIGNATURE_SIZE,
)

NEAR_BLACK = 24.0
"""Mean luma below which a frame can be the bottom of a fade (16 is black)."""
FADE_RISE = 0.15
"""Luma a frame must rise to count as still fading."""
FADE_LONGEST = 60
DISSOLVE_LENGTHS = (12, 18, 24, 32, 40)
DISSOLVE_LEAST = 26.0
"""How far apart the pictures on both sides must be."""
MIDDLE_SHARE = 0.32
"""The middle of a dissolve is nearer to the mean of its sides than this share of their distance."""
QUARTER_SHARE = 0.40
STEP_SHARE = 0.34
"""No step inside a dissolve is larger than this share of the whole change."""
MARGIN_SHARE = 0.38
"""Just outside, over a third of the length, the picture may change by at most this share."""

COARSE_SIZE = 48

Range = tuple[int, int]


def runs(flags: NDArray[np.bool_]) -> list[Range]:
    """Half-open ranges in which the flag is set."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def fades(signatures: Signatures, cuts: list[int]) -> list[Range]:
    """Near-black runs grown outwards while the luma rises, up to a hard cut."""
    light = brightness(signatures)
    hard = set(cuts)
    found = []
    for start, end in runs(light < NEAR_BLACK):
        first, last = start, end
        while (
            first > 0
            and first not in hard
            and start - first < FADE_LONGEST
            and light[first - 1] > light[first] + FADE_RISE
        ):
            first -= 1
        while (
            last < len(light)
            and last not in hard
            and last - end < FADE_LONGEST
            and light[last] > light[last - 1] + FADE_RISE
        ):
            last += 1
        if start - first >= 4 or last - end >= 4:
            found.append((first, last))
    return found


def _averaging() -> NDArray[np.float32]:
    """The matrix that takes a signature to its 8x4 luma and 4x2 chroma blocks of 4x4."""
    weights = np.zeros((SIGNATURE_SIZE, COARSE_SIZE), np.float32)
    blocks_of = (
        (0, LUMA_SHAPE[1], 1, 4, 8),
        (LUMA_SIZE, CHROMA_SHAPE[1], 0, 2, 4),
        (LUMA_SIZE + CHROMA_SIZE, CHROMA_SHAPE[1], 0, 2, 4),
    )
    column = 0
    for offset, width, top, down, across in blocks_of:
        for row, place in product(range(down), range(across)):
            for y, x in product(range(4), range(4)):
                weights[offset + (top + 4 * row + y) * width + 4 * place + x, column] = 1 / 16
            column += 1
    return weights


def _coarse(signatures: Signatures) -> NDArray[np.float32]:
    """Each frame as 48 numbers (8x4 luma, 4x2 of each chroma): enough to reject nearly everything."""
    averaging = _averaging()
    rows = np.empty((len(signatures), COARSE_SIZE), np.float32)
    for start, end in blocks(len(signatures)):
        rows[start:end] = signatures[start:end].astype(np.float32) @ averaging
    return rows


def _coarse_distance(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    delta = np.abs(first - second)
    return np.asarray(delta[:, :32].mean(axis=1) + 2 * delta[:, 32:].mean(axis=1), dtype=np.float32)


def _plausible(coarse: NDArray[np.float32], length: int) -> NDArray[np.intp]:
    """Every second start of a window whose middle could be the mean of its ends, seen coarsely."""
    before, after = coarse[: -length - 1 : 2], coarse[length:-1:2]
    middle = coarse[length // 2 : length // 2 - length - 1 : 2]
    whole = _coarse_distance(before, after)
    fits = whole >= 0.7 * DISSOLVE_LEAST
    fits &= _coarse_distance((before + after) * np.float32(0.5), middle) <= MIDDLE_SHARE * np.minimum(
        whole, 60
    )
    return 2 * np.flatnonzero(fits)


def _mixture(signatures: Signatures, starts: NDArray[np.intp], length: int) -> NDArray[np.bool_]:
    """Which windows ``[start, start + length]`` look like a mixture of their two ends."""
    before, after = signatures[starts], signatures[starts + length]
    whole = distance(before, after)
    wide_before, wide_after = before.astype(np.float32), after.astype(np.float32)
    fits = whole >= DISSOLVE_LEAST
    for share, limit in ((0.5, MIDDLE_SHARE), (0.25, QUARTER_SHARE), (0.75, QUARTER_SHARE)):
        blend = (wide_before * (1 - share) + wide_after * share).astype(np.uint8)
        inside = signatures[starts + round(length * share)]
        fits &= distance(blend, inside) <= limit * np.minimum(whole, 60)
        fits &= distance(before, inside) >= 0.6 * share * whole
    return np.asarray(fits)


def dissolves(signatures: Signatures, steps: Distances, taken: list[Range], cuts: list[int]) -> list[Range]:
    """Ranges in which one still-standing picture melts into another.

    ``taken`` are fades: nothing overlapping them is a dissolve, and no window may hold a hard cut.
    """
    count = len(signatures)
    barred = np.zeros(count + 1, bool)
    for start, end in taken:
        barred[max(0, start - 2) : end + 2] = True
    barred[cuts] = True
    barred_before = np.concatenate([[0], np.cumsum(barred)])
    coarse = _coarse(signatures)
    votes: list[tuple[float, int, int]] = []
    for length in DISSOLVE_LENGTHS:
        if count <= length + 2:
            continue
        starts = _plausible(coarse, length)
        starts = starts[barred_before[starts + length + 1] == barred_before[starts + 1]]
        for start, end in blocks(len(starts)):
            part = starts[start:end]
            for at in part[_mixture(signatures, part, length)]:
                score = _smoothness(signatures, steps, int(at), length)
                if score > 0:
                    votes.append((score, int(at) + 1, int(at) + length))
    chosen: list[Range] = []
    for _, first, end in sorted(votes, reverse=True):
        if all(end + 12 <= other[0] or first >= other[1] + 12 for other in chosen):
            chosen.append((first, end))
    return sorted(chosen)


def _smoothness(signatures: Signatures, steps: Distances, at: int, length: int) -> float:
    """How dissolve-like a mixture is: gentle inside, quiet outside; 0 is not one."""
    whole = float(distance(signatures[at : at + 1], signatures[at + length : at + length + 1])[0])
    margin = max(4, length // 3)
    left, right = max(0, at - margin), min(len(signatures) - 1, at + length + margin)
    inside = steps[at + 1 : at + length + 1]
    before = float(distance(signatures[left : left + 1], signatures[at : at + 1])[0])
    after = float(distance(signatures[at + length : at + length + 1], signatures[right : right + 1])[0])
    if inside.max() > STEP_SHARE * whole or max(before, after) > MARGIN_SHARE * whole:
        return 0.0
    return whole - before - after


def luma_spread(signatures: Signatures) -> NDArray[np.float32]:
    """Standard deviation of luma over the thumbnail, frame by frame."""
    return np.asarray(signatures[:, :LUMA_SIZE].std(axis=1, dtype=np.float32))
