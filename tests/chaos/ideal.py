"""What twenty slots allow at best: the same jobs, started the moment that a slot is free."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

WINDOW = 60.0


def ideal_end(jobs: Sequence[tuple[float, float]], free_slots: Callable[[float], int]) -> float:
    """When the last job ends if no slot is ever empty while a job waits.

    Args:
        jobs: for each, when it was queued and how long it runs, in seconds.
        free_slots: how many slots others leave free at a time; looked at each minute.
    """
    waiting = sorted(jobs)
    running: list[float] = []
    at, last, position = 0.0, 0.0, 0
    while position < len(waiting):
        queued, seconds = waiting[position]
        at = max(at, queued)
        while running and running[0] <= at:
            heapq.heappop(running)
        if len(running) < free_slots(at):
            heapq.heappush(running, at + seconds)
            last = max(last, at + seconds)
            position += 1
        else:
            at = min([at - at % WINDOW + WINDOW, *running[:1]])
    return last
