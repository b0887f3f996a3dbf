"""What the analysis costs over decoding alone, and how right it is: `python -m tests.bench.bench_analysis`.

Each round runs the floor (FFmpeg's libraries decoding to nothing, all
threads), the pass without sampling and the pass with faces and people, one
after the other; printed are the medians of their ratios, with the range.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import cv2

from local.rekognition.measure.film_pass import FilmPass

PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TRAILER_SHARED", PROJECT.parent / "shared"))
FILM = SHARED / "footage" / "big_buck_bunny_486p.mp4"
TOLERANCE = 2


def decode_only(film: Path) -> int:
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        return sum(1 for _ in container.decode(stream))


def measure(film: Path, folder: Path, *detectors: str) -> None:
    FilmPass(film, folder, frozenset(detectors), lambda _number, _promised: None).run()


def timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def shot_scores(segments: dict[str, Any], truth: dict[str, Any]) -> dict[str, float]:
    """Precision, recall and F1 of boundaries within two frames, as annotated by hand."""
    ignored = truth["ignore"]
    shots = segments["shots"]
    soft = [tuple(item) for item in segments["soft"]]
    starts = [start for start, _, _ in shots[1:]]
    hard = [
        start
        for start in starts
        if not any(first <= start <= last for first, last in soft)
        and not any(first <= start <= last for first, last in ignored)
    ]
    used: set[int] = set()
    hits = 0
    for cut in truth["cuts"]:
        near = [start for start in hard if abs(start - cut) <= TOLERANCE and start not in used]
        if near:
            used.add(near[0])
            hits += 1
    hard_hits, soft_used = hits, set()
    for first, last, _ in truth["gradual"]:
        overlapping = {item for item in soft if item[0] < last + TOLERANCE and item[1] > first - TOLERANCE}
        inside = {start for start in hard if first - TOLERANCE <= start <= last + TOLERANCE}
        soft_used |= overlapping
        used |= inside
        hits += bool(overlapping or inside)
    extra_soft = [
        item
        for item in soft
        if item not in soft_used and not any(a <= item[1] and item[0] <= b for a, b in ignored)
    ]
    wrong = len([start for start in hard if start not in used]) + len(extra_soft)
    hard_wrong = len([start for start in hard if start not in used])
    precision, recall = hits / (hits + wrong), hits / (len(truth["cuts"]) + len(truth["gradual"]))
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "hard_f1": 2 * hard_hits / (2 * hard_hits + hard_wrong + len(truth["cuts"]) - hard_hits),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--film", type=Path, default=FILM)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if not arguments.film.exists():
        parser.error(f"{arguments.film} is not there; give a film with --film.")
    cv2.setNumThreads(1)
    ratios: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        runs: dict[str, Callable[[], object]] = {
            "segments": lambda: measure(arguments.film, folder, "segments"),
            "segments+faces+labels": lambda: measure(arguments.film, folder, "segments", "faces", "labels"),
        }
        decode_only(arguments.film)
        for number in range(arguments.rounds):
            floor = timed(lambda: decode_only(arguments.film))
            for name, work in runs.items():
                wall, cpu = timed(work)
                ratios.setdefault(name, []).append((wall / floor[0], cpu / floor[1]))
                sys.stdout.write(f"round {number + 1}: floor {floor[0]:.2f} s, {name} {wall:.2f} s\n")
        for name, pairs in ratios.items():
            walls, cpus = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            sys.stdout.write(
                f"{name}: {statistics.median(walls):.2f} [{min(walls):.2f}-{max(walls):.2f}] of the floor, "
                f"CPU {statistics.median(cpus):.2f}\n"
            )
        truth = arguments.film.with_name("big_buck_bunny.shots.json")
        if arguments.film.name.startswith("big_buck_bunny") and truth.exists():
            scores = shot_scores(
                json.loads((folder / "segments.json").read_text()), json.loads(truth.read_text())
            )
            sys.stdout.write(
                "shots: " + ", ".join(f"{key} {value:.3f}" for key, value in scores.items()) + "\n"
            )


if __name__ == "__main__":
    main()
