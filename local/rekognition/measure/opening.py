"""Looks at the opening of a film, searched for letters at once and kept on disk to the last frame."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np

from local.rekognition.measure.film import Film
from local.rekognition.measure.letter_search import LetterSearch
from local.rekognition.measure.lettering import LOOK_WIDTH
from local.rekognition.measure.planes import Plane, shrink, upright
from local.rekognition.measure.titles import LOOKS_A_SECOND, Looks

OPENING_SHARE = Fraction(15, 100)
OPENING_SECONDS = 240
"""Titles are looked for in this share of a film, and at most in its first four minutes."""


class OpeningLooks:
    """Takes a small luma picture of an opening four times a second."""

    def __init__(self, folder: Path, film: Film) -> None:
        self._end = ceil(min(OPENING_SHARE * film.promised_frames, OPENING_SECONDS * film.rate))
        self._step = max(1, round(film.rate / LOOKS_A_SECOND))
        self._next = 0
        self._numbers: list[int] = []
        self._shape = (0, 0)
        self._search = LetterSearch()
        self._path = folder / "opening.bin"
        self._file = self._path.open("wb")

    def take(self, number: int, luma: Plane, rotation: int) -> None:
        """Keep a look if one is due; the picture is turned as it is displayed."""
        if number < self._next or number >= self._end:
            return
        self._next = number + self._step
        height, width = luma.shape
        small = upright(shrink(luma, round(LOOK_WIDTH * min(1.0, width / height))), rotation)
        if self._numbers and small.shape != self._shape:
            return
        self._shape = (small.shape[0], small.shape[1])
        self._numbers.append(number)
        self._file.write(small.tobytes())
        self._search.take(small.copy())

    def finish(self) -> Looks:
        """All looks, mapped, and the letters in them."""
        self._file.close()
        if not self._numbers:
            return Looks([], [], {})
        pictures = np.memmap(self._path, np.uint8, "r").reshape(-1, *self._shape)
        return Looks(list(np.asarray(pictures)), self._numbers, self._search.finish())

    def clear(self) -> None:
        """End the search and remove the file; what is mapped stays readable until it is let go."""
        self._search.close()
        self._file.close()
        self._path.unlink(missing_ok=True)
