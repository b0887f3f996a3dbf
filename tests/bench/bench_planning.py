"""What reading the answers, the evidence and a plan cost: ``python -m tests.bench.bench_planning``.

Everything runs in this one process on one core, with garbage collected as in the functions; printed
are medians of wall and processor time beside the limits. Only the peak of memory is taken in a process of its own, which reads pages
from disk as the product does, because this one also holds the pages that it has made up.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from math import log
from pathlib import Path
from typing import Any

from tests.quality.fixtures import Title, titles
from tests.quality.fixtures.answers import PAGE, Row
from tests.quality.fixtures.story import Spec
from trailer.collector import collect_seldom
from trailer.domain.film.analysis import analyse
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import get_profile
from trailer.wire.rekognition import parse_detections

LABELS, FACES = 60_000, 40_000
SECONDS = 60
PROFILE = "romance"
SIZES = (500, 1000, 2000, 4000, 8000)
SHOT_SECONDS = Fraction(144, 100)
"""Mean shot of the series of sizes, that of the six-hour title."""

Times = list[tuple[float, float]]


def timed(runs: int, work: Callable[[], object]) -> Times:
    """Wall and processor seconds of each run, after one that warms up."""
    work()
    found = []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    return found


def line(name: str, times: Times, limit: float) -> str:
    walls, cpus = [wall for wall, _ in times], [cpu for _, cpu in times]
    median = statistics.median(walls)
    verdict = "" if not limit else "within" if median <= limit else "OVER"
    shown = f"{limit:.1f} s" if limit else ""
    return (
        f"{name:<54}{median:>8.2f} s {min(walls):>7.2f}-{max(walls):<6.2f}"
        f"{statistics.median(cpus):>8.2f} s {shown:>8} {verdict}\n"
    )


def exactly(pages: list[Row], items: str, count: int) -> list[Row]:
    """The first rows of some pages, repeated with later times where there are too few."""
    rows = [row for page in pages for row in page[items]]
    times = ("Timestamp", "StartTimestampMillis", "EndTimestampMillis")
    more = [row | {name: row[name] + 250 for name in times if name in row} for row in rows]
    rows = (rows + more)[:count]
    return [{**pages[0], items: rows[start : start + PAGE]} for start in range(0, count, PAGE)]


def evidence_and_plan(title: Title) -> None:
    analysis = analyse(title.name, title.detections(), title.media)
    plan_trailer(analysis, get_profile(PROFILE), PlanRequest(int(SECONDS * title.media.frame_rate)))


def sized(shots: int) -> Title:
    """A film of the series that shows how cost grows."""
    return Title(Spec(f"series-{shots}", Fraction(30000, 1001), int(SHOT_SECONDS * shots), shots))


def exponent(points: Mapping[int, float]) -> float:
    """Slope of the logarithm of cost over the logarithm of size, by least squares."""
    places = [(log(size), log(seconds)) for size, seconds in points.items()]
    x, y = (statistics.fmean(values) for values in zip(*places, strict=True))
    return sum((a - x) * (b - y) for a, b in places) / sum((a - x) ** 2 for a, _ in places)


def peak(name: str) -> float:
    """Megabytes at most in a fresh process that goes from pages on disk to a plan."""
    with tempfile.TemporaryDirectory() as folder:
        for detector, pages in titles()[name].pages().items():
            for number, page in enumerate(pages):
                path = Path(folder) / f"{detector}-{number:05d}.json.gz"
                path.write_bytes(gzip.compress(json.dumps(page).encode(), 1))
        command = [sys.executable, "-m", "tests.bench.bench_planning", "--peak-of", name, "--pages", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def go_through(name: str, folder: Path) -> float:
    """From pages to plan in this process; its peak of memory in megabytes."""
    title = titles()[name]

    def pages(detector: str) -> Iterator[Any]:
        for path in sorted(folder.glob(f"{detector}-*.json.gz")):
            yield json.loads(gzip.decompress(path.read_bytes()))

    answers = {detector: pages(detector) for detector in title.spec.detectors}
    found = parse_detections(answers, frame_rate=title.media.frame_rate)
    analysis = analyse(name, found, title.media)
    plan_trailer(analysis, get_profile(PROFILE), PlanRequest(int(SECONDS * title.media.frame_rate)))
    return peak_of_this_process()


def peak_of_this_process() -> float:
    """Megabytes; what the system counts as resident, at most so far."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss: on Linux that begins with what the parent had when it started this process.
        high = next(text for text in status.read_text().splitlines() if text.startswith("VmHWM"))
        return int(high.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def report(runs: int) -> Iterator[str]:
    """The lines of the table as they are measured."""
    yield f"{'':<54}{'median':>10} {'range':>12}{'CPU':>14} {'limit':>8}\n"
    film, epic = titles()["film-2h"], titles()["epic-6h"]
    answers = {
        "labels": exactly(epic.pages()["labels"], "Labels", LABELS),
        "faces": exactly(epic.pages()["faces"], "Faces", FACES),
    }
    reading = partial(parse_detections, answers, frame_rate=epic.media.frame_rate)
    yield line(f"reading {LABELS:,} label segments and {FACES:,} faces", timed(runs, reading), 2)
    answers.clear()
    points: dict[int, float] = {}
    for title, limit in ((film, 1.0), (epic, 5.0)):
        title.detections()
        times = timed(runs, partial(evidence_and_plan, title))
        yield line(f"evidence and plan, {title.spec.shots:,} shots ({title.name})", times, limit)
        points[title.spec.shots] = statistics.median(cpu for _, cpu in times)
        analysis = title.analysis()
        request = PlanRequest(int(SECONDS * title.media.frame_rate))
        alone = partial(plan_trailer, analysis, get_profile(PROFILE), request)
        yield line("  of which the plan", timed(runs, alone), 0)
    del points[film.spec.shots]
    for size in SIZES:
        title = sized(size)
        title.detections()
        times = timed(runs, partial(evidence_and_plan, title))
        yield line(f"  series: {size:,} shots", times, 0)
        points[size] = statistics.median(cpu for _, cpu in times)
    nlogn = exponent({size: size * log(size) for size in points})
    yield f"cost grows as shots to the power {exponent(points):.2f}; n log n would show {nlogn:.2f}\n"
    for title in (film, epic):
        most = peak(title.name)
        verdict = "within" if most <= 256 else "OVER"
        yield f"{f'peak memory, pages to plan, {title.name}':<54}{most:>7.0f} MB {'256 MB':>36} {verdict}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peak-of", choices=sorted(titles()), help=argparse.SUPPRESS)
    parser.add_argument("--pages", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    collect_seldom()
    if arguments.peak_of:
        sys.stdout.write(f"{go_through(arguments.peak_of, arguments.pages)}\n")
        return
    for text in report(max(5, arguments.runs)):
        sys.stdout.write(text)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
