"""The source bucket and the results bucket."""

from __future__ import annotations

import functools
import gzip
import json
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from trailer.aws.failures import error_code, translated
from trailer.domain.work.upload import ObjectVersion, UploadHead
from trailer.errors import InvalidOptionsError, UploadVanishedError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SIDECAR_SUFFIX = ".trailer.json"
_SIDECAR_LIMIT = 64 * 1024
_KEY_BYTES = 1024
_ABSENT = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})


class S3Uploads:
    """``ports.Uploads`` on the source bucket."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def head(self, source: ObjectVersion) -> UploadHead:
        """Size, ETag and user metadata.

        Raises:
            UploadVanishedError: the version was deleted before we came to it.
        """
        head = functools.partial(self._client.head_object, Bucket=source.bucket, Key=source.key)
        with translated("Looking at the uploaded film"):
            try:
                answer = head(VersionId=source.version) if source.version else head()
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    raise UploadVanishedError(
                        f"The uploaded file {source.name} is no longer in the bucket; upload it again."
                    ) from error
                raise
        metadata = {name: _decoded(value) for name, value in answer["Metadata"].items()}
        return UploadHead(answer["ContentLength"], answer["ETag"].strip('"'), metadata)

    def current(self, bucket: str, key: str) -> ObjectVersion | None:
        """The newest version of an object."""
        if not _can_be(key):
            return None
        with translated("Looking for the film"):
            try:
                answer = self._client.head_object(Bucket=bucket, Key=key)
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    return None
                raise
        return ObjectVersion(bucket, key, answer["VersionId"])

    def sidecar(self, source: ObjectVersion) -> bytes | None:
        """The options file beside the film.

        Raises:
            InvalidOptionsError: it is larger than an options file can be.
        """
        key = source.key + SIDECAR_SUFFIX
        if not _can_be(key):
            return None
        with translated("Reading the options beside the film"):
            try:
                answer = self._client.get_object(Bucket=source.bucket, Key=key)
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    return None
                raise
            size = answer["ContentLength"]
            if size > _SIDECAR_LIMIT:
                raise InvalidOptionsError(
                    f"{source.name}{SIDECAR_SUFFIX} has {size} bytes; allowed are {_SIDECAR_LIMIT}."
                )
            return answer["Body"].read(_SIDECAR_LIMIT)

    def beside(self, source: ObjectVersion, key: str, most: int) -> bytes | None:
        """The beginning of an object beside the film."""
        if not _can_be(key):
            return None
        with translated("Reading a file beside the film"):
            try:
                return self._client.get_object(Bucket=source.bucket, Key=key)["Body"].read(most)
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    return None
                raise


def _can_be(key: str) -> bool:
    """Whether an object can have this key: S3 answers a longer one, and boto3 an empty one, with an error."""
    return 0 < len(key.encode()) <= _KEY_BYTES


def _decoded(value: str) -> str:
    """Metadata travels as ASCII: S3 returns any other text as RFC 2047 words, and our uploads write it so."""
    try:
        text = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value
    # Some of Python's encodings let halves of characters through, which nothing can write down again.
    return text.encode("utf-8", "replace").decode()


class S3Results:
    """``ports.Results`` on the results bucket."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def put_json(self, key: str, value: Any) -> None:
        """Store JSON. The gzip header carries no time, so equal values are equal bytes."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()
        if key.endswith(".gz"):
            body = gzip.compress(body, compresslevel=6, mtime=0)
        self._put(key, body, "application/gzip" if key.endswith(".gz") else "application/json")

    def get_json(self, key: str) -> Any:
        """Read JSON back."""
        with translated("Reading results"):
            try:
                body = self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    raise KeyError(key) from error
                raise
        return json.loads(gzip.decompress(body) if key.endswith(".gz") else body)

    def put_text(self, key: str, text: str, content_type: str) -> None:
        """Store text."""
        self._put(key, text.encode(), f"{content_type}; charset=utf-8")

    def list(self, prefix: str) -> dict[str, int]:
        """Keys and sizes."""
        found: dict[str, int] = {}
        with translated("Listing results"):
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            ):
                found |= {entry["Key"]: entry["Size"] for entry in page.get("Contents", [])}
        return found

    def _put(self, key: str, body: bytes, content_type: str) -> None:
        with translated("Storing results"):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)
