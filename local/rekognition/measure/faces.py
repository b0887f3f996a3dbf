"""Faces by Haar cascades.

One quick cascade proposes, and a second cascade, trained otherwise, must find a
face in the same place: alone the first is wrong too often on foliage and fur.
An eye cascade raises the confidence. There is no model here for emotions, age,
gender, landmarks or pose, so none are reported.
"""

from __future__ import annotations

from typing import TypedDict

import cv2
import cv2.data
import numpy as np

from local.rekognition.measure.planes import Plane

SCALE = 1.25
LEAST_SHARE = 0.12
"""Smallest face looked for, as a share of the picture's longer side."""
NEIGHBOURS = 4
AGREED, WITH_ONE_EYE, WITH_BOTH_EYES = 62.0, 72.0, 80.0
"""Confidence by how many cascades agree. Never higher: a classical detector is not a trained model."""


class FoundFace(TypedDict):
    """A face: its box as shares of the picture, and what was measured inside it."""

    left: float
    top: float
    width: float
    height: float
    confidence: float
    brightness: float
    sharpness: float


def _cascade(name: str) -> cv2.CascadeClassifier:
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + f"haarcascade_{name}.xml")
    if cascade.empty():
        raise RuntimeError(f"OpenCV came without its cascade {name}.")
    return cascade


class FaceFinder:
    """Finds frontal faces in luma pictures."""

    def __init__(self) -> None:
        self._propose = _cascade("frontalface_alt2")
        self._confirm = _cascade("frontalface_default")
        self._eyes = _cascade("eye")

    def find(self, luma: Plane) -> list[FoundFace]:
        """Faces that two cascades agree on, largest first."""
        height, width = luma.shape
        least = max(24, round(LEAST_SHARE * max(width, height)))
        boxes = self._propose.detectMultiScale(luma, SCALE, NEIGHBOURS, minSize=(least, least))
        faces = []
        for box in boxes:
            left, top, box_width, box_height = (int(value) for value in box)
            confidence = self._agreement(luma, left, top, box_width, box_height)
            if confidence is None:
                continue
            inside = luma[top : top + box_height, left : left + box_width]
            faces.append(
                FoundFace(
                    left=left / width,
                    top=top / height,
                    width=box_width / width,
                    height=box_height / height,
                    confidence=confidence,
                    brightness=_brightness(inside),
                    sharpness=_sharpness(inside),
                )
            )
        return sorted(faces, key=lambda face: -face["width"])

    def _agreement(self, luma: Plane, left: int, top: int, width: int, height: int) -> float | None:
        margin = width // 4
        around = luma[
            max(0, top - margin) : top + height + margin, max(0, left - margin) : left + width + margin
        ]
        scaled = cv2.resize(around, (96, 96), interpolation=cv2.INTER_LINEAR)
        if not len(self._confirm.detectMultiScale(scaled, 1.1, 3, minSize=(44, 44))):
            return None
        upper = luma[top : top + round(0.6 * height), left : left + width]
        zoomed = cv2.resize(upper, (120, 72), interpolation=cv2.INTER_LINEAR)
        eyes = self._eyes.detectMultiScale(zoomed, 1.1, 3, minSize=(18, 18), maxSize=(60, 60))
        sides = {int(x + w / 2) < 60 for x, _, w, _ in eyes}
        return (AGREED, WITH_ONE_EYE, WITH_BOTH_EYES)[len(sides)]


def _brightness(inside: Plane) -> float:
    """0 (black) to 100 (white), from the mean luma in video range."""
    return float(np.clip((inside.mean() - 16) / 219 * 100, 0, 100))


def _sharpness(inside: Plane) -> float:
    """0 to 100 from the variance of the Laplacian of the face scaled to one size."""
    face = cv2.resize(inside, (64, 64), interpolation=cv2.INTER_AREA)
    detail = float(cv2.Laplacian(face, cv2.CV_64F).var())
    return float(np.clip(100 * detail / (detail + 400), 0, 100))
