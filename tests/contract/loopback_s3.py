"""A few operations of S3 over loopback, enough to serve inputs with ranges and to keep outputs."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


class LoopbackS3(ThreadingHTTPServer):
    """Objects by ``bucket/key``; ``denied`` and ``broken`` keys answer 403 and 500 to writes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.refused_writes: set[str] = set()
        self.events: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, name: str, data: bytes, content_type: str = "video/mp4") -> None:
        self.objects[name] = (data, content_type)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LoopbackS3

    def log_message(self, *args: object) -> None:
        pass

    @property
    def _name(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/")

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.server.requests.append((self.command, self._name, self.headers.get("Range") or ""))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _error(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def do_GET(self) -> None:
        if self._name not in self.server.objects:
            return self._error(404, "NoSuchKey")
        data, kind = self.server.objects[self._name]
        headers = {
            "ETag": f'"{hashlib.md5(data).hexdigest()}"',
            "Last-Modified": "Sat, 21 Nov 2026 08:00:00 GMT",
            "Content-Type": kind,
        }
        wanted = self.headers.get("Range")
        if self.command == "HEAD" or not wanted:
            return self._answer(200, data, headers)
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        end = min(int(last or len(data) - 1) + 1, len(data))
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{len(data)}"
        return self._answer(206, data[int(first) : end], headers)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        data = self._body()
        if self._name in self.server.refused_writes:
            return self._error(403, "AccessDenied")
        self.server.put(self._name, data, self.headers.get("Content-Type", ""))
        return self._answer(200, headers={"ETag": f'"{hashlib.md5(data).hexdigest()}"'})

    def do_DELETE(self) -> None:
        self.server.objects.pop(self._name, None)
        self._answer(204)

    def do_POST(self) -> None:
        """PutEvents, as the events client sends it to the same endpoint."""
        self.server.events.append(self._body())
        self._answer(200, b'{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}')

    def _body(self) -> bytes:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return data
        body = b""
        while data:
            size, _, data = data.partition(b"\r\n")
            length = int(size.split(b";")[0], 16)
            if length == 0:
                break
            body, data = body + data[:length], data[length + 2 :]
        return body


@contextmanager
def loopback_s3() -> Iterator[LoopbackS3]:
    """Serve until the block ends."""
    server = LoopbackS3()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
