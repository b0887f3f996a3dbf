"""The drawn pictures of the sample film: every scene is its own small painter.

A painter is built once per shot (textures and gradients are drawn then) and is
called with the seconds since the start of the shot. All pictures are RGB,
``HEIGHT`` x ``WIDTH``, and the same on every run: the only noise comes from a
seeded generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
Painter = Callable[[float], Image]

WIDTH = 854
HEIGHT = 480

# SMPTE EG 1 bars at 75 %, left to right.
BARS: tuple[Colour, ...] = (
    (191, 191, 191),
    (191, 191, 0),
    (0, 191, 191),
    (0, 191, 0),
    (191, 0, 191),
    (191, 0, 0),
    (0, 0, 191),
)


def gradient(top: Colour, bottom: Colour, height: int = HEIGHT, width: int = WIDTH) -> Image:
    """A vertical gradient, the ground of most pictures."""
    ramp = np.linspace(0.0, 1.0, height)[:, None, None]
    column = np.array(top) * (1 - ramp) + np.array(bottom) * ramp
    return np.repeat(column, width, axis=1).astype(np.uint8)


def speckle(picture: Image, seed: int, strength: float, grain: int = 1) -> Image:
    """Texture a picture with fixed noise; ``grain`` is the size of its dots in pixels."""
    height, width = picture.shape[:2]
    noise = np.random.default_rng(seed).normal(0, strength, (height // grain + 1, width // grain + 1))
    spread = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(picture.astype(np.float64) + spread[..., None], 0, 255).astype(np.uint8)


def flat(colour: Colour) -> Painter:
    """One colour for ever: the black of the film."""
    picture = np.full((HEIGHT, WIDTH, 3), colour, np.uint8)
    return lambda _: picture


def colour_bars() -> Painter:
    """SMPTE bars with the reversed strip and the PLUGE below them."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    reverse = (BARS[6], (19, 19, 19), BARS[4], (19, 19, 19), BARS[2], (19, 19, 19), BARS[0])
    pluge = ((0, 33, 76), (255, 255, 255), (50, 0, 106), (19, 19, 19), (9, 9, 9), (29, 29, 29), (19, 19, 19))
    for rows, colours in (((0, 320), BARS), ((320, 360), reverse), ((360, HEIGHT), pluge)):
        for index, colour in enumerate(colours):
            left, right = index * WIDTH // 7, (index + 1) * WIDTH // 7
            picture[rows[0] : rows[1], left:right] = colour
    return lambda _: picture


def panned(wide: Image, speed: float, draw: Callable[[Image, float], None] | None = None) -> Painter:
    """Look along a picture wider than the screen, ``speed`` pixels a second, then draw on it."""

    def paint(seconds: float) -> Image:
        left = min(int(speed * seconds), wide.shape[1] - WIDTH)
        picture = np.ascontiguousarray(wide[:, left : left + WIDTH])
        if draw is not None:
            draw(picture, seconds)
        return picture

    return paint


def dots(picture: Image, points: NDArray[np.int_], radius: int, colour: Colour) -> None:
    """Stars, snow, windows: one small disc at every point."""
    for x, y in points:
        cv2.circle(picture, (int(x), int(y)), radius, colour, -1, cv2.LINE_AA)


def scatter(seed: int, count: int, width: int, height: int) -> NDArray[np.int_]:
    """Fixed points in a rectangle."""
    return np.random.default_rng(seed).integers((0, 0), (width, height), (count, 2))


def landscape(sky: tuple[Colour, Colour], ground: tuple[Colour, Colour], seed: int, ridge: Colour) -> Image:
    """Sky above, a wavy ridge, textured ground below; wide enough for a pan of 300 pixels."""
    width = WIDTH + 300
    wide = np.vstack(
        [gradient(sky[0], sky[1], 270, width), speckle(gradient(*ground, 210, width), seed, 22.0, 2)]
    )
    x = np.arange(width)
    line = 240 + 30 * np.sin(x / 130 + seed) + 14 * np.sin(x / 47 + 2 * seed)
    hill = np.vstack([np.column_stack([x, line]), [[width - 1, 285], [0, 285]]]).astype(np.int32)
    cv2.fillPoly(wide, [hill], ridge, cv2.LINE_AA)
    return wide


