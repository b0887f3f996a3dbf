"""Letters that come up or go away between looks at a film, all at once and all of one colour.

Compared are looks a quarter of a second apart. Strokes that were not there a
moment ago and stand still from now on are what a title leaves behind, whether
the picture under it rests or moves; so does a new shot that rests, but its
strokes are not all of one colour and in lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
LIKE = np.ones(2 * COLOUR + 1)
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


def letters_at(looks: Sequence[Plane], at: int) -> Iterator[Letters]:
    """Letters that have come up at look ``at`` and stay, then those that stand there and go away next."""
    written: Mask | None = None
    for way in (1, -1):
        after = at + way * STILL_LOOKS
        if not 0 <= after < len(looks):
            continue
        written = strokes(looks[at]) if written is None else written
        still = _still(looks, at, way, written)
        if cv2.countNonZero(still) >= LEAST_PIXELS and (found := _new_letters(looks, at, way, still)):
            yield found


def _still(looks: Sequence[Plane], at: int, way: int, written: Mask) -> Mask:
    """What of the strokes at look ``at`` rests in the looks next to it."""
    still = written
    for step in range(1, STILL_LOOKS + 1):
        moved = _over(cv2.absdiff(looks[at], looks[at + way * step]), STILL)
        still = cv2.subtract(still, moved).astype(np.uint8, copy=False)
    return still


def _new_letters(looks: Sequence[Plane], at: int, way: int, still: Mask) -> Letters | None:
    """Letters among strokes that rest and were not there before; ``way`` -1 runs time backwards."""
    for apart in APART:
        before = at - way * apart
        if 0 <= before < len(looks):
            changed = _over(cv2.absdiff(looks[at], looks[before]), CHANGE)
            new = cv2.bitwise_and(still, changed).astype(np.uint8, copy=False)
            if (found := _letters(looks[at], new)) is not None:
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
    amount = cv2.countNonZero(new)
    if not LEAST_PIXELS <= amount <= MOST_SHARE * new.size:
        return None
    # Gathered first: counting under a mask takes three times as long.
    counts = np.bincount(now[new != 0], minlength=256)
    best: Letters | None = None
    for _ in range(COLOURS):
        near = np.convolve(counts, LIKE, "same")
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
    amount = cv2.countNonZero(own)
    boxes = _long_boxes(own)
    # Looking into boxes costs most: first see whether they hold enough of the strokes at all.
    if cv2.countNonZero(_inside(own, boxes)) / amount < ALONE:
        return None
    boxes = [box for box in boxes if _is_written(own, box) and _stands_out(now, own, box, colour)]
    letters = _inside(own, boxes)
    alone = cv2.countNonZero(letters) / amount
    if alone < ALONE:
        return None
    like = cv2.inRange(now, max(0, colour - COLOUR), min(255, colour + COLOUR))
    around = cv2.bitwise_and(cv2.dilate(letters, AROUND), cv2.bitwise_not(cv2.dilate(like, NEAR)))
    pixels, beside = np.flatnonzero(letters), np.flatnonzero(around)
    contrast = abs(float(now.ravel()[pixels].mean()) - float(now.ravel()[beside].mean()))
    return Letters(pixels, beside, boxes, alone, contrast)


def _inside(own: Mask, boxes: list[Box]) -> Mask:
    """The strokes in and right beside the boxes."""
    inside = np.zeros_like(own)
    for left, top, right, bottom in boxes:
        area = slice(max(0, top - 2), bottom + 2), slice(max(0, left - 2), right + 2)
        inside[area] = own[area]
    return inside


def _long_boxes(own: Mask) -> list[Box]:
    """Boxes that lines of letters could fill; joined in half the size, which is much faster."""
    height, width = own.shape
    half = cv2.resize(own, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    joined = cv2.morphologyEx(_over(half, 0), cv2.MORPH_CLOSE, JOIN)
    # Sixteen bits hold the labels of so small a picture, and are counted in half the time.
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_16U)
    wide_enough = stats[1:][2 * stats[1:, cv2.CC_STAT_WIDTH] >= WIDTH_SHARE * width]
    boxes = []
    for left, top, wide, tall, area in (2 * wide_enough).tolist():
        fits = tall >= LOWEST and wide >= NARROWEST * tall and 2 * area >= FILLED * wide * tall
        inside = min(left, top) >= MARGIN and left + wide <= width - MARGIN and top + tall <= height - MARGIN
        if fits and inside:
            boxes.append((left, top, left + wide, top + tall))
    return boxes


def _is_written(own: Mask, box: Box) -> bool:
    """Whether many strokes stand side by side, and not the same ones on every height, as in a fence."""
    left, top, right, bottom = box
    inked = own[top:bottom, left:right] > 0
    upright = np.count_nonzero(inked[:, 1:] != inked[:, :-1])
    level = np.count_nonzero(inked[1:] != inked[:-1])
    if min(upright, level) < BALANCE * max(upright, level):
        return False
    starts = np.sort(np.count_nonzero(inked[:, 1:] > inked[:, :-1], axis=1))
    return bool(starts[len(starts) // 3 :].mean() >= CROSSINGS)


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
