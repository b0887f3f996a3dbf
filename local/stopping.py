"""Being told to stop by a signal."""

import os
import select
import signal
from types import FrameType


class StopSignal:
    """SIGTERM or SIGINT, which the main thread waits for.

    It is no ``threading.Event``: a handler runs between any two steps of the main thread, and where it
    interrupts ``Event.wait`` while that holds the event's lock, ``Event.set`` waits for the lock for ever.
    Writing to a pipe needs no lock.
    """

    def __init__(self) -> None:
        self._told = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)

    def is_set(self) -> bool:
        """Whether the signal came."""
        return self._told

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the signal, at most so long; whether it came, at whatever time."""
        if not self._told:
            select.select([self._reader], [], [], seconds)
        return self._told

    def _tell(self, _number: int, _frame: FrameType | None) -> None:
        if not self._told:
            self._told = True
            os.write(self._writer, b"\0")
