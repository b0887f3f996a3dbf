"""Titles laid over the picture in the opening of a film.

Letters are looked for where they come up and where they go away (`lettering`),
followed through the looks between, and kept if they behave as titles do: they
stand for a while and not for ever, and not where subtitles stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from local.rekognition.measure.lettering import Letters, strokes
from local.rekognition.measure.planes import Plane

LOOKS_A_SECOND = 4
SAME = 22
"""Luma by which a letter may differ from the look at which it was found."""
SAME_SHARE = 0.7
SHORTEST_LOOKS, LONGEST_LOOKS = 5, 80
"""A title stands for more than a second; what stands for twenty is part of the picture or a logo."""
FADE_LOOKS = 8
FADE_STEP = 0.06
SUBTITLES_BELOW = 0.74
CORNER = (0.26, 0.20)
"""Width and height of a corner that belongs to the broadcaster's logo."""
CONTRAST_SHARE = 0.4
"""Share of their contrast that standing letters keep, whatever passes behind them."""
PLAIN_SHARE = 0.004
"""Share of strokes below which a ground is plain."""
RESTING = 12
"""Luma by which what rests may change."""
MOVED_SHARE = 0.5
"""Share of other strokes that have moved, in the median look."""
PARTS = 4
LEAST_PART = 20
GROUND_SHARE = 0.75
"""Share of the ground of letters that must stay where they come up or go away."""
GONE = 0.25
"""Share of their contrast below which letters are gone."""
BUSY_CELLS = 5
"""Ninths of the picture in which something must be seen to move."""
GHOST_SHARE = 0.3
MERGE_SECONDS = 0.5
"""Less than this between two titles is not worth a clip."""
LOWEST_CONFIDENCE, HIGHEST_CONFIDENCE = 62.0, 80.0


class Title(NamedTuple):
    """A half-open range of frames with letters over the picture."""

    start: int
    end: int
    confidence: float


class Standing(NamedTuple):
    """Letters with the first and the last look at which they stand."""

    first: int
    last: int
    letters: Letters


class Looks(NamedTuple):
    """Small luma pictures of an opening, a quarter of a second apart."""

    pictures: Sequence[Plane]
    numbers: list[int]
    """Their frame numbers."""
    letters: Mapping[int, list[Letters]]
    """What comes up or goes away, by the index of the picture in which it stands."""


def opening_titles(looks: Looks, cuts: list[int], rate: float) -> list[Title]:
    """All titles of an opening; ``cuts`` are the first frames of new shots."""
    pictures = looks.pictures
    found: list[Standing] = []
    for at, seen in looks.letters.items():
        for letters in seen:
            if _elsewhere(letters, pictures[at]):
                continue
            if any(first <= at <= last and _shared(letters, other) for first, last, other in found):
                continue
            first, last = _standing(pictures, letters, at)
            lasting = SHORTEST_LOOKS <= last - first + 1 <= LONGEST_LOOKS
            if lasting and _laid_over(looks, letters, first, last, cuts):
                found.append(Standing(first, last, letters))
    found = [item for item in found if not any(_ghost(item, other, pictures) for other in found)]
    titles = [
        Title(
            _edge(looks, letters, first, -1, cuts),
            _edge(looks, letters, last, 1, cuts),
            round(LOWEST_CONFIDENCE + (HIGHEST_CONFIDENCE - LOWEST_CONFIDENCE) * letters.alone, 4),
        )
        for first, last, letters in found
    ]
    return _merged(titles, rate)


def _shared(letters: Letters, other: Letters) -> bool:
    return len(np.intersect1d(letters.pixels, other.pixels, True)) >= 0.6 * len(letters.pixels)


def _ghost(item: Standing, other: Standing, pictures: Sequence[Plane]) -> bool:
    """Whether this is only the ground that letters leave uncovered when they go."""
    first, last, letters = item
    beside = last < other.first <= last + 3 or other.last < first <= other.last + 3
    if not beside or len(np.intersect1d(letters.pixels, other.letters.pixels, True)) < GHOST_SHARE * len(
        letters.pixels
    ):
        return False
    return abs(_contrast(pictures[first], letters)) < abs(_contrast(pictures[other.first], other.letters))


def _elsewhere(letters: Letters, picture: Plane) -> bool:
    """Whether the letters stand where subtitles do, low across the middle, or in a corner as a logo does."""
    height, width = picture.shape
    left, top, right, bottom = (
        choose(sides)
        for choose, sides in zip((min, min, max, max), zip(*letters.boxes, strict=True), strict=True)
    )
    subtitle = (top + bottom) / 2 > SUBTITLES_BELOW * height and left < width / 2 < right
    beside = right < CORNER[0] * width or left > (1 - CORNER[0]) * width
    corner = beside and (bottom < CORNER[1] * height or top > (1 - CORNER[1]) * height)
    return bool(subtitle or corner)


def _standing(pictures: Sequence[Plane], letters: Letters, at: int) -> tuple[int, int]:
    """First and last look at which the letters are as they are at ``at``; one look may miss them."""
    own = pictures[at].ravel()[letters.pixels].astype(np.int16)
    least = CONTRAST_SHARE * abs(_contrast(pictures[at], letters))

    def there(look: int) -> bool:
        if not 0 <= look < len(pictures):
            return False
        other = pictures[look].ravel()[letters.pixels]
        same = (np.abs(other - own) <= SAME).mean() >= SAME_SHARE
        return bool(same and abs(_contrast(pictures[look], letters)) >= least)

    ends = []
    for way in (-1, 1):
        look = at
        while abs(look - at) <= LONGEST_LOOKS and (there(look + way) or there(look + 2 * way)):
            look += way if there(look + way) else 2 * way
        ends.append(look)
    return ends[0], ends[1]


