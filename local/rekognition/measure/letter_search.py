"""Looks for letters while the film is still being decoded, on a thread of its own.

A look can be searched when those that come after it within the reach of
`lettering` are in; only these few are held.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from local.rekognition.measure.lettering import APART, Letters, letters_at
from local.rekognition.measure.planes import Plane

SEARCH_EVERY = 2
"""Looks; those between only tell how long letters stand."""
REACH = max(APART)
WAITING = 16
"""Searches that may wait: a slow search slows the decoder instead of filling the memory."""


class LetterSearch:
    """Takes looks in order; finds the letters that come up or go away at every second one."""

    def __init__(self) -> None:
        self._taken = 0
        self._near: deque[Plane] = deque(maxlen=2 * REACH + 1)
        self._found: dict[int, Future[list[Letters]]] = {}
        self._room = threading.BoundedSemaphore(WAITING)
        self._thread = ThreadPoolExecutor(1, "letters")

    def take(self, look: Plane) -> None:
        """Add a look; waits while too many searches are waiting."""
        self._near.append(look)
        self._taken += 1
        if self._taken > REACH:
            self._search(self._taken - 1 - REACH)

    def _search(self, at: int) -> None:
        if at % SEARCH_EVERY == 0:
            looks = list(self._near)
            self._room.acquire()
            search = self._thread.submit(_letters, looks, at - self._taken + len(looks))
            search.add_done_callback(lambda _: self._room.release())
            self._found[at] = search

    def finish(self) -> Mapping[int, list[Letters]]:
        """All letters by the number of their look."""
        for at in range(max(0, self._taken - REACH), self._taken):
            self._search(at)
        return {at: search.result() for at, search in self._found.items()}

    def close(self) -> None:
        """End the thread, with or without an answer."""
        self._thread.shutdown(cancel_futures=True)


def _letters(looks: Sequence[Plane], at: int) -> list[Letters]:
    return list(letters_at(looks, at))
