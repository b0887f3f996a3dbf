"""Putting measurements into files, and boundaries into shots."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

SHORTEST_SHOT = 2
"""Frames; what is shorter lies between two transitions and is no shot."""
LEAST_CONFIDENCE = 55.0


def _plain(value: Any) -> Any:
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    raise TypeError(f"{type(value).__name__} does not go into JSON")


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file that is either the old one or the whole new one, whatever happens."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(content, file, default=_plain, separators=(",", ":"))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def confidence_of(strength: float) -> float:
    """Confidence of a cut that passed its test ``strength`` times over: 1 is 75, 4 and more nearly 100."""
    share = 1 - 0.55 / float(max(1.0, strength)) ** 1.5
    return float(min(99.9, LEAST_CONFIDENCE + 45.0 * share))


def shots_between(
    count: int, cuts: dict[int, float], soft: list[tuple[int, int]], black_edges: list[int]
) -> list[tuple[int, int, float]]:
    """Half-open shots with confidence: cuts separate them, soft transitions are left out as gaps.

    A run of pure black that begins or ends without a visible step (black before
    white titles on black) separates shots too.
    """
    edges = dict(cuts)
    for edge in black_edges:
        near_cut = any(abs(edge - cut) <= 1 for cut in cuts)
        in_soft = any(start - 1 <= edge <= end + 1 for start, end in soft)
        if 0 < edge < count and not near_cut and not in_soft:
            edges[edge] = 1.0
    pieces = [0, *sorted(edges), count]
    shots: list[tuple[int, int, float]] = []
    for start, end in pairwise(pieces):
        sure = min(confidence_of(edges.get(start, 4.0)), confidence_of(edges.get(end, 4.0)))
        for first, last in _without(start, end, soft):
            if last - first >= SHORTEST_SHOT or (first, last) == (0, count):
                shots.append((first, last, round(sure, 4)))
    return shots


def _without(start: int, end: int, soft: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A range with the soft transitions cut out of it."""
    left = [(start, end)]
    for gap_start, gap_end in soft:
        left = (
            [
                piece
                for first, last in left
                for piece in ((first, min(last, gap_start)), (max(first, gap_end), last))
                if piece[0] < piece[1]
            ]
            if any(first < gap_end and gap_start < last for first, last in left)
            else left
        )
    return left
