"""One execution environment: a process that runs one function, one event at a time."""

import json
import os
import select
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.emulator.functions.forks import Order, Process, spawn
from local.emulator.functions.runtime_api import Invocation, RuntimeApi
from local.faults.mortality import Mortality

INIT_SECONDS = 60.0
"""Lambda allows ten; a laptop under load that compiles everything for the first time gets more."""

MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100
"""The limit of a synchronous response, as Lambda states it in its error."""


@dataclass(frozen=True)
class Code:
    """What a worker runs; two equal codes can share a worker."""

    arn: str
    handler: str
    timeout: float
    task_root: Path
    python_path: tuple[Path, ...]
    variables: tuple[tuple[str, str], ...]
    runtime: tuple[str, ...]
    """The Python options that start the runtime client, without the handler."""


@dataclass
class Outcome:
    """The end of one invocation."""

    body: Any
    failed: bool
    log: str


class Worker:
    """A process, its Runtime API and its log."""

    def __init__(self, code: Code, start: Callable[[Order, int], Process] = spawn) -> None:
        """Start the process; ``start`` says how."""
        self.code = code
        self.last_used = time.monotonic()
        self._api = RuntimeApi()
        self._scratch = Path(tempfile.mkdtemp(prefix="trailer-function-"))
        self._chunks: list[bytes] = []
        self._reading = threading.Lock()
        self._ended = threading.Event()
        self._mortality = Mortality()
        self._output, output = os.pipe()
        try:
            self._process = start(self._order(), output)
        finally:
            os.close(output)
        self._mortality.enter(self._process.pid, code.arn.rpartition(":")[2])
        threading.Thread(target=self._read_log, daemon=True, name="function-log").start()

    def _order(self) -> Order:
        code = self.code
        own = {
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "PYTHONPATH": os.pathsep.join(map(str, code.python_path)),
            "TMPDIR": str(self._scratch),
        }
        variables: Mapping[str, str] = {**dict(code.variables), **own, **self._mortality.variables}
        return Order(code.runtime, code.handler, code.task_root, code.python_path, variables)

    def warm_up(self) -> None:
        """Wait until the function is imported, or is known not to be."""
        self._await(self._api.ready, INIT_SECONDS)

    @property
    def alive(self) -> bool:
        """Whether the process can take another event."""
        return not self._ended.is_set() and self._process.poll() is None

    def invoke(self, payload: bytes, request_id: str) -> Outcome:
        """Run one event to its end, its timeout or the death of the process."""
        self.warm_up()
        if self._api.init_error is not None:
            return self._failure(self._api.init_error)
        deadline_ms = int((time.time() + self.code.timeout) * 1000)
        invocation = Invocation(request_id, self.code.arn, payload, deadline_ms)
        self._api.put(invocation)
        self._await(invocation.done, self.code.timeout)
        if self._mortality.doomed:
            self._process.kill()
            return self._failure(self._reason(request_id))
        if not invocation.done.is_set():
            return self._failure(self._reason(request_id))
        if len(invocation.result) > MAX_RESPONSE_BYTES:
            message = (
                f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            )
            return Outcome(_error("Function.ResponseSizeTooLarge", message), True, self._take_log())
        return Outcome(json.loads(invocation.result), invocation.failed, self._take_log())

    def _await(self, event: threading.Event, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not event.wait(min(0.25, max(0.0, deadline - time.monotonic()))):
            if time.monotonic() >= deadline or not self.alive:
                # The result may have come just before the process ended.
                event.wait(0.01)
                return

    def _reason(self, request_id: str) -> dict[str, Any]:
        if self.alive:
            text = f"Error: Task timed out after {self.code.timeout:.2f} seconds"
            return _error("Sandbox.Timedout", f"RequestId: {request_id} {text}")
        code = self._process.wait()
        ending = f"signal: {-code}" if code < 0 else f"exit status {code}"
        text = f"Error: Runtime exited with error: {ending}"
        return _error("Runtime.ExitError", f"RequestId: {request_id} {text}")

    def _failure(self, error: dict[str, Any]) -> Outcome:
        """Report an error after which the process is not used again."""
        self.kill()
        return Outcome(error, True, self._take_log())

    def kill(self) -> None:
        """End the process and everything that belongs to it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._ended.wait(1) and self._output >= 0:
            os.close(self._output)
            self._output = -1
        self._api.close()
        self._mortality.leave()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _read_log(self) -> None:
        while True:
            select.select([self._output], [], [])
            with self._reading:
                chunk = os.read(self._output, 65_536)
                if not chunk:
                    break
                self._chunks.append(chunk)
        self._ended.set()

    def _take_log(self) -> str:
        """Return what was written since the last call.

        The runtime client writes without buffering, so everything of an invocation is in the pipe before its
        result is posted: no waiting, only emptying.
        """
        while not self._ended.is_set() and select.select([self._output], [], [], 0)[0]:
            time.sleep(0.0005)
        with self._reading:
            text = b"".join(self._chunks).decode(errors="replace")
            self._chunks.clear()
        return text.rstrip("\n")


def _error(name: str, message: str) -> dict[str, Any]:
    return {"errorType": name, "errorMessage": message}
