"""A few labels that colour, light and texture can honestly carry.

Each has a rule that can be stated in a line and was kept because a person
looking at contact sheets of real footage agreed with at least four of five
frames on which it fires. Confidence ends at 78: these are rules, not a model.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from local.rekognition.measure.planes import Plane

SIZE = (48, 27)
LOWEST, HIGHEST = 55.0, 78.0


class Scenery(NamedTuple):
    """Confidence of each label, 0 when its rule does not hold."""

    sky: float
    grass: float
    vegetation: float
    darkness: float


def _confidence(value: float, least: float, most: float) -> float:
    if value < least:
        return 0.0
    return LOWEST + (HIGHEST - LOWEST) * min(1.0, (value - least) / (most - least))


def _roughness(luma: Plane) -> NDArray[np.float32]:
    """Local contrast of the sample, block by block, on the small grid."""
    gradient = cv2.morphologyEx(luma, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return cv2.resize(gradient, SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)


def look_at(luma: Plane, blue: Plane, red: Plane) -> Scenery:
    """Judge one sample; planes may differ in size.

    Sky: the upper third is blue, bright and smooth. Grass: the lower third is
    green, lit and textured. Vegetation: green and textured over much of the
    picture. Darkness: hardly any light, but not a black picture.
    """
    light = cv2.resize(luma, SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
    u = cv2.resize(blue, SIZE, interpolation=cv2.INTER_AREA).astype(np.float32) - 128
    v = cv2.resize(red, SIZE, interpolation=cv2.INTER_AREA).astype(np.float32) - 128
    rough = _roughness(luma)
    third = SIZE[1] // 3
    azure = (u > 7) & (v < 2) & (u > 1.2 * v) & (light > 95) & (rough < 14)
    green = (v < -3) & (u < -6) & (light > 35)
    leafy = green & (rough > 9)
    lit = float(np.percentile(light, 99))
    dark = float((light < 52).mean()) if lit > 40 and light.mean() > 17.5 else 0.0
    return Scenery(
        sky=_confidence(float(azure[:third].mean()), 0.45, 0.95),
        grass=_confidence(float(leafy[-third:].mean()), 0.50, 0.95),
        vegetation=_confidence(float(leafy.mean()), 0.35, 0.80),
        darkness=_confidence(dark, 0.88, 1.0),
    )
