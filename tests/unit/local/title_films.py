"""Openings with and without titles, painted and encoded on the spot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from local import sample_people as people
from local import sample_pictures as pictures
from local.rekognition.measure.film import Tally, decoded_frames, describe, open_container
from local.rekognition.measure.letter_search import LetterSearch
from local.rekognition.measure.lettering import LOOK_WIDTH
from local.rekognition.measure.planes import planes_of, shrink
from local.rekognition.measure.titles import LOOKS_A_SECOND, Looks
from local.sample_pictures import HEIGHT, WIDTH, Painter
from tests.unit.local.rekognition_films import write_film

RATE = 24
Picture = NDArray[np.uint8]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Writing:
    """Letters over the picture between two seconds; ``fade`` is how long they come up and go away."""

    text: str
    start: float
    end: float
    scale: float = 1.4
    thickness: int = 3
    font: int = cv2.FONT_HERSHEY_DUPLEX
    colour: tuple[int, int, int] = (245, 245, 245)
    fade: float = 0.0
    place: tuple[float, float] = (0.5, 0.42)
    """Centre of the first line, as shares of the picture."""

    @property
    def frames(self) -> Range:
        """The frames on which anything of it can be seen."""
        return round(self.start * RATE), round(self.end * RATE)


@dataclass(frozen=True, slots=True)
class Film:
    """Shots one after the other, with letters over them."""

    shots: tuple[tuple[Callable[[], Painter], float], ...]
    writings: tuple[Writing, ...] = ()
    shake: int = 0
    """Pixels by which a hand-held camera wavers."""

    @property
    def cuts(self) -> list[int]:
        """First frames of new shots."""
        edges = np.cumsum([round(seconds * RATE) for _, seconds in self.shots])
        return [int(edge) for edge in edges[:-1]]

    @property
    def count(self) -> int:
        """Frames."""
        return sum(round(seconds * RATE) for _, seconds in self.shots)

    def truth(self) -> NDArray[np.bool_]:
        """Which frames show letters."""
        flags = np.zeros(self.count, bool)
        for writing in self.writings:
            first, last = writing.frames
            flags[first:last] = True
        return flags

    def paint(self) -> Iterator[Picture]:
        """All frames in order."""
        masks = [_mask(writing) for writing in self.writings]
        number = 0
        for make, seconds in self.shots:
            painter = make()
            for index in range(round(seconds * RATE)):
                picture = np.ascontiguousarray(painter(index / RATE))
                if self.shake:
                    shift = [round(self.shake * np.sin(index / rate)) for rate in (5.0, 3.1)]
                    picture = np.roll(picture, shift, (0, 1))
                for writing, mask in zip(self.writings, masks, strict=True):
                    picture = _over(picture, writing, mask, number / RATE)
                yield picture
                number += 1


def _mask(writing: Writing) -> NDArray[np.float32]:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for row, line in enumerate(writing.text.split("\n")):
        (width, height), _ = cv2.getTextSize(line, writing.font, writing.scale, writing.thickness)
        left = round(writing.place[0] * WIDTH - width / 2)
        base = round(writing.place[1] * HEIGHT + height * (0.5 + 1.7 * row))
        cv2.putText(
            mask, line, (left, base), writing.font, writing.scale, 255, writing.thickness, cv2.LINE_AA
        )
    share: NDArray[np.float32] = (mask / 255).astype(np.float32)
    return share


def _over(picture: Picture, writing: Writing, mask: NDArray[np.float32], now: float) -> Picture:
    first, last = writing.frames
    if not first / RATE <= now < last / RATE:
        return picture
    share = 1.0
    if writing.fade:
        share = min(1.0, (now - writing.start + 1 / RATE) / writing.fade, (writing.end - now) / writing.fade)
    cover = (share * mask)[..., None]
    return (picture * (1 - cover) + np.array(writing.colour) * cover).astype(np.uint8)


def looks_at(film: Film, path: Path) -> Looks:
    """Encode a film and look at it as the pass looks at an opening."""
    write_film(path, film.paint(), rate=RATE, options={})
    seen: list[Picture] = []
    numbers = []
    search = LetterSearch()
    with open_container(path) as container:
        described = describe(container)
        for number, frame in decoded_frames(container, described, Tally()):
            if number % round(RATE / LOOKS_A_SECOND) == 0:
                seen.append(shrink(planes_of(frame)[0], LOOK_WIDTH).copy())
                numbers.append(number)
                search.take(seen[-1])
    letters = search.finish()
    search.close()
    return Looks(seen, numbers, letters)


def grass() -> Painter:
    """Rough, still texture."""
    wide = pictures.speckle(pictures.gradient((90, 140, 60), (50, 90, 40)), 5, 40.0, 2)
    return lambda _: wide


def drifting_leaves() -> Painter:
    """The same texture, panned."""
    wide = pictures.speckle(pictures.gradient((70, 120, 60), (40, 80, 40), width=WIDTH + 900), 7, 38.0, 3)
    return pictures.panned(wide, 60)


def swaying_leaves() -> Painter:
    """Foliage in the wind."""
    wide = pictures.speckle(pictures.gradient((70, 120, 60), (40, 80, 40), width=WIDTH + 80), 8, 45.0, 4)
    return lambda seconds: wide[:, 40 + int(12 * np.sin(4 * seconds)) :][:, :WIDTH].copy()


def fence() -> Painter:
    """Bright upright boards, still."""
    picture = pictures.gradient((60, 80, 60), (40, 60, 40))
    for left in range(60, WIDTH - 60, 26):
        cv2.rectangle(picture, (left, 180), (left + 12, 300), (220, 215, 200), -1)
    return lambda _: picture


def windows_lit_one_by_one() -> Painter:
    """A dark house in which a lamp goes on here and there."""
    house = np.full((HEIGHT, WIDTH, 3), 22, np.uint8)
    places = [(x, y) for y in range(120, 360, 60) for x in range(180, 680, 44)]
    order = np.random.default_rng(3).permutation(len(places))

    def paint(seconds: float) -> Picture:
        picture = house.copy()
        for index in order[: int(6 * seconds)]:
            x, y = places[index]
            cv2.rectangle(picture, (x, y), (x + 20, y + 28), (230, 210, 150), -1)
        return picture

    return paint


def shop_front(walkers: bool) -> Callable[[], Painter]:
    """A sign over a shop, filmed from cut to cut; people may walk past below it."""

    def make() -> Painter:
        street = people.street(((40, 50, 90), (120, 30, 40)), ((226, 222, 212), (205, 200, 190)), 6, 60)
        sign = _mask(Writing("GROCER & SONS", 0, 1, scale=1.6, thickness=4, place=(0.5, 0.14)))[..., None]

        def paint(seconds: float) -> Picture:
            picture = street(seconds if walkers else 0.0)
            return (picture * (1 - sign) + np.array((40, 30, 25)) * sign).astype(np.uint8)

        return paint

    return make


def passer_by() -> Painter:
    """A large dark figure walks past a still sign on a textured wall and uncovers it."""
    wall = pictures.speckle(pictures.gradient((170, 150, 130), (140, 120, 100)), 4, 16.0, 3)
    sign = _mask(Writing("STATION HOTEL", 0, 1, scale=1.7, thickness=4))[..., None]
    still = (wall * (1 - sign) + np.array((30, 25, 25)) * sign).astype(np.uint8)

    def paint(seconds: float) -> Picture:
        picture = still.copy()
        left = int(260 * seconds) - 300
        cv2.rectangle(picture, (left, 60), (left + 240, HEIGHT), (60, 50, 70), -1)
        return picture

    return paint


def flat_ground() -> Painter:
    """A plain card."""
    return pictures.flat((18, 18, 22))
