"""The wire: restJson1 over HTTP on the loopback interface, one thread for each connection."""

from __future__ import annotations

import json
import logging
import socket
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from local.faults.handler import judge, refused, silenced
from local.late import Late
from local.mediaconvert.errors import ApiError, bad_request
from local.mediaconvert.request import Request

if TYPE_CHECKING:
    from local.mediaconvert.operations import Operations

MAX_BODY = 4 * 2**20
_log = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """MediaConvert on a port of the loopback interface."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, operations: Late[Operations]) -> None:
        """Bind ``port`` (0 takes a free one)."""
        super().__init__(("127.0.0.1", port), Handler)
        self.operations = operations

    @property
    def port(self) -> int:
        """The port that is bound."""
        return int(self.server_address[1])


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        """Send small answers at once."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        """Answer GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer POST."""
        self._serve()

    def do_PUT(self) -> None:
        """Answer PUT."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer DELETE."""
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the access log out of stderr unless debugging."""
        _log.debug(format, *args)

    def _serve(self) -> None:
        try:
            body = self._body()
            if self.path == "/health":
                return self._send(200, {"status": "ok"})
            verdict = judge(self, "")
            if refused(self, verdict):
                return None
            status, answer = self.server.operations().answer(self._request(body))
            return None if silenced(self, verdict) else self._send(status, answer)
        except ApiError as error:
            return self._send(error.status, {"message": error.message}, error.code)
        except Exception as error:
            _log.exception("%s %s failed", self.command, self.path)
            return self._send(
                500, {"message": f"{type(error).__name__}: {error}"}, "InternalServerErrorException"
            )

    def _body(self) -> object:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            raise bad_request(f"The request is larger than {MAX_BODY} bytes.")
        text = self.rfile.read(length)
        if not text:
            return {}
        try:
            parsed: object = json.loads(text)
        except ValueError as error:
            raise bad_request("The request body is not JSON.") from error
        return parsed

    def _request(self, body: object) -> Request:
        authorization, host = (self.headers.get(name, "") for name in ("Authorization", "Host"))
        return Request(self.command, self.path, body, authorization, host)

    def _send(self, status: int, answer: dict[str, Any], error: str | None = None) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.end_headers()
        self.wfile.write(data)
