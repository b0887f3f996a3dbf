"""Calls a second, as the API counts them: per operation, in a bucket that refills."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from local.rekognition.faults import Fault, ProvisionedThroughputExceededException, ThrottlingException

THROTTLES: dict[str, type[Fault]] = {
    kind.code: kind for kind in (ThrottlingException, ProvisionedThroughputExceededException)
}


class CallRate:
    """Lets ``per_second`` calls of each operation through; 0 lets all through."""

    def __init__(self, per_second: float, fault: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._fault = THROTTLES[fault]
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, operation: str) -> None:
        """Count a call.

        Raises:
            Fault: the configured throttling error, when the bucket is empty.
        """
        if self._per_second <= 0:
            return
        with self._lock:
            now = self._clock()
            left, at = self._left.get(operation, (self._per_second, now))
            left = min(self._per_second, left + (now - at) * self._per_second)
            if left < 1:
                self._left[operation] = (left, now)
                raise self._fault("Provisioned rate exceeded.")
            self._left[operation] = (left - 1, now)
