"""The processes of the local AWS: how each is started, asked for its health and stopped."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.errors import ServiceStartError
from local.guard import PIPE_VARIABLE
from local.supervisor.environment import PROJECT, Environment

START_SECONDS = 60.0
"""A first start compiles and unpacks; later ones take a second."""

STOP_SECONDS = 20.0

KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
"""All that a child sees of the person's environment; keys, tokens and profiles stay out."""

_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Service:
    """One child process of the supervisor."""

    title: str
    """How messages call it."""
    module: str
    port: int
    state_dir: Path
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, variables: Mapping[str, str], guard: int) -> None:
        """Start the process; ``guard`` is the read end of the supervisor's pipe."""
        self.state_dir.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "local.guard", self.module]
        command += ["--port", str(self.port), "--state", str(self.state_dir)]
        rotate(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**variables, PIPE_VARIABLE: str(guard)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(guard,),
                start_new_session=True,
            )

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Return as soon as the service answers its health check.

        Raises:
            ServiceStartError: it died or did not answer in time; the message has the end of its log.
        """
        deadline = time.monotonic() + seconds
        while not is_healthy(f"http://127.0.0.1:{self.port}"):
            self.check()
            if time.monotonic() > deadline:
                raise ServiceStartError(
                    f"{self.title} did not answer within {seconds:.0f} s.\n{tail(self.log)}"
                )
            time.sleep(0.03)

    def check(self) -> None:
        """Raise if the process is dead.

        Raises:
            ServiceStartError: with its exit code and the end of its log.
        """
        code = self.process.poll() if self.process else None
        if code is not None:
            raise ServiceStartError(f"{self.title} ended with exit code {code}.\n{tail(self.log)}")

    def stop(self) -> None:
        """Ask the process to end, wait, and kill it only if it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def services(state_dir: Path, ports: Mapping[str, int]) -> list[Service]:
    """List the processes in the order of their start; they stop in the opposite order."""
    logs = state_dir / "logs"
    return [
        Service("The emulator", "local.emulator", ports["emulator"], state_dir, logs / "emulator.log"),
        *(
            Service(title, f"local.{name}", ports[name], state_dir / name, logs / f"{name}.log")
            for name, title in (
                ("rekognition", "The Rekognition of this machine"),
                ("mediaconvert", "The MediaConvert of this machine"),
            )
        ),
    ]


def child_variables(environment: Environment) -> dict[str, str]:
    """Return the whole environment of a child process."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    settings = {name: value for name, value in os.environ.items() if name.startswith("TRAILER_")}
    return {
        **kept,
        **settings,
        **environment.client_env(),
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
        # glibc otherwise keeps what uploads and pictures took: hundreds of MB that nobody uses.
        "MALLOC_ARENA_MAX": "2",
        "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
    }


def is_healthy(url: str) -> bool:
    """Ask a service for its health."""
    try:
        with _NO_PROXY.open(f"{url}/health", timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def fetch(url: str, *, data: bytes | None = None, timeout: float = 30) -> bytes:
    """Read one loopback URL, whatever proxy the machine uses otherwise."""
    request = urllib.request.Request(url, data=data)
    with _NO_PROXY.open(request, timeout=timeout) as response:
        body: bytes = response.read()
        return body


def choose_port(wanted: int | None) -> int:
    """Return the wanted port if it is free, else any free loopback port."""
    for candidate in (wanted, 0):
        if candidate is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            return port
    raise ServiceStartError("No free port on 127.0.0.1.")


def rotate(log: Path) -> None:
    """Keep the log of the previous run beside the new one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))


def tail(log: Path, lines: int = 20) -> str:
    """Return the end of a log, indented for a message."""
    try:
        text = log.read_bytes()[-16_384:].decode(errors="replace")
    except OSError:
        return f"(no log at {log.name})"
    last = text.splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in last) or f"  ({log.name} is empty)"
