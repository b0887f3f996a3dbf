"""Drawn people and things of the sample film: faces, figures, cars, balls, fish.

The faces are shaded as a frontal face under a lamp is (bright forehead and
nose, dark band of eyes and brows, dark mouth), because that contrast, not the
outline, is what a Haar cascade looks for; the figures are dark upright bodies
on a bright ground, which is what a HOG people detector looks for.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from local.sample_pictures import (
    HEIGHT,
    WIDTH,
    Colour,
    Image,
    Painter,
    dots,
    gradient,
    scatter,
    speckle,
)

SKIN: Colour = (224, 178, 148)


def draw_face(
    picture: Image, centre: tuple[int, int], size: int, skin: Colour = SKIN, talk: float = 0.0
) -> None:
    """Paint a frontal face ``size`` pixels high; ``talk`` (0..1) opens its mouth."""
    layer = picture.copy()
    x, y = centre
    unit = size / 100

    def spot(dx: float, dy: float, width: float, height: float, colour: Colour) -> None:
        where = (int(x + dx * unit), int(y + dy * unit))
        axes = (max(1, int(width * unit)), max(1, int(height * unit)))
        cv2.ellipse(layer, where, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)

    hair = (46, 30, 22)
    shade: Colour = (int(skin[0] * 0.8), int(skin[1] * 0.76), int(skin[2] * 0.74))
    spot(0, 46, 15, 26, shade)
    spot(0, -8, 42, 50, hair)
    spot(0, 0, 36, 48, skin)
    spot(0, -46, 33, 13, hair)
    for side in (-1, 1):
        spot(15 * side, -7, 12, 6, shade)
        spot(15 * side, -15, 10, 2.2, hair)
        spot(15 * side, -7, 8, 3.6, (236, 234, 230))
        spot(15 * side, -7, 3.8, 3.8, (28, 20, 18))
        spot(19 * side, 14, 10, 8, (int(skin[0]), int(skin[1] * 0.94), int(skin[2] * 0.92)))
    spot(0, 8, 4, 13, (min(255, skin[0] + 16), min(255, skin[1] + 18), min(255, skin[2] + 20)))
    spot(0, 17, 7, 3, shade)
    spot(0, 30, 13, 3.4 + 4 * talk, (150, 62, 60))
    spot(0, 30, 10, 0.8 + 3 * talk, (70, 22, 24))
    picture[:] = cv2.GaussianBlur(layer, (0, 0), max(0.8, size / 110))


def draw_figure(picture: Image, foot: tuple[int, int], height: int, coat: Colour, stride: float) -> None:
    """Paint a standing or walking person; ``stride`` (-1..1) swings the legs and arms."""
    x, y = foot
    unit = height / 100

    def limb(points: list[tuple[float, float]], width: float, colour: Colour) -> None:
        path = np.array([[x + dx * unit, y - dy * unit] for dx, dy in points], np.int32)
        cv2.polylines(picture, [path], False, colour, max(2, int(width * unit)), cv2.LINE_AA)

    trousers: Colour = (34, 36, 48)
    for side in (-1, 1):
        swing = 7 * side * stride
        limb([(3.5 * side, 48), (4.5 * side + 0.6 * swing, 25), (5 * side + swing, 3)], 8, trousers)
        limb([(9.5 * side, 78), (12 * side - 0.4 * swing, 62), (11.5 * side - swing, 47)], 5.5, coat)
    body = np.array([[-11, 81], [11, 81], [8, 62], [9, 45], [-9, 45], [-8, 62]], np.float64) * (unit, -unit)
    cv2.fillPoly(picture, [np.add(body, (x, y)).astype(np.int32)], coat, cv2.LINE_AA)
    limb([(0, 88), (0, 80)], 5, (176, 128, 104))
    head = (int(x), int(y - 92 * unit))
    cv2.ellipse(picture, head, (int(5.4 * unit), int(7 * unit)), 0, 0, 360, (176, 128, 104), -1, cv2.LINE_AA)
    cv2.ellipse(picture, head, (int(5.4 * unit), int(7 * unit)), 0, 180, 360, (40, 28, 22), -1, cv2.LINE_AA)


def portrait(wall: tuple[Colour, Colour], skin: Colour, size: int, seed: int) -> Painter:
    """Somebody talks into the camera."""
    ground = speckle(gradient(*wall), seed, 6.0, 6)
    cv2.ellipse(ground, (427, 560), (size, 230), 0, 0, 360, (52, 60, 92), -1, cv2.LINE_AA)

    def paint(seconds: float) -> Image:
        picture = ground.copy()
        centre = (int(427 + 26 * math.sin(0.9 * seconds)), int(222 + 6 * math.sin(1.7 * seconds)))
        draw_face(picture, centre, size, skin, talk=max(0.0, math.sin(13 * seconds)))
        return picture

    return paint


def street(coats: tuple[Colour, ...], wall: tuple[Colour, Colour], seed: int, speed: float) -> Painter:
    """People walk along a bright wall."""
    ground = np.vstack(
        [speckle(gradient(*wall, 380), seed, 5.0, 3), gradient((150, 150, 152), (120, 120, 124), 100)]
    )

    def paint(seconds: float) -> Image:
        picture = ground.copy()
        for index, coat in enumerate(coats):
            x = int(230 + 190 * index + speed * seconds)
            draw_figure(picture, (x, 430), 300, coat, math.sin(5 * seconds + 2 * index))
        return picture

    return paint


def road() -> Painter:
    """A red car on a grey road, the lane marks running below it."""
    ground = np.vstack(
        [gradient((170, 200, 225), (215, 225, 232), 250), gradient((90, 92, 96), (60, 62, 66), 230)]
    )

    def paint(seconds: float) -> Image:
        picture = ground.copy()
        for index in range(6):
            x = int((index * 170 - 420 * seconds) % 1020) - 150
            cv2.rectangle(picture, (x, 400), (x + 90, 412), (235, 232, 200), -1)
        x = int(150 + 60 * seconds)
        cabin = np.array([[x + 70, 270], [x + 110, 215], [x + 250, 215], [x + 300, 270]], np.int32)
        cv2.fillPoly(picture, [cabin], (130, 20, 24), cv2.LINE_AA)
        cv2.rectangle(picture, (x, 270), (x + 370, 345), (190, 24, 30), -1)
        dots(picture, np.array([[x + 80, 345], [x + 290, 345]]), 36, (20, 20, 22))
        dots(picture, np.array([[x + 80, 345], [x + 290, 345]]), 15, (170, 172, 176))
        return picture

    return paint


def balls() -> Painter:
    """Coloured balls bounce on violet."""
    ground = gradient((88, 40, 130), (40, 14, 72))
    colours: tuple[Colour, ...] = ((240, 220, 60), (70, 220, 160), (250, 110, 90), (120, 180, 255))

    def paint(seconds: float) -> Image:
        picture = ground.copy()
        for index, colour in enumerate(colours):
            x = abs((150 * index + (170 + 40 * index) * seconds) % (2 * WIDTH) - WIDTH)
            y = 400 - 260 * abs(math.sin(2.4 * seconds + index))
            cv2.circle(picture, (int(x), int(y)), 40 + 6 * index, colour, -1, cv2.LINE_AA)
        return picture

    return paint


def reef() -> Painter:
    """Fish cross green water."""
    ground = speckle(gradient((40, 170, 170), (6, 60, 84)), 71, 8.0, 12)

    def paint(seconds: float) -> Image:
        picture = ground.copy()
        for index in range(6):
            x = int((index * 190 + (60 + 25 * index) * seconds) % (WIDTH + 160)) - 80
            y = 80 + 62 * index + int(10 * math.sin(3 * seconds + index))
            tail = np.array([[x - 34, y], [x - 62, y - 22], [x - 62, y + 22]], np.int32)
            cv2.ellipse(picture, (x, y), (40, 20), 0, 0, 360, (250, 150, 40), -1, cv2.LINE_AA)
            cv2.fillPoly(picture, [tail], (250, 150, 40), cv2.LINE_AA)
        return picture

    return paint


def fireworks() -> Painter:
    """Bursts open over black water."""
    ground = gradient((8, 6, 22), (2, 4, 12))

    def paint(seconds: float) -> Image:
        picture = ground.copy()
        for index, colour in enumerate(((255, 90, 90), (120, 255, 140), (140, 160, 255))):
            age = (seconds + 0.45 * index) % 1.4
            centre = np.array([200 + 230 * index, 150 + 40 * (index % 2)])
            angles = np.linspace(0, 2 * math.pi, 28, endpoint=False)
            spread = np.column_stack([np.cos(angles), np.sin(angles)]) * (120 * age)
            dots(picture, (centre + spread).astype(int), 4, colour)
        return picture

    return paint


def wheel() -> Painter:
    """A striped wheel turns on cream."""
    ground = np.full((HEIGHT, WIDTH, 3), (244, 236, 214), np.uint8)
    confetti = scatter(81, 40, WIDTH, HEIGHT)

    def paint(seconds: float) -> Image:
        picture = ground.copy()
        dots(picture, confetti, 6, (120, 190, 120))
        for index in range(12):
            start = 30 * index + 50 * seconds
            colour = (20, 90, 150) if index % 2 else (230, 120, 30)
            cv2.ellipse(picture, (427, 240), (200, 200), 0, start, start + 30, colour, -1, cv2.LINE_AA)
        return picture

    return paint
