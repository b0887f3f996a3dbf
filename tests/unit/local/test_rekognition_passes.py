"""A worker that breaks off says nothing about the film: it is tried once more, and never the film's fault."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.rekognition import passes
from local.rekognition.fates import Fates
from local.rekognition.jobs import FAILED, IN_PROGRESS, SUCCEEDED, Job, Jobs
from local.rekognition.measure.results import write_json

BROKEN = {"broken": "ended with status -11"}
REFUSED = {"failed": "The video could not be decoded: it is damaged, encrypted or empty."}
DONE = {"done": True}


class ScriptedWorkers:
    """Each worker says one thing; those that are done have measured shots."""

    def __init__(self, script: list[dict[str, Any]]) -> None:
        self.script = script
        self.taken = 0

    def prepare(self) -> None: ...
    def close(self) -> None: ...

    def take(self) -> Any:
        message = self.script[self.taken]
        self.taken += 1

        def begin(order: Any) -> None:
            if "done" in message:
                order.folder.mkdir(parents=True, exist_ok=True)
                for name in ("film", "segments"):
                    write_json(order.folder / f"{name}.json", {})

        return SimpleNamespace(begin=begin, next_message=lambda _: message, end=lambda: None, also=print)


@pytest.mark.parametrize(
    ("script", "status", "says"),
    [
        ([DONE], SUCCEEDED, None),
        ([BROKEN, DONE], SUCCEEDED, None),
        ([REFUSED], FAILED, "damaged"),
        ([BROKEN, REFUSED], FAILED, "damaged"),
        ([BROKEN, BROKEN], FAILED, "a fault of the service, not of the video"),
    ],
)
def test_how_a_pass_ends(
    script: list[dict[str, Any]],
    status: str,
    says: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workers = ScriptedWorkers(script)
    monkeypatch.setattr(passes, "SpareWorkers", lambda: workers)
    jobs = Jobs(tmp_path / "jobs", 20)
    store: Any = SimpleNamespace(fetch=lambda *place: place[-1].touch())
    nobody: Any = SimpleNamespace()
    settings = passes.PassSettings(coalesce_seconds=0)
    runner = passes.Passes(tmp_path, jobs, store, nobody, settings=settings, fates=Fates())
    video = {"Video": {"S3Object": {"Bucket": "films", "Name": "a.mp4"}}}
    job = Job("1", "StartSegmentDetection", "segments", video, "film", None, time.time())
    jobs.add(job, "somebody")

    runner.request(job)
    deadline = time.monotonic() + 10
    while job.status == IN_PROGRESS and time.monotonic() < deadline:
        time.sleep(0.01)

    assert (job.status, workers.taken) == (status, len(script))
    assert job.message is None if says is None else says in str(job.message)
