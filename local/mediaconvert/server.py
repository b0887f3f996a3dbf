"""The wire: restJson1 over HTTP on the loopback interface, one thread for each connection."""

from __future__ import annotations

import json
import logging
import re
import socket
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local.faults.handler import judge, refused, silenced
from local.mediaconvert import model
from local.mediaconvert.errors import ApiError, bad_request
from local.mediaconvert.service import Service

VERSION = "/2017-08-29"
MAX_BODY = 4 * 2**20
_CREDENTIAL = re.compile(r"Credential=(\w+)/\d{8}/([a-z0-9-]+)/")
_log = logging.getLogger(__name__)

Answer = tuple[int, str, dict[str, Any]]
"""HTTP status, name of the output shape, and the answer."""


class Caller:
    """Account and region of a request, as its signature's scope says them."""

    def __init__(self, authorization: str) -> None:
        match = _CREDENTIAL.search(authorization)
        key, self.region = match.groups() if match else ("", "us-east-1")
        self.account = key if re.fullmatch(r"\d{12}", key) else "123456789012"


class Server(ThreadingHTTPServer):
    """MediaConvert on a port of the loopback interface."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, service: Service) -> None:
        """Bind ``port`` (0 takes a free one)."""
        super().__init__(("127.0.0.1", port), Handler)
        self.service = service

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
            url = urlsplit(self.path)
            if url.path == "/health":
                return self._send(200, {"status": "ok"})
            verdict = judge(self, "")
            if refused(self, verdict):
                return None
            status, name, answer = self._route(url.path, dict(parse_qsl(url.query)), body)
            return None if silenced(self, verdict) else self._send(status, model.serialize(name, answer))
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

    def _route(self, path: str, query: dict[str, str], body: object) -> Answer:
        caller = Caller(self.headers.get("Authorization", ""))
        steps = path.removeprefix(VERSION).strip("/").split("/") if path.startswith(VERSION) else []
        routes: dict[tuple[str, str, int], Callable[[], Answer]] = {
            ("POST", "jobs", 1): lambda: self._create(body, caller),
            ("GET", "jobs", 1): lambda: (
                200,
                "ListJobsResponse",
                self._service.list_jobs(_query("ListJobsRequest", query)),
            ),
            ("GET", "jobs", 2): lambda: (200, "GetJobResponse", self._service.get_job(unquote(steps[1]))),
            ("DELETE", "jobs", 2): lambda: (
                202,
                "CancelJobResponse",
                self._service.cancel_job(unquote(steps[1])),
            ),
            ("POST", "probe", 1): lambda: (
                200,
                "ProbeResponse",
                self._service.probe(model.parse("ProbeRequest", body)),
            ),
            ("GET", "queues", 1): lambda: (200, "ListQueuesResponse", self._queues(query, caller)),
            ("GET", "queues", 2): lambda: (200, "GetQueueResponse", self._queue(unquote(steps[1]), caller)),
            ("POST", "endpoints", 1): lambda: (200, "DescribeEndpointsResponse", self._endpoints(body)),
        }
        route = routes.get((self.command, steps[0] if steps else "", len(steps)))
        if route is None:
            raise ApiError(
                "NotFoundException", f"The local MediaConvert has no operation {self.command} {path}."
            )
        return route()

    @property
    def _service(self) -> Service:
        return self.server.service

    def _create(self, body: object, caller: Caller) -> Answer:
        request = model.parse("CreateJobRequest", body)
        return 201, "CreateJobResponse", self._service.create_job(request, caller.account, caller.region)

    def _queues(self, query: dict[str, str], caller: Caller) -> dict[str, Any]:
        _query("ListQueuesRequest", query)
        return self._service.list_queues(caller.account, caller.region)

    def _queue(self, name: str, caller: Caller) -> dict[str, Any]:
        return self._service.get_queue(name, caller.account, caller.region)

    def _endpoints(self, body: object) -> dict[str, Any]:
        model.parse("DescribeEndpointsRequest", body)
        return {"Endpoints": [{"Url": f"http://127.0.0.1:{self.server.port}"}]}

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


def _query(name: str, query: dict[str, str]) -> dict[str, Any]:
    """Validate query parameters, which are text on the wire."""
    wire: dict[str, Any] = dict(query)
    if wire.get("maxResults", "").isdecimal():
        wire["maxResults"] = int(wire["maxResults"])
    return model.parse(name, wire)
