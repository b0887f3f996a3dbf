"""The wire: awsJson1.1 over HTTP on the loopback address."""

from __future__ import annotations

import json
import logging
import re
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from local.faults.handler import judge, refused, silenced
from local.late import Late
from local.rekognition.faults import (
    Fault,
    InternalServerError,
    SerializationException,
    UnknownOperationException,
)

if TYPE_CHECKING:
    from local.rekognition.service import Service

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/x-amz-json-1.1"
TARGET_PREFIX = "RekognitionService."
LARGEST_BODY = 1024 * 1024
HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """Serves one `Service`."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, port: int, service: Late[Service]) -> None:
        self.service = service
        super().__init__((HOST, port), Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    server: Server
    # Answers are written in two pieces; without this each waits for the client's acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Health, and what the stand-in can and cannot do."""
        if self.path == "/health":
            self._answer(200, {"status": "ok"})
        elif self.path == "/about":
            self._answer(200, self.server.service().about())
        else:
            self._answer(404, {"message": "Only /health and /about are read with GET."})

    def do_POST(self) -> None:
        """One API call."""
        try:
            body = self._read_body()
            verdict = judge(self, json.dumps(body))
            if refused(self, verdict):
                return
            answer = self.server.service().call(self._operation(), body, self._user())
            if silenced(self, verdict):
                return
        except Fault as fault:
            self._fault(fault)
        except Exception:
            log.exception("A call failed in the service itself.")
            self._fault(InternalServerError("The local Rekognition has a defect; see its log."))
        else:
            self._answer(200, answer)

    def _operation(self) -> str:
        target = self.headers.get("X-Amz-Target", "")
        if not target.startswith(TARGET_PREFIX):
            raise UnknownOperationException("The request names no Rekognition operation in X-Amz-Target.")
        return target.removeprefix(TARGET_PREFIX)

    def _read_body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdecimal() else LARGEST_BODY + 1
        if size > LARGEST_BODY:
            self.close_connection = True
            raise SerializationException("The request is larger than 1 MB or does not say its length.")
        raw = self.rfile.read(size)
        try:
            body = json.loads(raw or b"{}")
        except ValueError as error:
            raise SerializationException("The request is not JSON.") from error
        if not isinstance(body, dict):
            raise SerializationException("The request is not a JSON object.")
        return body

    def _user(self) -> str:
        """The caller as LimitExceededException names it: the account is the access key here."""
        found = re.search(r"Credential=(\d{12})/", self.headers.get("Authorization", ""))
        return f"arn:aws:iam::{found.group(1) if found else '000000000000'}:root"

    def _fault(self, fault: Fault) -> None:
        body = {"__type": fault.code, "message": str(fault), "Message": str(fault)}
        self._answer(fault.status, body, {"x-amzn-ErrorType": fault.code})

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are logged for those who ask for it."""
        log.debug(format, *args)
