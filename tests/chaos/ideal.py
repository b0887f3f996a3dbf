"""What twenty slots allow at best, and how well they were used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

STEP = 10.0

Slots = Callable[[float], int]


@dataclass(frozen=True)
class Stay:
    """One job: when it was queued, started and ended, in seconds."""

    queued: float
    started: float
    ended: float


def earliest_end(stays: Sequence[Stay], free_slots: Slots) -> float:
    """A time before which nobody could have ended all jobs.

    No slot is ever empty while there is work, and work is split as finely as that takes; no
    job ends sooner after it was queued than it lasts.
    """
    alone = max((stay.queued + stay.ended - stay.started for stay in stays), default=0.0)
    coming = sorted((stay.queued, stay.ended - stay.started) for stay in stays)
    at, work, position = 0.0, 0.0, 0
    while position < len(coming) or work > 0:
        while position < len(coming) and coming[position][0] <= at:
            work += coming[position][1]
            position += 1
        work = max(0.0, work - STEP * free_slots(at))
        at += STEP
    return max(alone, at - STEP)


def use_while_waiting(stays: Sequence[Stay], free_slots: Slots) -> float:
    """Which share of the free slots was in use, over all times when some job waited; 1 if none ever did."""
    changes = sorted(
        change
        for stay in stays
        for change in ((stay.queued, 1, 0), (stay.started, -1, 1), (stay.ended, 0, -1))
    )
    used = free = 0.0
    waiting = busy = position = 0
    at, end = 0.0, changes[-1][0] if changes else 0.0
    while at < end:
        while position < len(changes) and changes[position][0] <= at:
            waiting += changes[position][1]
            busy += changes[position][2]
            position += 1
        if waiting:
            slots = free_slots(at)
            used, free = used + min(busy, slots), free + slots
        at += STEP
    return used / free if free else 1.0
