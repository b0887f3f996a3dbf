"""Just enough S3 (read) and SNS (publish) over loopback for the local Rekognition's contract tests."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


class LoopbackAws(ThreadingHTTPServer):
    """Objects by ``bucket/key``; published messages in order; the first publishes can be made to fail."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.pretended_sizes: dict[str, int] = {}
        self.downloads: list[str] = []
        self.messages: list[dict[str, str]] = []
        self.failing_publishes = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, name: str, content: bytes | Path) -> None:
        self.objects[name] = content if isinstance(content, bytes) else content.read_bytes()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LoopbackAws

    def log_message(self, *args: object) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        name = unquote(urlsplit(self.path).path).lstrip("/")
        if name not in self.server.objects:
            return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        data = self.server.objects[name]
        headers = {"ETag": f'"{hashlib.md5(data).hexdigest()}"', "x-amz-version-id": "v1"}
        if self.command == "HEAD":
            size = self.server.pretended_sizes.get(name, len(data))
            return self._answer(200, b"", headers | {"Content-Length": str(size)})
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if asked is None or asked[1] == "0":
            self.server.downloads.append(name)
        if asked is None:
            return self._answer(200, data, headers)
        first, last = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return self._answer(206, data[first : last + 1], headers)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if form.get("Action") != ["Publish"]:
            return self._answer(
                400, b"<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>"
            )
        if self.server.failing_publishes > 0:
            self.server.failing_publishes -= 1
            return self._answer(
                500, b"<ErrorResponse><Error><Code>InternalError</Code></Error></ErrorResponse>"
            )
        self.server.messages.append({name: values[0] for name, values in form.items()})
        body = b"<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"
        return self._answer(200, body)


@contextmanager
def loopback_aws() -> Iterator[LoopbackAws]:
    server = LoopbackAws()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
