"""The Runtime API of one worker: where its runtime client asks for invocations and leaves results."""

import json
import queue
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PREFIX = "/2018-06-01/runtime"
_RESULT = re.compile(rf"{_PREFIX}/invocation/([^/]+)/(response|error)")


@dataclass
class Invocation:
    """One event on its way through the worker."""

    request_id: str
    arn: str
    payload: bytes
    deadline_ms: int
    done: threading.Event = field(default_factory=threading.Event)
    result: bytes = b""
    failed: bool = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a worker that was ended while it waited leaves a broken connection behind."""


class RuntimeApi:
    """A loopback HTTP server for one worker."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Invocation | None] = queue.Queue()
        self._current: Invocation | None = None
        self.ready = threading.Event()
        """The worker has imported the function and asks for its first event, or failed to."""
        self.init_error: dict[str, Any] | None = None
        self._server = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True, name="runtime-api").start()

    @property
    def address(self) -> str:
        """Host and port, as ``AWS_LAMBDA_RUNTIME_API`` has them."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def put(self, invocation: Invocation) -> None:
        """Hand over the next event."""
        self._waiting.put(invocation)

    def close(self) -> None:
        """End the server; a worker that still asks gets an error and exits."""
        self._waiting.put(None)
        self._server.shutdown()
        self._server.server_close()

    def _next(self) -> Invocation | None:
        self.ready.set()
        self._current = self._waiting.get()
        return self._current

    def _accept(self, path: str, body: bytes) -> bool:
        if path == f"{_PREFIX}/init/error":
            self.init_error = json.loads(body)
            self.ready.set()
            return True
        match = _RESULT.fullmatch(path)
        invocation = self._current
        if match is None or invocation is None or invocation.request_id != match[1]:
            return False
        invocation.result, invocation.failed = body, match[2] == "error"
        invocation.done.set()
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer is headers and a body: without this, the second waits for an acknowledgement.
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                """Answer ``next`` as soon as there is an event."""
                if self.path != f"{_PREFIX}/invocation/next":
                    self._send(404, b"")
                    return
                invocation = api._next()
                if invocation is None:
                    self._send(500, b"")
                    return
                self._send(200, invocation.payload, _headers(invocation))

            def do_POST(self) -> None:
                """Take a result."""
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self._send(202 if api._accept(self.path, body) else 404, b"")

            def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        return Handler


def _headers(invocation: Invocation) -> dict[str, str]:
    trace = invocation.request_id.replace("-", "")
    return {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
        "Lambda-Runtime-Trace-Id": f"Root=1-{trace[:8]}-{trace[8:32]};Parent={trace[:16]};Sampled=0",
    }
