"""A service that is made when it is first asked for: its process answers long before its imports are done."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

CALM_SECONDS = 10.0
"""After so long a start is over, a first film is on its way, and nobody waits for what is made in advance."""


class Late(Generic[T]):
    """Makes one thing, once, whoever asks first."""

    def __init__(self, make: Callable[[], T]) -> None:
        """Remember how it is made."""
        self._make = make
        self._lock = threading.Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        """Return the thing; whoever asks while it is being made waits."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    @property
    def made(self) -> list[T]:
        """The thing, if it was ever made: for whoever has to close it."""
        with self._lock:
            return list(self._made)

    def prepare(self, then: Callable[[T], None] | None = None, *, seconds: float = CALM_SECONDS) -> None:
        """Make it after so long if nobody has asked by then, and do ``then`` with it."""
        timer = threading.Timer(seconds, self._prepare, (then,))
        timer.daemon = True
        timer.start()

    def _prepare(self, then: Callable[[T], None] | None) -> None:
        try:
            thing = self()
            if then is not None:
                then(thing)
        except Exception:
            # The first call will try again, and its caller hears of it.
            logging.getLogger(__name__).exception("It could not be made in advance.")
