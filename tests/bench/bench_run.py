"""What a run costs outside analysis and rendering, and what ten films at once need: `python -m tests.bench.bench_run`.

On a local AWS of its own: the first deployment, then runs of a short sample
film on the running environment and on one that was stopped and only saved
(medians with the range), then ten uploads at once until every one has its
terminal record, with the peak of the memory that all processes of the local
AWS hold together.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cli import queries
from cli.target import Deployment, LocalTarget
from local import supervisor
from local.supervisor.process import holder

PROJECT = Path(__file__).resolve().parents[2]
ALLOWED_SECONDS = 3.0
"""Outside analysis and rendering, on a running or saved environment."""
LIMIT_SECONDS = 900


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def trailer(state_dir: Path, *words: str | Path) -> str:
    """Call the command line as a person does; returns what it printed."""
    paths = f"{PROJECT}{os.pathsep}{PROJECT / 'layers/core/python'}"
    return subprocess.run(
        [sys.executable, "-m", "cli", "--state-dir", str(state_dir), *map(str, words)],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": paths},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=LIMIT_SECONDS,
        check=True,
    ).stdout


def seconds_of(said: str) -> dict[str, float]:
    """The parts of a run, from the last line that it prints."""
    (line,) = (line for line in said.splitlines() if line.startswith("Took "))
    return {
        name: float(took)
        for name, took in re.findall(r"([a-z][a-z ]*) ([\d.]+) s[,.]", line.split(": ", 1)[1])
    }


def outside(parts: dict[str, float]) -> float:
    """What is neither analysis nor rendering."""
    return sum(parts.values()) - parts["analysis"] - parts["rendering"]


def median(values: Sequence[float]) -> str:
    """A median with its range."""
    return f"{statistics.median(values):.2f} [{min(values):.2f}-{max(values):.2f}]"


def process_tree(root: int) -> list[int]:
    """A process and all that it started, from /proc."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(entry.name))
    tree, queue = [], [root]
    while queue:
        tree.append(queue.pop())
        queue += parents.get(tree[-1], [])
    return tree


def held_megabytes(root: int) -> float:
    """Memory that a process tree holds; what processes share is counted once."""
    kilobytes = 0
    for process in process_tree(root):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        kilobytes += sum(int(size) for size in re.findall(r"^Pss: +(\d+) kB", rollup, re.MULTILINE))
    return kilobytes / 1000


def peak_of(root: int, work: Callable[[], None]) -> float:
    """Do something and return the most memory that a process tree held meanwhile, in megabytes."""
    peak = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, held_megabytes(root))
            done.wait(0.25)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        done.set()
        watcher.join()
    return peak


def settle(deployment: Deployment, films: Sequence[Path]) -> list[str]:
    """Upload films at once, wait for the terminal record of each, and return their statuses."""
    from cli.transfer import upload

    wishes = {"profile-ids": "romance", "max-duration": "10"}
    video_ids = [upload(deployment, film, wishes) for film in films]
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        records = [queries.video(deployment.catalogue, video_id) or {} for video_id in video_ids]
        statuses = [str(record.get("status", "")) for record in records]
        if all(status in queries.TERMINAL_STATUSES for status in statuses):
            return statuses
        time.sleep(0.5)
    raise SystemExit(f"not settled after {LIMIT_SECONDS} s: {statuses}")


def main() -> int:
    """Measure and print; 1 if a film did not complete."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--films", type=int, default=10)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = folder / "film.mp4"
        subprocess.run(
            [sys.executable, "-m", "local.sample_film", str(film), "--seconds", "30"],
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        state_dir = folder / "state"
        try:
            return measure(state_dir, film, folder, wanted.runs, wanted.films)
        finally:
            supervisor.down(state_dir)


def tell(title: str, found: Sequence[dict[str, float]]) -> None:
    """Print what was spent outside analysis and rendering, and on what."""
    spent = [outside(parts) for parts in found]
    say(f"{title}: {median(spent)} s outside analysis and rendering (allowed {ALLOWED_SECONDS:g})")
    for part in ("environment", "upload", "download", "everything else"):
        say(f"  {part}: {median([parts[part] for parts in found])} s")


def measure(state_dir: Path, film: Path, folder: Path, runs: int, count: int) -> int:
    """Measure on one local AWS."""
    words = ("run", film, "--profile", "romance", "--max-duration", "10", "--out", folder / "out")
    first = seconds_of(trailer(state_dir, *words))
    say(
        f"first run: environment {first['environment']:.1f} s, outside analysis and rendering {outside(first):.1f} s"
    )
    tell("running environment", [seconds_of(trailer(state_dir, *words)) for _ in range(runs)])
    saved = []
    for _ in range(runs):
        supervisor.down(state_dir)
        saved.append(seconds_of(trailer(state_dir, *words)))
    tell("saved environment", saved)
    films = []
    for number in range(count):
        films.append(folder / f"film {number}.mp4")
        films[-1].write_bytes(film.read_bytes())
    deployment = LocalTarget("local", state_dir).connect()
    statuses: list[str] = []
    begun = time.monotonic()
    root = holder(state_dir)
    assert root is not None
    peak = peak_of(root, lambda: statuses.extend(settle(deployment, films)))
    completed = statuses.count("COMPLETED")
    say(
        f"{count} films at once: {completed} completed in {time.monotonic() - begun:.1f} s, "
        f"at most {peak:.0f} MB in all processes of the local AWS"
    )
    return 0 if completed == count else 1


if __name__ == "__main__":
    sys.exit(main())
