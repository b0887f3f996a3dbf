"""Start, find and stop the supervisor process of a state directory."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from local.errors import LocalAwsError, ServiceStartError
from local.supervisor.environment import DEFAULT_STATE_DIR, ENVIRONMENT_FILE, PROJECT, Environment, Progress
from local.supervisor.fingerprint import LOCAL_SOURCES, fingerprint
from local.supervisor.process import FAILURE_FILE, LOCK_FILE, holder
from local.supervisor.services import START_SECONDS, STOP_SECONDS, is_healthy, rotate, tail

_OURS = ("environment.json", LOCK_FILE, "emulator", "s3", "logs", "cdk.out", "deployment.json")
"""Names that show that a directory is a state directory, so that ``reset`` deletes nothing else."""


def up(state_dir: Path = DEFAULT_STATE_DIR, *, progress: Progress | None = None) -> Environment:
    """Start the local AWS in the background, or find the one that already runs there.

    One that runs other code than the checkout has is stopped, its state saved, and started again.

    Raises:
        ServiceStartError: a process did not become ready; the message has the end of its log.
    """
    tell = progress or (lambda line: None)
    state_dir = state_dir.resolve()
    failure = _failure(state_dir)
    if failure is None:
        running = find(state_dir)
        if running is not None and running.sources == fingerprint(PROJECT, sources=LOCAL_SOURCES):
            return running
        if running is not None:
            tell("The local AWS that runs is of an older state of this project; it is started again.")
            down(state_dir)
    else:
        tell(f"The local AWS had stopped by itself: {failure}\nStarting it again.")
    state_dir.mkdir(parents=True, exist_ok=True)
    (state_dir / FAILURE_FILE).unlink(missing_ok=True)
    tell("Starting the local AWS.")
    log = state_dir / "logs" / "supervisor.log"
    rotate(log)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "--state", str(state_dir), "serve"],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return _wait(process, state_dir, log)


def _wait(process: subprocess.Popen[bytes], state_dir: Path, log: Path) -> Environment:
    """Wait until the supervisor has written its environment, or say why it could not."""
    started = time.time()
    while time.time() < started + 3 * START_SECONDS:
        if process.poll() is not None:
            # Two callers may start at once: the loser finds the winner's.
            running = find(state_dir) if process.returncode == 0 or holder(state_dir) else None
            if running is not None:
                return running
            raise ServiceStartError(_failure(state_dir) or f"The supervisor ended.\n{tail(log)}")
        if holder(state_dir) == process.pid and _written_since(state_dir, started):
            environment = Environment.load(state_dir)
            if environment is not None:
                return environment
        time.sleep(0.02)
    raise ServiceStartError(f"The local AWS did not become ready.\n{tail(log)}")


def _written_since(state_dir: Path, moment: float) -> bool:
    try:
        return (state_dir / ENVIRONMENT_FILE).stat().st_mtime >= moment - 0.01
    except OSError:
        return False


def _failure(state_dir: Path) -> str | None:
    try:
        return (state_dir / FAILURE_FILE).read_text(encoding="utf-8")
    except OSError:
        return None


def find(state_dir: Path = DEFAULT_STATE_DIR) -> Environment | None:
    """Return the local AWS that runs on this state directory; ``None`` if none does.

    Raises:
        ServiceStartError: it was started and one of its processes died; the message has the end of its log.
    """
    state_dir = state_dir.resolve()
    if holder(state_dir) is None:
        failure = _failure(state_dir)
        if failure is not None:
            raise ServiceStartError(failure)
        return None
    environment = Environment.load(state_dir)
    for _ in range(200):
        if environment is not None and is_healthy(environment.endpoint_url):
            return environment
        # It is starting: another caller's `up` is under way.
        time.sleep(0.05)
        if holder(state_dir) is None:
            return find(state_dir)
        environment = Environment.load(state_dir)
    log = state_dir / "logs" / "supervisor.log"
    raise ServiceStartError(f"The local AWS runs but does not answer.\n{tail(log)}")


def down(state_dir: Path = DEFAULT_STATE_DIR) -> bool:
    """Stop the local AWS gracefully, its state saved; ``False`` if none was running.

    Raises:
        LocalAwsError: it does not end.
    """
    state_dir = state_dir.resolve()
    pid = holder(state_dir)
    (state_dir / FAILURE_FILE).unlink(missing_ok=True)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 4 * STOP_SECONDS
    while holder(state_dir) == pid:
        if time.monotonic() > deadline:
            raise LocalAwsError(f"The local AWS (process {pid}) does not stop.")
        time.sleep(0.02)
    return True


def reset(state_dir: Path = DEFAULT_STATE_DIR) -> None:
    """Stop the local AWS and delete everything it kept.

    Raises:
        LocalAwsError: the directory holds something else than the state of a local AWS.
    """
    state_dir = state_dir.resolve()
    down(state_dir)
    if not state_dir.exists():
        return
    if any(state_dir.iterdir()) and not any((state_dir / name).exists() for name in _OURS):
        raise LocalAwsError(f"{state_dir} is not the state of a local AWS; nothing was deleted.")
    shutil.rmtree(state_dir)
