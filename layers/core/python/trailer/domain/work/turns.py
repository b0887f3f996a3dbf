"""Whose turn it is: start-time fair queueing, so that one huge batch doesn't hold up a single upload.

Groups share Rekognition's slots evenly; within a group first come is first
served. The rule is that of start-time fair queueing (Goyal, Vin, Cheng 1996)
with every job of length 1: a job's turn is the larger of the group's next turn
and the turn that the queue has come to. It needs no clock and no list of
groups, and the queue is one sorted index.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FULL_FOR: Final = timedelta(seconds=5)
"""How long arrivals don't call Start after a refusal. Completions and the minute tick always do."""

_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Queue:
    """What is common to all groups."""

    turn: int = 0
    """The turn of the job last started; it only grows."""
    full_until: str = ""
    """ISO 8601; empty when no start was ever refused."""

    def is_full(self, now: datetime) -> bool:
        """Whether a start was refused a moment ago."""
        return self.full_until > now.isoformat()


def group_of(key: str) -> str:
    """The group of an uploaded object: its folder, since a batch is uploaded into one."""
    return key.rpartition("/")[0]


def place(turn: int, created_at: str) -> str:
    """A sortable place in the queue: by turn, then by arrival."""
    return f"{turn:0{_DIGITS}d} {created_at}"


def turn_of(place: str) -> int:
    """The turn in a place."""
    return int(place[:_DIGITS])
