"""Upright people by HOG, OpenCV's own pedestrian detector.

It knows whole, standing or walking people nearly two thirds of the picture high:
close-ups, people sitting or cut off are not found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import cv2
import numpy as np

from local.rekognition.measure.planes import Plane

LEAST_WEIGHT = 0.9
"""SVM margin below which a window is not reported; chosen from the false alarms on real footage."""
SCALE = 1.1
OVERLAP = 0.4
LOWEST, HIGHEST = 55.0, 80.0


class FoundPerson(TypedDict):
    """A person: box as shares of the picture."""

    left: float
    top: float
    width: float
    height: float
    confidence: float


class PeopleFinder:
    """Finds standing people in luma pictures."""

    def __init__(self) -> None:
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.array(cv2.HOGDescriptor.getDefaultPeopleDetector(), np.float32))

    def find(self, luma: Plane) -> list[FoundPerson]:
        """People, the surest first; overlapping windows are one person."""
        height, width = luma.shape
        if height < 128 or width < 64:
            return []
        boxes, weights = self._hog.detectMultiScale(luma, winStride=(8, 8), scale=SCALE)
        if len(boxes) == 0:
            return []
        margins = np.ravel(weights).astype(float)
        kept = cv2.dnn.NMSBoxes(
            [[int(value) for value in box] for box in boxes], margins.tolist(), LEAST_WEIGHT, OVERLAP
        )
        return [
            self._person(boxes[int(index)], float(margins[int(index)]), width, height)
            for index in np.ravel(kept)
        ]

    @staticmethod
    def _person(box: Sequence[int], margin: float, width: int, height: int) -> FoundPerson:
        # HOG windows hold a border of about a twelfth around the person.
        left, top, box_width, box_height = (float(value) for value in box)
        left, top = left + box_width / 8, top + box_height / 16
        box_width, box_height = 0.75 * box_width, 0.875 * box_height
        left, top = max(0.0, left), max(0.0, top)
        confidence = LOWEST + (HIGHEST - LOWEST) * min(1.0, (margin - LEAST_WEIGHT) / 1.5)
        return FoundPerson(
            left=left / width,
            top=top / height,
            width=min(box_width, width - left) / width,
            height=min(box_height, height - top) / height,
            confidence=confidence,
        )
