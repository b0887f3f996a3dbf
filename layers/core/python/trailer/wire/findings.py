"""What a finding of Rekognition may be: not too many, and with a name that is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from sys import intern
from typing import Final, TypeVar

from trailer.domain.work.plain import plain
from trailer.errors import UnsupportedVideoError

Row = TypeVar("Row")

MOST_SHOTS: Final = 99_999
"""Shots and cues of a film. Their records are numbered with five digits; six hours have about 10,000.

So many take ScoreScenes 20 to 29 s of processor and 577 MB, PlanTrailer 16 to 22 s and 613 MB
(``tests/bench/bench_scale.py``, 2026-11); each has 14 minutes and 1,769 MB.
"""

MOST_FINDINGS: Final = 1_500_000
"""Of each other detector, as ScoreScenes' memory allows; six busy hours have about a million labels."""

_NAME_LENGTH: Final = 200
"""Letters; a name is part of a key of the catalogue, which has at most 1,024 bytes."""


class Unusable(Exception):
    """A finding that is left out; the text is the reason that the analysis shows."""


def counted(detector: str, rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows.

    Raises:
        UnsupportedVideoError: there are more of them than can be worked with.
    """
    most = MOST_SHOTS if detector == "segments" else MOST_FINDINGS
    for count, row in enumerate(rows, start=1):
        if count > most:
            raise UnsupportedVideoError(
                f"The {detector} of the film are more than {most}, as of pictures that flicker; no "
                "trailer can be cut from that."
            )
        yield row


@lru_cache(maxsize=4096)
def name_of(text: str) -> str:
    """A name as it may be shown and stored; equal names are one object.

    Raises:
        Unusable: it is too long to be one.
    """
    if len(text) > _NAME_LENGTH:
        raise Unusable("with a name too long to be one")
    return intern(plain(text))
