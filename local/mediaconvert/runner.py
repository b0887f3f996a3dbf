"""Runs jobs: highest priority first, then in the order of submission, two at a time."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from local.mediaconvert.errors import JobCanceledError, JobError
from local.mediaconvert.events import Events
from local.mediaconvert.fates import fail_if_planned
from local.mediaconvert.jobs import JobStore, now
from local.mediaconvert.naming import split_url
from local.mediaconvert.objects import Objects
from local.mediaconvert.source import describe
from local.mediaconvert.spec import InputSpec, JobSpec, read_settings
from local.mediaconvert.supported import refuse_unsupported
from local.mediaconvert.timeline import Source, lay_out

CONCURRENT_JOBS = 2
_log = logging.getLogger(__name__)


class Runner:
    """Worker threads over a job store; jobs of an earlier process start anew."""

    def __init__(self, store: JobStore, objects: Objects, events: Events, work: Path) -> None:
        """``work`` holds the renders in progress and is emptied now."""
        self._store, self._objects, self._events, self._work = store, objects, events, work
        shutil.rmtree(work, ignore_errors=True)
        self._changed = threading.Condition()
        self._stopping = False
        self._threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(CONCURRENT_JOBS)]

    def start(self) -> None:
        """Take up unfinished jobs and begin."""
        for job in self._store.all():
            if job["Status"] == "PROGRESSING":
                self._store.update(job["Id"], Status="SUBMITTED", RetryCount=job["RetryCount"] + 1)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop after the next picture of each render; unfinished jobs stay for the next process."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=10)

    def wake(self) -> None:
        """Tell the workers that there is a new job."""
        with self._changed:
            self._changed.notify()

    def cancel(self, job_id: str) -> bool:
        """End a job; False if it has ended before."""
        job = self._store.update(job_id, Status="CANCELED", Timing={"FinishTime": now()})
        if job is not None:
            self._events.send(job, "CANCELED")
        return job is not None

    def _loop(self) -> None:
        while True:
            with self._changed:
                job = self._take()
                while job is None and not self._stopping:
                    self._changed.wait(timeout=5)
                    job = self._take()
            if self._stopping or job is None:
                return
            self._run(job)

    def _take(self) -> dict[str, Any] | None:
        """The next job, marked as progressing; call with the condition held."""
        waiting = [job for job in self._store.all() if job["Status"] == "SUBMITTED"]
        if not waiting or self._stopping:
            return None
        chosen = max(waiting, key=lambda job: int(job["Priority"]))
        return self._store.update(
            chosen["Id"], Status="PROGRESSING", CurrentPhase="PROBING", Timing={"StartTime": now()}
        )

    def _run(self, job: dict[str, Any]) -> None:
        folder = self._work / job["Id"]
        try:
            folder.mkdir(parents=True)
            self._execute(job, folder)
        except JobCanceledError:
            _log.info("Job %s was stopped.", job["Id"])
        except JobError as error:
            self._fail(job, error)
        except OSError as error:
            full = error.errno == 28
            code = JobError.DISK_FULL if full else JobError.UNKNOWN
            self._fail(job, JobError(code, f"The render failed: {error}"))
        except Exception as error:
            _log.exception("Job %s failed unexpectedly", job["Id"])
            self._fail(job, JobError(JobError.UNKNOWN, f"The render failed: {type(error).__name__}: {error}"))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _fail(self, job: dict[str, Any], error: JobError) -> None:
        changes = {"ErrorCode": error.code, "ErrorMessage": error.message}
        if self._store.update(job["Id"], Status="ERROR", Timing={"FinishTime": now()}, **changes):
            self._events.send(job, "ERROR", {"errorCode": error.code, "errorMessage": error.message})

    def _execute(self, job: dict[str, Any], folder: Path) -> None:
        # Here, for a service that is only asked to probe never needs them, nor NumPy.
        from local.mediaconvert import delivery, render  # noqa: PLC0415

        self._events.send(job, "PROGRESSING")
        fail_if_planned()
        began = time.monotonic()
        refuse_unsupported(job["Settings"])
        spec = read_settings(job["Settings"])
        sources = self._fetch(job, spec)
        segments = lay_out(spec.inputs, lambda item: sources[item.url])
        self._store.update(job["Id"], CurrentPhase="TRANSCODING")
        written = render.Render(spec, segments, folder / "render").run(self._progress(job))
        self._store.update(job["Id"], CurrentPhase="UPLOADING", JobPercentComplete=99)
        delivered = delivery.deliver(written, spec.inputs[0].url, folder)
        self._progress(job)(Fraction(99, 100))
        self._objects.upload(delivered.uploads)
        done = self._store.update(
            job["Id"],
            Status="COMPLETE",
            JobPercentComplete=100,
            OutputGroupDetails=delivered.job_details,
            Timing={"FinishTime": now()},
        )
        if done is not None:
            self._events.send(done, "COMPLETE", {"outputGroupDetails": delivered.event_details})
        _log.info("Job %s took %.2f s.", job["Id"], time.monotonic() - began)

    def _fetch(self, job: dict[str, Any], spec: JobSpec) -> dict[str, Source]:
        sources: dict[str, Source] = {}
        for item in spec.inputs:
            if item.url not in sources:
                sources[item.url] = self._source(item)
                self._progress(job)(Fraction(0))
        self._events.send(
            job,
            "INPUT_INFORMATION",
            {
                "inputDetails": [
                    _input_details(number, sources[item.url]) for number, item in enumerate(spec.inputs, 1)
                ]
            },
        )
        return sources

    def _source(self, item: InputSpec) -> Source:
        path = self._objects.local_copy(self._objects.head(*split_url(item.url)))
        return Source(path, item.url, describe(path, item.url))

    def _progress(self, job: dict[str, Any]) -> Callable[[Fraction], None]:
        interval = int(job["StatusUpdateInterval"].removeprefix("SECONDS_"))
        told = time.monotonic()

        def report(share: Fraction) -> None:
            nonlocal told
            percent = min(98, int(share * 98))
            if not self._store.progress(job["Id"], percent) or self._stopping:
                raise JobCanceledError
            if time.monotonic() - told >= interval:
                told = time.monotonic()
                self._events.send(job, "STATUS_UPDATE", {"jobProgress": {"jobPercentComplete": percent}})

        return report


def _input_details(number: int, source: Source) -> dict[str, Any]:
    track = source.track
    video = {
        "streamId": 1,
        "width": track.width,
        "height": track.height,
        "frameRate": f"{float(track.rate):.3f}".rstrip("0").rstrip("."),
    }
    return {"id": number, "uri": source.name, "video": [video]}
