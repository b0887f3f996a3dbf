"""Letters that come up or go away between looks at a film, all at once and all of one colour.

Compared are looks a quarter of a second apart. Strokes that were not there a
moment ago and stand still from now on are what a title leaves behind, whether
the picture under it rests or moves; so does a new shot that rests, but its
strokes are not all of one colour and in lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from local.rekognition.measure.planes import Plane

LOOK_WIDTH = 480
"""Pixels; all sizes below are meant for pictures of this width."""
EDGE = 30
"""Morphological gradient at the rim of a letter."""
CHANGE = 26
"""Luma by which letters differ from what was there before them."""
STILL = 10
"""Luma by which standing letters may change from look to look."""
STILL_LOOKS = 3
APART = (4, 8)
"""Looks between before and after: a second for letters that appear, two for slow fades."""
LEAST_PIXELS, MOST_SHARE = 90, 0.20
COLOUR = 12
COLOUR_SHARE = 0.10
"""Share of the new strokes that have the letters' luma, give or take `COLOUR`: the rest moves."""
COLOURS = 3
"""The commonest lumas of new strokes; letters are looked for in each."""
ALONE = 0.6
"""Share of the new strokes of that luma that lie in lines of letters."""
JOIN = np.ones((2, 8), np.uint8)
"""How far apart the letters of a line may be, in half the size."""
FILLED = 0.3
CROSSINGS = 3.5
"""Strokes crossed on the way along a line of letters, on an average height of it."""
LOWEST = 4
NARROWEST = 1.8
WIDTH_SHARE = 0.06

CONTRAST = 32
"""Luma between the letters and the middle of what lies around them in their box."""
BEYOND_SHARE = 0.04
"""Share of a box that may be brighter than bright letters, or darker than dark ones."""
MARGIN = 3
"""Pixels at the edges of the picture in which no title has letters."""
NEAR = np.ones((3, 3), np.uint8)
AROUND = np.ones((11, 11), np.uint8)
BALANCE = 0.25
"""Least ratio of level to upright rims of letters, or of upright to level ones: a fence has one kind."""

Mask = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right and bottom."""


class Letters(NamedTuple):
    """Letters seen at one look, as pixels of the flattened picture, and the box of each line."""

    pixels: NDArray[np.intp]
    around: NDArray[np.intp]
    """What lies close beside the letters."""
    boxes: list[Box]
    alone: float
    """Share of all new strokes of their luma that is theirs."""
    contrast: float


def letters_at(looks: Sequence[Plane], at: int, way: int) -> Letters | None:
    """Letters that are at look ``at``, weren't there before and stay; ``way`` -1 runs time backwards."""
    if not 0 <= at + way * STILL_LOOKS < len(looks):
        return None
    now = looks[at]
    for apart in APART:
        before = at - way * apart
        if 0 <= before < len(looks):
            new = _over(cv2.absdiff(now, looks[before]), CHANGE)
            for step in range(1, STILL_LOOKS + 1):
                moved = _over(cv2.absdiff(now, looks[at + way * step]), STILL)
                new = cv2.subtract(new, moved).astype(np.uint8, copy=False)
            if cv2.countNonZero(new) >= LEAST_PIXELS and (found := _letters(now, new)) is not None:
                return found
    return None


def _over(values: NDArray[Any], limit: int) -> Mask:
    return cv2.threshold(values, limit, 255, cv2.THRESH_BINARY)[1].astype(np.uint8, copy=False)


def strokes(picture: Plane) -> Mask:
    """Every pixel at a strong edge."""
    rim = _over(cv2.morphologyEx(picture, cv2.MORPH_GRADIENT, NEAR), EDGE)
    return cv2.dilate(rim, NEAR).astype(np.uint8, copy=False)


