"""How right the finding of titles over the picture is: `python -m tests.bench.bench_titles`.

Frames, over painted openings and, where the film is at hand, over the hand-labelled
opening of Big Buck Bunny. The thresholds were chosen on some of the painted ones;
the others are marked unseen.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from local.rekognition.measure.film_pass import FilmPass
from local.rekognition.measure.titles import opening_titles
from tests.unit.local import title_cases as cases
from tests.unit.local.title_films import RATE, Film, looks_at

PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TRAILER_SHARED", PROJECT.parent / "shared"))
BUNNY = SHARED / "footage" / "big_buck_bunny_486p.mp4"
BUNNY_TITLES = ((490, 554), (600, 724))
"""Labelled on sheets of every fourth frame: a presenter's two lines up to the cut, and the title with its fades."""


def flags(ranges: list[tuple[int, int]], count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, bool)
    for start, end in ranges:
        found[start:end] = True
    return found


def report(name: str, truth: NDArray[np.bool_], found: NDArray[np.bool_]) -> NDArray[np.int_]:
    hits, wrong, missed = (truth & found).sum(), (found & ~truth).sum(), (truth & ~found).sum()
    sys.stdout.write(f"  {name:36s} {hits:4d} right {wrong:4d} too many {missed:4d} missed\n")
    return np.array([hits, wrong, missed])


def judge(heading: str, films: Mapping[str, Film], titled: bool, scratch: Path) -> NDArray[np.int_]:
    sys.stdout.write(f"{heading}\n")
    total = np.zeros(3, int)
    for name, film in films.items():
        looks = looks_at(film, scratch / "film.mp4")
        found = [(title.start, title.end) for title in opening_titles(looks, film.cuts, RATE)]
        truth = film.truth() if titled else np.zeros(film.count, bool)
        total += report(name, truth, flags(found, film.count))
    return total


def summary(name: str, total: NDArray[np.int_]) -> None:
    hits, wrong, missed = (int(part) for part in total)
    sys.stdout.write(
        f"{name}: precision {hits / max(1, hits + wrong):.3f}, recall {hits / max(1, hits + missed):.3f} of frames\n"
    )


def main() -> None:
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        chosen = judge("with titles", cases.WITH_TITLES, True, scratch)
        chosen += judge("without", cases.WITHOUT_TITLES, False, scratch)
        unseen = judge("unseen, with titles", cases.UNSEEN_WITH_TITLES, True, scratch)
        unseen += judge("unseen, without", cases.UNSEEN_WITHOUT_TITLES, False, scratch)
        summary("painted", chosen)
        summary("painted, unseen", unseen)
        if BUNNY.exists():
            FilmPass(BUNNY, scratch, frozenset({"segments"}), lambda _number, _promised: None).run()
            segments = json.loads((scratch / "segments.json").read_text())
            found = [(start, end) for start, end, _ in segments["titles"]]
            count = segments["frames"]
            summary(
                "Big Buck Bunny", report(str(found), flags(list(BUNNY_TITLES), count), flags(found, count))
            )


if __name__ == "__main__":
    main()
