"""The seams of S3 bodies: parts of films are read as parts, and films stay on disk.

The emulator loads a whole object for each range, answers a range of a version with the whole, and keeps the
body of every version in memory beside its file; films have gigabytes and are read in a thousand ranges.
"""

import contextvars
import mmap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

STREAM_BYTES = 1 << 20
"""Longer bodies are sent from disk in pieces of this size, never held as a whole."""

Response = tuple[int, dict[str, str], Any]

_mapping: contextvars.ContextVar[bool] = contextvars.ContextVar("mapping", default=False)


def install() -> None:
    """Replace how bodies are read and kept."""
    from ministack.core.responses import StreamingResponse  # noqa: PLC0415  (configured before import)
    from ministack.services import s3  # noqa: PLC0415

    storage: Any = s3
    get_object: Callable[..., Response] = storage._get_object
    read_body: Callable[..., bytes] = storage._read_body
    version_body: Callable[..., Any] = storage._version_body

    def mapped_body(bucket: str, key: str, record: dict[str, Any]) -> Any:
        if not _mapping.get() or record.get("body") is not None:
            return read_body(bucket, key, record)
        return _map(storage._object_disk_path(bucket, key), lambda: read_body(bucket, key, record))

    def mapped_version(bucket: dict[str, Any], name: str, key: str, version: dict[str, Any]) -> Any:
        whole = _mapping.get() and version.get("data") is None
        if whole and storage._version_file_exists(name, key, version["version_id"]):
            path = storage._version_disk_path(name, key, version["version_id"])
            return _map(path, lambda: version_body(bucket, name, key, version))
        return version_body(bucket, name, key, version)

    def get(bucket: str, key: str, headers: dict[str, str], query: dict[str, Any] | None = None) -> Response:
        token = _mapping.set(True)
        try:
            response = get_object(bucket, key, headers, query)
        finally:
            _mapping.reset(token)
        wanted = headers.get("range")
        if response[0] == 200 and wanted:
            response = _part(response, storage._parse_range(wanted, len(response[2])))
        return _streamed(response, StreamingResponse)

    storage._read_body = mapped_body
    storage._version_body = mapped_version
    storage._get_object = get
    storage._persist_object = _forgetting(storage, storage._persist_object)
    storage._persist_displaced_version = _linking(storage, storage._persist_displaced_version)


def _linking(storage: Any, persist: Callable[..., None]) -> Callable[..., None]:
    """Keep a version that a newer one displaces by a second name of its file, not by a copy.

    The file of an object is never written into: the newer one takes its name with a file of its own.
    """

    def link_or_copy(bucket: str, key: str, prior: dict[str, Any] | None, versioning: str) -> None:
        if prior is not None and prior.get("body") is None and versioning == "Enabled":
            kept = storage._version_disk_path(bucket, key, prior.get("version_id") or "null")
            try:
                Path(kept).parent.mkdir(parents=True, mode=0o700, exist_ok=True)
                Path(kept).hardlink_to(storage._object_disk_path(bucket, key))
            except (OSError, TypeError):
                # A disk without links, or a version that has been kept before.
                persist(bucket, key, prior, versioning)
        else:
            persist(bucket, key, prior, versioning)

    return link_or_copy


def _forgetting(storage: Any, persist: Callable[..., None]) -> Callable[..., None]:
    """Let the list of versions forget a body that is on disk; it is read from there, as after a restart."""

    def persist_and_forget(bucket: str, key: str, record: Any) -> None:
        persist(bucket, key, record)
        if isinstance(record, dict) and record.get("body") is None:
            for version in storage._object_versions.get((bucket, key), []):
                if version["version_id"] == record.get("version_id"):
                    version["data"] = None

    return persist_and_forget


def _map(path: str | None, otherwise: Callable[[], Any]) -> Any:
    try:
        with Path(path or "").open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        # An empty file can't be mapped, and what is not on disk is in memory.
        return otherwise()


def _part(response: Response, found: tuple[int, int] | None) -> Response:
    """Return the asked part of a whole object, as S3 does for a version too."""
    _, headers, body = response
    total = len(body)
    if found is None:
        return 416, {"Content-Range": f"bytes */{total}", "Content-Length": "0"}, b""
    start, end = found
    # A checksum of the whole would not fit the part.
    kept = {name: value for name, value in headers.items() if not name.lower().startswith("x-amz-checksum")}
    part = bytes(body[start : end + 1])
    kept.update({"Content-Length": str(len(part)), "Content-Range": f"bytes {start}-{end}/{total}"})
    return 206, kept, part


def _streamed(response: Response, streaming: Callable[[Any], Any]) -> Response:
    status, headers, body = response
    if not isinstance(body, mmap.mmap):
        return response
    if len(body) <= STREAM_BYTES:
        return status, headers, body[:]

    async def send_pieces(send: Callable[[dict[str, Any]], Awaitable[None]], receive: Any) -> None:
        for start in range(0, len(body), STREAM_BYTES):
            piece = body[start : start + STREAM_BYTES]
            more = start + STREAM_BYTES < len(body)
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    sized = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    return status, {**sized, "Content-Length": str(len(body))}, streaming(send_pieces)
