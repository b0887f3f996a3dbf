"""S3 as MediaConvert uses it: whole inputs through a cache, ranges for probing, uploads of results."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.mediaconvert.errors import JobError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BLOCK_BYTES = 256 * 1024
CACHE_BYTES = int(os.environ.get("LOCAL_MEDIACONVERT_CACHE_BYTES", "") or 20 * 2**30)


class ByteBudgetError(OSError):
    """Probing asked for more of a file than it may."""


@dataclass(frozen=True, slots=True)
class S3Object:
    """One stored object; ``version`` is None in a bucket without versions."""

    bucket: str
    key: str
    size: int
    etag: str
    version: str | None
    mime_type: str
    last_modified: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A finished file and where it goes."""

    path: Path
    bucket: str
    key: str
    content_type: str
    extra: tuple[tuple[str, str], ...] = ()


def aws_client(name: str) -> Any:
    """A client on the endpoint of the environment, loopback credentials where none are given."""
    credentials = {}
    if "AWS_ACCESS_KEY_ID" not in os.environ and "AWS_PROFILE" not in os.environ:
        credentials = {"aws_access_key_id": "123456789012", "aws_secret_access_key": "local"}
    config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 3, "mode": "standard"})
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    make: Callable[..., Any] = boto3.session.Session(region_name=region).client
    return make(name, config=config, **credentials)


class Objects:
    """Reads and writes objects; one download serves all renders of one object version."""

    def __init__(self, cache: Path, client: S3Client | None = None) -> None:
        """``cache`` is a directory that only this process writes to; a client is made on first use."""
        self._cache, self._given = cache, client
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        cache.mkdir(parents=True, exist_ok=True)
        for leftover in cache.glob("*.part"):
            leftover.unlink()

    @functools.cached_property
    def _s3(self) -> S3Client:
        client: S3Client = self._given or aws_client("s3")
        return client

    def head(self, bucket: str, key: str) -> S3Object:
        """What S3 says about an object.

        Raises:
            JobError: 1404 not there, 1401 not allowed.
        """
        try:
            answer = self._s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            raise _s3_error(error, f"s3://{bucket}/{key}") from error
        return S3Object(
            bucket=bucket,
            key=key,
            size=answer["ContentLength"],
            etag=answer["ETag"],
            version=answer.get("VersionId") if answer.get("VersionId") != "null" else None,
            mime_type=answer.get("ContentType", "binary/octet-stream"),
            last_modified=int(answer["LastModified"].timestamp()),
        )

    def local_copy(self, found: S3Object) -> Path:
        """A complete local copy of exactly this version of the object."""
        identity = "\n".join((found.bucket, found.key, found.version or "", found.etag))
        path = self._cache / hashlib.sha256(identity.encode()).hexdigest()
        with self._guard:
            lock = self._locks.setdefault(path.name, threading.Lock())
        with lock:
            if path.exists():
                path.touch()
                return path
            self._make_room(found.size)
            part = path.with_suffix(".part")
            extra = {"VersionId": found.version} if found.version else {}
            try:
                self._s3.download_file(found.bucket, found.key, str(part), ExtraArgs=extra)
            except ClientError as error:
                part.unlink(missing_ok=True)
                raise _s3_error(error, f"s3://{found.bucket}/{found.key}") from error
            part.replace(path)
            return path

    def _make_room(self, size: int) -> None:
        """Drop the copies used longest ago, but none of the last minutes: a render may have it open."""
        copies = sorted((copy.stat().st_mtime, copy) for copy in self._cache.iterdir() if not copy.suffix)
        total = sum(copy.stat().st_size for _, copy in copies)
        for _, copy in copies[:-2]:
            if total + size <= CACHE_BYTES:
                return
            total -= copy.stat().st_size
            copy.unlink()

    def reader(self, found: S3Object, budget: int) -> RangeReader:
        """A seekable reader of the object that fetches blocks as they are asked for."""
        return RangeReader(self._s3, found, budget)

    def upload(self, uploads: Sequence[Upload]) -> None:
        """Store all files, or none: what was stored is removed again when one fails.

        Raises:
            JobError: 1401 or 1404, the destination can't be written.
        """
        stored: list[Upload] = []
        try:
            for upload in uploads:
                extra = {"ContentType": upload.content_type, **dict(upload.extra)}
                self._s3.upload_file(str(upload.path), upload.bucket, upload.key, ExtraArgs=extra)
                stored.append(upload)
        except (ClientError, BotoCoreError, boto3.exceptions.Boto3Error) as error:
            for upload in stored:
                self._s3.delete_object(Bucket=upload.bucket, Key=upload.key)
            failed = uploads[len(stored)]
            cause = error.__context__ if isinstance(error.__context__, ClientError) else error
            raise _s3_error(cause, f"s3://{failed.bucket}/{failed.key}") from error


class RangeReader(io.RawIOBase):
    """A file object over ranged GETs, with a budget so that a strange file can't pull itself in whole."""

    def __init__(self, s3: S3Client, found: S3Object, budget: int) -> None:
        super().__init__()
        self._s3, self._object, self._left, self._position = s3, found, budget, 0
        self._blocks: dict[int, bytes] = {}
        self.over_budget = False

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; nothing is fetched."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._object.size}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Bytes from here, at most to the end of the block.

        Raises:
            ByteBudgetError: the budget is used up.
        """
        if self._position >= self._object.size or size == 0:
            return b""
        number, offset = divmod(self._position, BLOCK_BYTES)
        block = self._block(number)
        piece = block[offset:] if size < 0 else block[offset : offset + size]
        self._position += len(piece)
        return piece

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            if self._left <= 0:
                self.over_budget = True
                raise ByteBudgetError("the byte budget for probing is used up")
            start = number * BLOCK_BYTES
            end = min(start + BLOCK_BYTES, self._object.size)
            extra: Any = {"VersionId": self._object.version} if self._object.version else {}
            answer = self._s3.get_object(
                Bucket=self._object.bucket, Key=self._object.key, Range=f"bytes={start}-{end - 1}", **extra
            )
            data = answer["Body"].read(BLOCK_BYTES + 1)
            if len(data) != end - start:
                raise OSError("the server did not answer with the range that was asked for")
            self._left -= len(data)
            self._blocks[number] = data
        return self._blocks[number]


def _s3_error(error: BaseException, name: str) -> JobError:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in {"404", "NoSuchKey", "NoSuchBucket", "NoSuchVersion"}:
        return JobError(JobError.S3_NOT_FOUND, f"Unable to reach {name}: there is no such object or bucket.")
    if code in {"403", "AccessDenied", "InvalidAccessKeyId"}:
        return JobError(JobError.S3_DENIED, f"Access to {name} was denied.")
    return JobError(JobError.UNKNOWN, f"S3 failed for {name}: {error}")
