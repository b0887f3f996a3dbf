"""Workers as forks of one prepared process; where there is none, as processes of their own."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SEED = Path(__file__).with_name("seed.py")


class Process(Protocol):
    """What is known of a worker's process; ``subprocess.Popen`` is one."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; ``None`` while it runs."""

    def wait(self) -> int:
        """Wait for its end; returns the exit code."""

    def kill(self) -> None:
        """End it at once."""


@dataclass(frozen=True)
class Order:
    """What a worker's process is."""

    runtime: Sequence[str]
    """The Python options that start the runtime client."""
    handler: str
    directory: Path
    path: Sequence[Path]
    variables: Mapping[str, str]


class Fork:
    """A worker that the seed has forked; the seed reaps it and writes how it ended."""

    def __init__(self, pid: int, ending: int) -> None:
        self.pid = pid
        self._ending = ending
        self._code: int | None = None
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """See ``Process``."""
        return self._read(0)

    def wait(self) -> int:
        """See ``Process``."""
        # In short turns: somebody else may ask meanwhile.
        while (code := self._read(0.02)) is None:
            pass
        return code

    def kill(self) -> None:
        """See ``Process``."""
        # Until its end is written, its number belongs to nobody else.
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _read(self, seconds: float) -> int | None:
        with self._lock:
            if self._code is None and select.select([self._ending], [], [], seconds)[0]:
                text = os.read(self._ending, 32)
                os.close(self._ending)
                # Without a word the seed itself is gone, and nobody can tell any more.
                self._code = int(text) if text else -signal.SIGKILL
            return self._code


class Forks:
    """The seed, and the orders that it is given."""

    def __init__(self, packages: Path) -> None:
        """Start the seed; it gets ready meanwhile.

        Args:
            packages: The directory with the packages of the runtime.
        """
        self._lock = threading.Lock()
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._seed = subprocess.Popen(
                [sys.executable, "-S", str(SEED), str(theirs.fileno())],
                env={
                    **{name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
                    "LANG": "C.UTF-8",
                    "PYTHONPATH": str(packages),
                },
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )

    def start(self, order: Order, output: int) -> Process:
        """Fork a worker that writes to ``output``.

        Raises:
            OSError: the seed is gone, or can't fork.
        """
        message = {
            "runtime": list(order.runtime),
            "handler": order.handler,
            "directory": str(order.directory),
            "path": [str(entry) for entry in order.path],
            "variables": dict(order.variables),
        }
        reader, writer = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._orders, [json.dumps(message).encode()], [output, writer])
        except OSError:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        pid = _line(reader)
        if pid <= 0:
            os.close(reader)
            raise OSError("No worker could be forked.")
        return Fork(pid, reader)

    def close(self) -> None:
        """Let the seed end; its forks go on until they are killed."""
        self._orders.close()
        self._seed.wait()


def spawn(order: Order, output: int) -> Process:
    """Start a worker as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-S", *order.runtime, order.handler],
        cwd=order.directory,
        env=order.variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def can_fork() -> bool:
    """Whether forking is safe here: on macOS a process that has used its libraries must not fork."""
    return sys.platform == "linux"


def _line(descriptor: int) -> int:
    """Read one number, byte by byte: what follows it is for later."""
    text = b""
    while not text.endswith(b"\n"):
        byte = os.read(descriptor, 1)
        if not byte:
            return 0
        text += byte
    return int(text)