def _contrast(picture: Plane, letters: Letters) -> float:
    flat = picture.ravel()
    return float(flat[letters.pixels].mean()) - float(flat[letters.around].mean())


def _laid_over(looks: Looks, letters: Letters, first: int, last: int, cuts: list[int]) -> bool:
    """Whether the letters are over the picture and not in it.

    They are if they come up or go away by themselves, or stand over a cut. Else
    they could be a sign, seen from cut to cut or uncovered by somebody who
    passes: then everything else must move, or be a plain ground.
    """
    numbers = looks.numbers
    return (
        any(numbers[first] < cut <= numbers[last] for cut in cuts)
        or _by_themselves(looks, letters, first, -1, cuts)
        or _by_themselves(looks, letters, last, 1, cuts)
        or _rest_moves_or_is_plain(looks.pictures, letters, first, last)
    )


def _by_themselves(looks: Looks, letters: Letters, at: int, way: int, cuts: list[int]) -> bool:
    """Whether before (``way`` -1) or after some letters aren't there, and their ground is as it was."""
    pictures, numbers, _ = looks
    now = pictures[at].ravel().astype(np.int16)
    width = pictures[at].shape[1]
    parts = _parts(letters, width)
    for look in range(at + way, at + way * (FADE_LOOKS + 1), way):
        if not 0 <= look < len(pictures):
            return False
        low, high = sorted((numbers[look - way], numbers[look]))
        if any(low < cut <= high for cut in cuts):
            return False
        other = pictures[look].ravel().astype(np.int16)
        for own, around in parts:
            same = (np.abs(other[around] - now[around]) <= SAME).mean() >= GROUND_SHARE
            full = abs(now[own].mean() - now[around].mean())
            if same and abs(other[own].mean() - other[around].mean()) < GONE * full:
                return True
    return False


def _parts(letters: Letters, width: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The letters and their ground, cut into upright pieces with enough of both."""
    columns, beside = letters.pixels % width, letters.around % width
    edges = np.linspace(columns.min(), columns.max() + 1, PARTS + 1)
    pieces = []
    for left, right in pairwise(edges):
        own = letters.pixels[(columns >= left) & (columns < right)]
        around = letters.around[(beside >= left) & (beside < right)]
        if min(len(own), len(around)) >= LEAST_PART:
            pieces.append((own, around))
    return pieces


def _rest_moves_or_is_plain(pictures: Sequence[Plane], letters: Letters, first: int, last: int) -> bool:
    picture = pictures[first]
    rest = strokes(picture) > 0
    for left, top, right, bottom in letters.boxes:
        rest[max(0, top - 6) : bottom + 6, max(0, left - 6) : right + 6] = False
    if rest.mean() < PLAIN_SHARE:
        return True
    height, width = picture.shape
    cells = [
        (
            slice(row * height // 3, (row + 1) * height // 3),
            slice(column * width // 3, (column + 1) * width // 3),
        )
        for row in range(3)
        for column in range(3)
    ]
    busy = [cell for cell in cells if rest[cell].mean() >= PLAIN_SHARE]
    if len(busy) < BUSY_CELLS:
        return False
    moved = [
        [(cv2.absdiff(pictures[look], picture)[cell][rest[cell]] > RESTING).mean() for cell in busy]
        for look in range(first + 1, last + 1)
    ]
    return bool((np.median(moved, axis=0) >= MOVED_SHARE).all())


def _edge(looks: Looks, letters: Letters, at: int, way: int, cuts: list[int]) -> int:
    """First frame of the title (``way`` -1) or the one after its last (1), fades included.

    From the outermost look at which the letters stand, go on while their light
    still goes away from theirs; a cut ends the title at once.
    """
    pictures, numbers, _ = looks
    full = _light(pictures[at], letters)
    previous = full
    for look in range(at + way, at + way * (FADE_LOOKS + 1), way):
        if not 0 <= look < len(pictures):
            return 0 if way < 0 else numbers[-1] + 1
        between = sorted((numbers[look - way], numbers[look]))
        if crossed := [cut for cut in cuts if between[0] < cut <= between[1]]:
            return crossed[-1] if way < 0 else crossed[0]
        light = _light(pictures[look], letters)
        if look != at + way and abs(light - full) - abs(previous - full) < FADE_STEP * max(
            40.0, abs(light - full)
        ):
            return numbers[look - way] + (1 if way < 0 else 0)
        previous = light
    return numbers[at + way * FADE_LOOKS]


def _light(picture: Plane, letters: Letters) -> float:
    return float(picture.ravel()[letters.pixels].mean())


def _merged(titles: list[Title], rate: float) -> list[Title]:
    merged: list[Title] = []
    for title in sorted(titles):
        if merged and title.start - merged[-1].end < MERGE_SECONDS * rate:
            last = merged[-1]
            merged[-1] = Title(last.start, max(last.end, title.end), max(last.confidence, title.confidence))
        else:
            merged.append(title)
    return merged