def meadow() -> Painter:
    """Blue sky, drifting clouds, rough grass."""
    wide = landscape(((60, 130, 225), (150, 200, 245)), ((60, 140, 40), (30, 95, 20)), 3, (70, 120, 60))

    def clouds(picture: Image, seconds: float) -> None:
        for index, (x, y) in enumerate(((120, 70), (420, 110), (690, 50))):
            for shift in (-45, 0, 45):
                centre = (int(x + shift + (18 + 6 * index) * seconds), y + abs(shift) // 4)
                cv2.circle(picture, centre, 32, (245, 248, 252), -1, cv2.LINE_AA)

    return panned(wide, 24, clouds)


def snow() -> Painter:
    """White peaks under a pale sky while snow falls."""
    wide = landscape(
        ((150, 175, 205), (205, 215, 228)), ((240, 244, 250), (215, 224, 238)), 9, (120, 130, 150)
    )
    for x in range(80, wide.shape[1], 260):
        peak = np.array([[x - 150, 280], [x, 90], [x + 150, 280]], np.int32)
        cv2.fillPoly(wide, [peak], (105, 115, 138), cv2.LINE_AA)
        cv2.fillPoly(wide, [(peak - (x, 90)) // 3 + (x, 90)], (250, 252, 255), cv2.LINE_AA)
    flakes = scatter(11, 160, WIDTH, HEIGHT)

    def fall(picture: Image, seconds: float) -> None:
        moved = (flakes + np.array([30 * seconds, 120 * seconds]).astype(int)) % (WIDTH, HEIGHT)
        dots(picture, moved, 2, (255, 255, 255))

    return panned(wide, 10, fall)


def desert() -> Painter:
    """Ochre dunes, a hard sun, a bird crossing."""
    wide = landscape(((235, 190, 120), (250, 225, 170)), ((215, 160, 80), (170, 110, 50)), 5, (190, 130, 60))

    def bird(picture: Image, seconds: float) -> None:
        cv2.circle(picture, (640, 90), 46, (255, 250, 225), -1, cv2.LINE_AA)
        x, flap = int(80 + 150 * seconds), int(16 * math.sin(9 * seconds))
        wing = np.array([[x - 34, 130 - flap], [x, 140], [x + 34, 130 - flap]], np.int32)
        cv2.polylines(picture, [wing], False, (40, 25, 15), 5, cv2.LINE_AA)

    return panned(wide, 36, bird)


def forest() -> Painter:
    """Dark trunks over thick green, walking past at two speeds."""
    back = speckle(gradient((40, 90, 35), (18, 55, 18)), 21, 34.0, 4)

    def paint(seconds: float) -> Image:
        picture = back.copy()
        for near, speed, colour in ((0, 45, (52, 40, 24)), (1, 120, (28, 20, 12))):
            for index in range(8):
                x = int((index * 170 + near * 60 - speed * seconds) % (8 * 170)) - 120
                cv2.rectangle(picture, (x, 0), (x + 26 + 26 * near, HEIGHT), colour, -1)
        return picture

    return paint


def sunset() -> Painter:
    """A red sun going down into a glittering sea."""
    sky = gradient((250, 110, 40), (255, 190, 90), 250)
    sea = speckle(gradient((150, 60, 50), (40, 20, 50), 230), 31, 26.0, 3)

    def paint(seconds: float) -> Image:
        upper = sky.copy()
        cv2.circle(upper, (427, int(150 + 14 * seconds)), 70, (255, 60, 30), -1, cv2.LINE_AA)
        return np.vstack([upper, np.roll(sea, (int(5 * seconds), int(60 * seconds)), axis=(0, 1))])

    return paint


def night_city() -> Painter:
    """Black towers with lit windows; two headlights pass."""
    picture = gradient((6, 8, 26), (18, 16, 40))
    dots(picture, scatter(41, 60, WIDTH, 150), 1, (200, 200, 220))
    for index, x in enumerate(range(0, WIDTH, 122)):
        top = 150 + (index * 53) % 130
        cv2.rectangle(picture, (x + 8, top), (x + 104, 400), (10, 10, 16), -1)
        for column, row in scatter(50 + index, 12, 5, (390 - top) // 22):
            left, upper = x + 18 + int(column) * 17, top + 12 + int(row) * 22
            cv2.rectangle(picture, (left, upper), (left + 8, upper + 10), (190, 160, 80), -1)

    def paint(seconds: float) -> Image:
        frame = picture.copy()
        for shift in (0, 40):
            cv2.circle(frame, (int(60 + 190 * seconds) + shift, 440), 9, (255, 250, 210), -1, cv2.LINE_AA)
        return frame

    return paint


def campfire() -> Painter:
    """A flickering fire in the dark."""
    ground = gradient((5, 6, 12), (30, 18, 10))

    def paint(seconds: float) -> Image:
        picture = ground.copy()
        for index in range(7):
            lean = 26 * math.sin(7 * seconds + 1.7 * index)
            tip = (int(427 + 22 * (index - 3) + lean), int(250 + 20 * math.sin(5 * seconds + index)))
            base = 427 + 30 * (index - 3)
            flame = np.array([[base - 30, 410], tip, [base + 30, 410]], np.int32)
            cv2.fillPoly(picture, [flame], (235, 110 + 18 * index, 20), cv2.LINE_AA)
        sparks = np.array([[400 + 40 * i % 130, 250 - int(70 * seconds + 37 * i) % 220] for i in range(9)])
        dots(picture, sparks, 2, (255, 180, 60))
        return picture

    return paint
