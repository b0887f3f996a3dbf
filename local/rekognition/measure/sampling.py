"""Which frames the costly detectors look at.

Rekognition looks about twice a second. Haar and HOG on every such frame would
cost more than the decoding, so they look once when a shot has settled and then
every few seconds: short shots are seen too, long ones are not over-paid.
"""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np

STEP = 18.0
"""Luma plus twice chroma, as for hard cuts; here without looking ahead."""
STEP_RATIO = 3.0
SETTLE_SECONDS = Fraction(1, 3)


class SampleClock:
    """Decides frame by frame, from the thumbnails alone, whether to look closely."""

    def __init__(self, rate: Fraction, interval: Fraction) -> None:
        self._interval = max(1, round(interval * rate))
        self._settle = max(1, round(SETTLE_SECONDS * rate))
        self._previous: np.ndarray[tuple[int], np.dtype[np.uint8]] | None = None
        self._recent = 0.0
        self._due = self._settle

    def wants(self, number: int, luma_size: int, thumbnail: bytes) -> bool:
        """Take the next frame's thumbnail; true when this frame is to be looked at."""
        current = np.frombuffer(thumbnail, np.uint8)
        if self._previous is not None:
            luma = cv2.norm(current[:luma_size], self._previous[:luma_size], cv2.NORM_L1) / luma_size
            chroma_size = len(current) - luma_size
            chroma = cv2.norm(current[luma_size:], self._previous[luma_size:], cv2.NORM_L1) / chroma_size
            step = luma + 2 * chroma
            if step >= STEP and step >= STEP_RATIO * self._recent:
                self._due = number + self._settle
            self._recent = 0.7 * self._recent + 0.3 * step
        self._previous = current
        if number < self._due:
            return False
        self._due = number + self._interval
        return True
