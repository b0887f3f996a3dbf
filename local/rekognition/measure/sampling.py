"""Which frames the costly detectors look at.

Rekognition looks about twice a second. Haar and HOG on every such frame would
cost more than the decoding, so they look once when a shot has settled and then
every few seconds: short shots are seen too, long ones are not over-paid.
"""

from __future__ import annotations

from fractions import Fraction

STEP = 18.0
"""Luma plus twice chroma, as for hard cuts; here without looking ahead."""
STEP_RATIO = 3.0
SETTLE_SECONDS = Fraction(1, 3)


class SampleClock:
    """Decides frame by frame, from the thumbnails alone, whether to look closely."""

    def __init__(self, rate: Fraction, interval: Fraction) -> None:
        self._interval = max(1, round(interval * rate))
        self._settle = max(1, round(SETTLE_SECONDS * rate))
        self._recent = 0.0
        self._due = self._settle

    def wants(self, number: int, step: float) -> bool:
        """Take how far the next frame is from the one before; true when it is to be looked at."""
        if step >= STEP and step >= STEP_RATIO * self._recent:
            self._due = number + self._settle
        self._recent = 0.7 * self._recent + 0.3 * step
        if number < self._due:
            return False
        self._due = number + self._interval
        return True
