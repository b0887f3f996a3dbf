"""Python's collector of cyclic garbage, set for films."""

from __future__ import annotations

import gc
from typing import Final

_RECORDS: Final = 10_000
"""New records after which the collector looks at them; Python's own 700 is a second of a film."""
_YOUNG, _OLD = 50, 100
"""Looks at new records to one at those that stayed, and of these to one at all that there is."""


def collect_seldom() -> None:
    """Let the collector look at a film's records less often.

    A film is a million small records without a cycle among them. All that the collector can do
    is to walk over them again and again, which takes a seventh of an analysis or of a plan.
    """
    gc.set_threshold(_RECORDS, _YOUNG, _OLD)
