"""Which film is measured when, and for whom.

Jobs about the same object version share one pass. A pass waits a moment for
the other detectors of the same film to be asked for; a detector that comes
later joins the running pass as long as the worker still has the pictures it
missed; after that it gets a further pass of its own.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from pathlib import Path

from local.rekognition.answers.measured import Measured
from local.rekognition.completions import Completions
from local.rekognition.fates import FAILURE, Fates, later
from local.rekognition.jobs import FAILED, SUCCEEDED, Job, Jobs
from local.rekognition.measure.film import FilmError
from local.rekognition.objects import VideoStore
from local.rekognition.settings import PassSettings
from local.rekognition.workers import Order, SpareWorkers

log = logging.getLogger(__name__)

POLL_SECONDS = 0.03
TRIES = 2
"""Decodings of one film; a second one if the first breaks off, for that may be the machine's fault."""
IN_EVERY_PASS = frozenset({"segments", "celebrities"})
"""Shots are measured by every pass, and celebrities need only the film's description."""


class BrokenOffError(Exception):
    """A worker died, hung or ran out of memory: no verdict on the film."""


class Stopping(Exception):
    """The service is going down; the jobs stay in progress and are taken up again."""


class Passes:
    """Runs one pass per film and detectors, and ends the jobs that waited for it."""

    def __init__(
        self,
        state: Path,
        jobs: Jobs,
        store: VideoStore,
        completions: Completions,
        *,
        settings: PassSettings,
        fates: Fates,
    ) -> None:
        self._films, self._cache = state / "films", state / "cache"
        shutil.rmtree(self._cache, ignore_errors=True)
        self._cache.mkdir(parents=True, exist_ok=True)
        self._jobs, self._store, self._completions = jobs, store, completions
        self._settings, self._fates = settings, fates
        self._slots = threading.BoundedSemaphore(settings.most_films)
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Job]] = {}
        self._stop = threading.Event()
        self._workers = SpareWorkers()

    def prepare(self) -> None:
        """Have a worker ready, so that the first film doesn't wait for its imports."""
        self._workers.prepare()

    def measured(self, film: str) -> Measured:
        """What is known about a film."""
        return Measured(self._films / film)

    def request(self, job: Job) -> None:
        """Have the job's film measured for its detector; returns at once."""
        if (answers := self._fates.answers(job)) is not None:
            self._fates.take_over(job, answers, self._films / job.film, self._end)
            return
        with self._lock:
            waiting = self._waiting.get(job.film)
            if waiting is not None:
                waiting.append(job)
                return
            self._waiting[job.film] = [job]
        if not self.measured(job.film).holds(job.detector):
            self.prepare()
        threading.Thread(target=self._run, args=(job.film,), name=f"pass-{job.film[:8]}", daemon=True).start()

    def forget_except(self, films: set[str]) -> None:
        """Drop measurements that no job refers to any more."""
        for folder in self._films.glob("*"):
            if folder.name not in films:
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End the workers; jobs in progress stay so."""
        self._stop.set()
        self._workers.close()

    def _run(self, film: str) -> None:
        try:
            if self._stop.wait(self._settings.coalesce_seconds):
                return
            while not self._slots.acquire(timeout=0.2):
                if self._stop.is_set():
                    return
            try:
                while missing := self._settle(film):
                    self._pass(film, missing)
            finally:
                self._slots.release()
        except Stopping:
            return
        except Exception:
            log.exception("A pass over film %s failed in the service itself.", film)
            self._fail(
                film, "The video could not be analysed: the local Rekognition has a defect; see its log."
            )
        finally:
            self._copy(film).unlink(missing_ok=True)

    def _settle(self, film: str) -> frozenset[str]:
        """End the jobs whose detector is measured; what the others still miss."""
        measured = self.measured(film)
        with self._lock:
            waiting = self._waiting[film]
            done = [job for job in waiting if measured.holds(job.detector)]
            self._waiting[film] = [job for job in waiting if job not in done]
            missing = frozenset(job.detector for job in self._waiting[film])
            if not missing:
                del self._waiting[film]
        for job in done:
            self._end(job, SUCCEEDED)
        return missing

    def _fail(self, film: str, message: str) -> None:
        with self._lock:
            waiting = self._waiting.get(film, [])
            if film in self._waiting:
                self._waiting[film] = []
        for job in waiting:
            self._end(job, FAILED, message)

    def _end(self, job: Job, status: str, message: str | None = None) -> None:
        fate = self._fates.of(job)
        if fate.late:
            later(fate.late, self._finish, job, status, message)
        else:
            self._finish(job, status, message)

    def _finish(self, job: Job, status: str, message: str | None) -> None:
        fate = self._fates.of(job)
        if fate.fails and status == SUCCEEDED:
            status, message, job.announced = FAILED, FAILURE, fate.announced
        self._jobs.end(job, status, message)
        log.info("Job %s (%s) %s%s", job.job_id, job.detector, status, f": {message}" if message else ".")
        if job.wants_notice:
            self._completions.publish(job)

    def _copy(self, film: str) -> Path:
        return self._cache / f"{film}.mp4"

    def _pass(self, film: str, detectors: frozenset[str]) -> None:
        """Decode once for these detectors and any that can still join."""
        with self._lock:
            job = self._waiting[film][0]
        place = job.request["Video"]["S3Object"]
        try:
            if not self._copy(film).exists():
                self._store.fetch(place["Bucket"], place["Name"], job.version, self._copy(film))
            self._decode_safely(film, detectors)
        except FilmError as error:
            self._fail(film, str(error))

    def _decode_safely(self, film: str, detectors: frozenset[str]) -> None:
        """Decode, once more if that breaks off.

        Raises:
            FilmError: as `_decode`.
            Stopping: as `_decode`.
        """
        for attempt in range(1, TRIES + 1):
            try:
                self._decode(film, detectors)
            except BrokenOffError as error:
                log.warning("Film %s: worker %d of %d %s.", film, attempt, TRIES, error)
                detectors = self._wanted(film)
            else:
                return
        self._fail(
            film,
            f"The analysis broke off {TRIES} times without saying why; that is a fault of the service, "
            "not of the video.",
        )

    def _decode(self, film: str, detectors: frozenset[str]) -> None:
        """Run one worker to its end.

        Raises:
            FilmError: the worker says that the film cannot be analysed.
            BrokenOffError: the worker ended without a word about the film.
            Stopping: the service is going down.
        """
        worker = self._workers.take()
        began = time.monotonic()
        worker.begin(Order(self._copy(film), self._films / film, detectors))
        asked = detectors | IN_EVERY_PASS
        try:
            while not self._stop.is_set():
                message = worker.next_message(POLL_SECONDS) or {}
                if "failed" in message:
                    raise FilmError(message["failed"])
                if "broken" in message:
                    raise BrokenOffError(message["broken"])
                if "done" in message:
                    log.info("Film %s: %s in %.2f s.", film, sorted(asked), time.monotonic() - began)
                    return
                if late := self._wanted(film) - asked:
                    worker.also(late)
                    asked |= late
        finally:
            worker.end()
            self._workers.prepare()
        raise Stopping

    def _wanted(self, film: str) -> frozenset[str]:
        with self._lock:
            return frozenset(job.detector for job in self._waiting[film])
