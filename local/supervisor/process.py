"""The supervisor process: starts the services, watches them, stops them when told or when nobody asks."""

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local.errors import LocalAwsError, ServiceStartError
from local.stopping import StopSignal
from local.supervisor.environment import PROJECT, Environment, Progress
from local.supervisor.fingerprint import LOCAL_SOURCES, fingerprint
from local.supervisor.services import Service, child_variables, choose_port, fetch, services

IDLE_VARIABLE = "TRAILER_IDLE_MINUTES"
IDLE_MINUTES = 60.0
WATCH_SECONDS = 0.5
IDLE_CHECK_SECONDS = 20.0

LOCK_SECONDS = 2.0
"""Who asks whether somebody holds the lock has it for a moment; a supervisor keeps it."""

LOCK_FILE = "supervisor.lock"
FAILURE_FILE = "failure.txt"


@contextmanager
def locked(state_dir: Path) -> Iterator[None]:
    """Hold the state directory for this process; the system lets go however the process ends.

    Raises:
        LocalAwsError: another supervisor holds it.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / LOCK_FILE).open("a+") as file:
        deadline = time.monotonic() + LOCK_SECONDS
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise LocalAwsError(f"A local AWS already runs on {state_dir}.")
            time.sleep(0.01)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(state_dir: Path) -> int | None:
    """Return the process id of the supervisor of this directory; ``None`` if none runs.

    The lock decides, not the number in the file: a stale number may belong to somebody else by now.
    """
    try:
        with (state_dir / LOCK_FILE).open("r+") as file:
            if _try_lock(file):
                return None
            return int(file.read() or 0) or None
    except (OSError, ValueError):
        return None


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def serve(state_dir: Path, progress: Progress) -> int:
    """Run the local AWS in the foreground until SIGTERM, SIGINT, idleness or the death of a service.

    Returns:
        The exit code: 0 after an orderly stop, 1 if a service failed (the reason is in ``failure.txt``).
    """
    stop = StopSignal()
    with locked(state_dir):
        (state_dir / FAILURE_FILE).unlink(missing_ok=True)
        environment, children = _plan(state_dir)
        reader, writer = os.pipe()
        try:
            _start(environment, children, reader, stop, progress)
            if not stop.is_set():
                environment.save()
                progress(f"The local AWS listens on {environment.endpoint_url}.")
                _watch(environment, children, stop, progress)
        except ServiceStartError as error:
            (state_dir / FAILURE_FILE).write_text(str(error), encoding="utf-8")
            sys.stderr.write(f"{error}\n")
            return 1
        finally:
            for child in reversed(children):
                child.stop()
            os.close(writer)
            os.close(reader)
    return 0


def _plan(state_dir: Path) -> tuple[Environment, list[Service]]:
    """Choose ports, the previous ones where they are free, so that shells and bookmarks stay valid."""
    previous = Environment.load(state_dir)
    urls = {
        "emulator": previous.endpoint_url if previous else None,
        "rekognition": previous.rekognition_url if previous else None,
        "mediaconvert": previous.mediaconvert_url if previous else None,
    }
    ports: dict[str, int] = {}
    for name, url in urls.items():
        wanted = int(url.rsplit(":", 1)[1]) if url else None
        ports[name] = choose_port(None if wanted in ports.values() else wanted)
    environment = Environment(
        endpoint_url=f"http://127.0.0.1:{ports['emulator']}",
        rekognition_url=f"http://127.0.0.1:{ports['rekognition']}",
        mediaconvert_url=f"http://127.0.0.1:{ports['mediaconvert']}",
        state_dir=state_dir,
        sources=fingerprint(PROJECT, sources=LOCAL_SOURCES),
        outputs=previous.outputs if previous else {},
    )
    return environment, services(state_dir, ports)


def _start(
    environment: Environment, children: list[Service], guard: int, stop: StopSignal, progress: Progress
) -> None:
    variables = child_variables(environment)
    for child in children:
        child.start(variables, guard)
    for child in children:
        if not stop.is_set():
            child.wait_ready()
            progress(f"{child.title} is ready.")


def _watch(environment: Environment, children: list[Service], stop: StopSignal, progress: Progress) -> None:
    limit = 60 * float(os.environ.get(IDLE_VARIABLE) or IDLE_MINUTES)
    next_check = time.monotonic() + min(limit, IDLE_CHECK_SECONDS)
    while not stop.wait(WATCH_SECONDS):
        for child in children:
            child.check()
        if time.monotonic() >= next_check:
            next_check = time.monotonic() + min(limit, IDLE_CHECK_SECONDS)
            if _idle_seconds(environment) >= limit:
                progress(f"Nobody asked for {limit / 60:g} minutes; stopping.")
                return


def _idle_seconds(environment: Environment) -> float:
    """Return for how long nobody outside used the emulator; work under way counts as use."""
    try:
        activity = json.loads(fetch(f"{environment.endpoint_url}/_local/activity"))
    except OSError:
        return 0.0
    return 0.0 if activity["runningExecutions"] else float(activity["idleSeconds"])