def _letters(now: Plane, new: Mask) -> Letters | None:
    """The lines of letters among new strokes, if hardly anything else among them has their colour."""
    new = cv2.bitwise_and(new, strokes(now)).astype(np.uint8, copy=False)
    amount = cv2.countNonZero(new)
    if not LEAST_PIXELS <= amount <= MOST_SHARE * new.size:
        return None
    counts = np.bincount(now[new > 0], minlength=256)
    best: Letters | None = None
    for _ in range(COLOURS):
        near = np.convolve(counts, np.ones(2 * COLOUR + 1), "same")
        colour = int(near.argmax())
        if near[colour] < max(LEAST_PIXELS, COLOUR_SHARE * amount):
            break
        own = cv2.bitwise_and(new, cv2.inRange(now, max(0, colour - COLOUR), min(255, colour + COLOUR)))
        found = _of_one_colour(now, own.astype(np.uint8, copy=False), colour)
        if found is not None and (best is None or found.alone > best.alone):
            best = found
        counts[max(0, colour - 2 * COLOUR) : colour + 2 * COLOUR + 1] = 0
    return best


def _of_one_colour(now: Plane, own: Mask, colour: int) -> Letters | None:
    boxes = [box for box in _lines(own) if _stands_out(now, own, box, colour)]
    if not boxes:
        return None
    inside = np.zeros_like(own)
    for left, top, right, bottom in boxes:
        inside[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2] = 255
    letters = cv2.bitwise_and(own, inside)
    alone = cv2.countNonZero(letters) / cv2.countNonZero(own)
    if alone < ALONE:
        return None
    like = cv2.inRange(now, max(0, colour - COLOUR), min(255, colour + COLOUR))
    around = cv2.bitwise_and(cv2.dilate(letters, AROUND), cv2.bitwise_not(cv2.dilate(like, NEAR)))
    pixels, beside = np.flatnonzero(letters), np.flatnonzero(around)
    contrast = abs(float(now.ravel()[pixels].mean()) - float(now.ravel()[beside].mean()))
    return Letters(pixels, beside, boxes, alone, contrast)


def _lines(own: Mask) -> list[Box]:
    """Boxes of what looks like lines of letters; joined in half the size, which is much faster."""
    height, width = own.shape
    half = cv2.resize(own, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    joined = cv2.morphologyEx(_over(half, 0), cv2.MORPH_CLOSE, JOIN)
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    left, top, wide, tall, area = (2 * stats[:, column] for column in range(5))
    fits = (tall >= LOWEST) & (wide >= NARROWEST * tall) & (wide >= WIDTH_SHARE * width)
    fits &= (
        (np.minimum(left, top) >= MARGIN) & (left + wide <= width - MARGIN) & (top + tall <= height - MARGIN)
    )
    fits &= 2 * area >= FILLED * wide * tall
    fits[0] = False
    boxes = []
    for index in np.flatnonzero(fits):
        box = (
            int(left[index]),
            int(top[index]),
            int(left[index] + wide[index]),
            int(top[index] + tall[index]),
        )
        if _is_written(own[box[1] : box[3], box[0] : box[2]] > 0):
            boxes.append(box)
    return boxes


def _is_written(inked: NDArray[np.bool_]) -> bool:
    """Whether many strokes stand side by side, and not the same ones on every height, as in a fence."""
    starts = np.sort((inked[:, 1:] & ~inked[:, :-1]).sum(axis=1))
    upright, level = (inked[:, 1:] ^ inked[:, :-1]).sum(), (inked[1:] ^ inked[:-1]).sum()
    balanced = min(upright, level) >= BALANCE * max(upright, level)
    return bool(balanced and starts[len(starts) // 3 :].mean() >= CROSSINGS)


def _stands_out(now: Plane, own: Mask, box: Box, colour: int) -> bool:
    """Whether the letters are the brightest or the darkest thing in their box: texture has both around it."""
    left, top, right, bottom = box
    part = slice(top, bottom), slice(left, right)
    around = now[part][cv2.dilate(own[part], NEAR) == 0]
    if len(around) == 0:
        return False
    middle = float(np.median(around))
    beyond = now[part] > colour + COLOUR if colour > middle else now[part] < colour - COLOUR
    return abs(colour - middle) >= CONTRAST and float(beyond.mean()) <= BEYOND_SHARE
