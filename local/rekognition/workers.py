"""Worker processes from the service's side: orders out, progress in, and an end to those that hang."""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]
STALLED_SECONDS = 120.0
"""A worker that reports nothing for so long is ended."""
LONGEST_SECONDS = 2 * 3600.0
"""No film is decoded for longer."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is told."""

    film: Path
    folder: Path
    detectors: frozenset[str]

    def line(self) -> str:
        """The order as the line that a worker reads."""
        parts = {"film": str(self.film), "folder": str(self.folder), "detectors": sorted(self.detectors)}
        return json.dumps(parts) + "\n"


class Worker:
    """One process that measures one film."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "local.rekognition.measure.worker"]
        self._process = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def begin(self, order: Order) -> None:
        """Send the order; answers arrive from now on."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("A worker was started without pipes.")
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(order.line())
            self._process.stdin.flush()
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
        self._begun = self._heard = time.monotonic()

    def also(self, detectors: frozenset[str]) -> None:
        """Ask for more detectors in the running pass; the worker answers ``joined`` or ``refused``."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps({"also": sorted(detectors)}) + "\n")
                self._process.stdin.flush()

    def _listen(self, output: IO[str]) -> None:
        for line in output:
            with contextlib.suppress(ValueError):
                self._messages.put(json.loads(line))
        self._messages.put(None)

    def next_message(self, seconds: float) -> dict[str, Any] | None:
        """The next message, or None within that time.

        A worker that died or has been silent too long answers with a ``broken`` message: that says
        nothing about the film, which a worker that can't decode it calls ``failed``.
        """
        try:
            message: dict[str, Any] | None = self._messages.get(timeout=seconds)
        except queue.Empty:
            message = {}
        now = time.monotonic()
        if now - self._heard > STALLED_SECONDS or now - self._begun > LONGEST_SECONDS:
            self.end()
            return {"broken": "made no progress"}
        if message == {}:
            return None
        self._heard = now
        if message is not None:
            return message
        return {"broken": f"ended with status {self._process.wait()}"}

    def end(self) -> None:
        """End the process, whatever it is doing."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class SpareWorkers:
    """Keeps one worker started and waiting, so that a job does not wait for imports."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spare: Worker | None = None
        self._closed = False

    def prepare(self) -> None:
        """Start the spare worker if there is none."""
        with self._lock:
            if self._spare is None and not self._closed:
                self._spare = Worker()

    def take(self) -> Worker:
        """A worker that has no order yet."""
        with self._lock:
            worker, self._spare = self._spare, None
        return worker if worker is not None and worker.alive else Worker()

    def close(self) -> None:
        """End the spare."""
        with self._lock:
            self._closed = True
            worker, self._spare = self._spare, None
        if worker is not None:
            worker.end()
