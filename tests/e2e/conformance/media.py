"""A MediaConvert that answers as its jobs' metadata asks: enough of the API for ``createJob.sync``."""

import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class FakeMediaConvert:
    """``UserMetadata.ending`` says how a job ends; ``polls`` after how many questions."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.cancelled: list[str] = []
        self.refusals: list[tuple[int, str]] = []
        """Errors for the next CreateJob calls: status and exception name."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if service.refusals:
                    status, name = service.refusals.pop(0)
                    self.answer(status, {"message": "as asked"}, name)
                else:
                    self.answer(201, {"job": service.create(body)})

            def do_GET(self) -> None:
                self.answer(200, {"job": service.get(self.path.rsplit("/", 1)[-1])})

            def do_DELETE(self) -> None:
                service.cancelled.append(self.path.rsplit("/", 1)[-1])
                self.answer(202, {})

            def answer(self, status: int, body: dict[str, Any], error: str | None = None) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                if error:
                    self.send_header("x-amzn-ErrorType", error)
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        metadata = body.get("userMetadata", {})
        job = {
            "id": uuid.uuid4().hex,
            "role": body["role"],
            "settings": body["settings"],
            "status": "SUBMITTED",
            "createdAt": 1_790_000_000,
            "userMetadata": metadata,
            "clientRequestToken": body.get("clientRequestToken"),
        }
        self.jobs[job["id"]] = {"job": job, "polls": int(metadata.get("polls", 1))}
        return job

    def get(self, identifier: str) -> dict[str, Any]:
        entry = self.jobs[identifier]
        entry["polls"] -= 1
        if entry["polls"] <= 0:
            ending = entry["job"]["userMetadata"].get("ending", "COMPLETE")
            entry["job"]["status"] = ending
            if ending == "ERROR":
                entry["job"].update(errorCode=1401, errorMessage="no such input")
        else:
            entry["job"]["status"] = "PROGRESSING"
        return entry["job"]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
