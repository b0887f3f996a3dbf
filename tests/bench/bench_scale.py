"""What the largest film that is taken costs the two functions that hold it whole: ``python -m tests.bench.bench_scale``.

Six hours with as many shots as ``MOST_SHOTS`` allows, each of five frames, and a label on every
second one. ScoreScenes and PlanTrailer run in processes of their own over services in memory, so
the peaks include what those services keep; on AWS that lies in S3 and DynamoDB. A function of
1,769 MB has one processor.
"""

from __future__ import annotations

import argparse
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.fakes import fake_services, upload_event
from tests.transcoders import RATE, ProbingTranscoder
from trailer.steps.plan_trailer import plan_trailer
from trailer.steps.probe_video import probe_video
from trailer.steps.register_video import register_video
from trailer.steps.score_scenes import score_scenes
from trailer.wire import keys
from trailer.wire.findings import MOST_SHOTS

FRAMES_OF_A_SHOT = 5
PAGE = 1000
NAMES = ("Car", "Flower", "Dog", "Food", "Mountain", "Person", "Running", "Kissing")
PROFILES = ("romance", "action_enthusiast")


def milliseconds(frame: int) -> int:
    """When a frame begins."""
    return frame * 1000 // RATE


def segments() -> list[dict[str, Any]]:
    """A shot every five frames."""
    return [
        {
            "Type": "SHOT",
            "StartFrameNumber": first,
            "EndFrameNumber": first + FRAMES_OF_A_SHOT - 1,
            "StartTimestampMillis": milliseconds(first),
            "EndTimestampMillis": milliseconds(first + FRAMES_OF_A_SHOT - 1),
            "ShotSegment": {"Index": index, "Confidence": 99.0},
        }
        for index in range(MOST_SHOTS)
        for first in (index * FRAMES_OF_A_SHOT,)
    ]


def labels() -> list[dict[str, Any]]:
    """A label in every second shot."""
    rows = []
    for index in range(0, MOST_SHOTS, 2):
        start, end = (milliseconds(at * FRAMES_OF_A_SHOT) for at in (index, index + 1))
        seen = {"Name": NAMES[index // 2 % len(NAMES)], "Confidence": 95.0, "Parents": [], "Categories": []}
        times = {"Timestamp": start, "StartTimestampMillis": start, "EndTimestampMillis": end}
        rows.append({**times, "DurationMillis": end - start, "Label": seen})
    return rows


def collected() -> tuple[str, Any]:
    """The film as CollectDetection leaves it, and its services."""
    services = fake_services(transcoder=ProbingTranscoder(frames=MOST_SHOTS * FRAMES_OF_A_SHOT))
    film = register_video(upload_event(), "execution", services)["videoId"]
    probe_video(film, services)
    lists = {"segments": ("Segments", segments()), "labels": ("Labels", labels())}
    for detector, (name, rows) in lists.items():
        meta: Any = {"FrameRate": float(RATE), "DurationMillis": milliseconds(MOST_SHOTS * FRAMES_OF_A_SHOT)}
        meta = [meta] if detector == "segments" else meta
        pages = range(0, len(rows), PAGE)
        for number, first in enumerate(pages):
            page = {"JobStatus": "SUCCEEDED", "VideoMetadata": meta, name: rows[first : first + PAGE]}
            services.results.put_json(keys.detection_page(film, detector, number), page)
        services.results.put_json(keys.detection_index(film, detector), {"pages": len(pages), "jobId": "j"})
    return film, services


def measured(step: str, stored: Path) -> None:
    """Run one step in this process and say what it took."""
    film, services = pickle.loads(stored.read_bytes())
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, time.process_time()
    if step == "ScoreScenes":
        done = score_scenes(film, [], services)
        told = f"{done['shotCount']} shots in {done['sceneCount']} scenes"
    else:
        done = plan_trailer(film, step, {}, step, services)
        told = f"version {done['version']}"
    cpu, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    sys.stdout.write(f"{step:20} {cpu:6.1f} s of processor, peak {peak} MB ({before} before); {told}\n")
    stored.write_bytes(pickle.dumps((film, services)))


def main() -> None:
    """Measure both functions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--stored", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        measured(given.step, given.stored)
        return
    with tempfile.TemporaryDirectory() as scratch:
        stored = Path(scratch) / "services"
        stored.write_bytes(pickle.dumps(collected()))
        for step in ("ScoreScenes", *PROFILES):
            command = [
                sys.executable,
                "-m",
                "tests.bench.bench_scale",
                "--step",
                step,
                "--stored",
                str(stored),
            ]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
