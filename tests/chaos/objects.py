"""S3: a bucket of films with versions, and a bucket of results."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.chaos.answers import AwsError, http

_PAGE = 1000


@dataclass
class Stored:
    """One version of an object."""

    body: bytes
    version: str
    size: int
    metadata: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    """What a film shows, whatever it is called: equal for equal bytes."""

    @property
    def etag(self) -> str:
        """The MD5 of the body."""
        return f'"{hashlib.md5(self.content.encode() or self.body).hexdigest()}"'


class Objects:
    """The service. A version that was deleted is gone; there are no delete markers here."""

    def __init__(self) -> None:
        self.buckets: dict[str, dict[str, list[Stored]]] = {}

    def put(self, bucket: str, key: str, stored: Stored) -> None:
        """Store a version; an empty one replaces what was there, for buckets without versions."""
        versions = self.buckets[bucket].setdefault(key, [])
        if not stored.version:
            versions.clear()
        versions.append(stored)

    def find(self, bucket: str, key: str, version: str | None = None) -> Stored | None:
        """A version, or the latest."""
        versions = self.buckets[bucket].get(key, [])
        if version:
            versions = [stored for stored in versions if stored.version == version]
        return versions[-1] if versions else None

    def delete(self, bucket: str, key: str, version: str) -> None:
        """Delete a version for good."""
        kept = [stored for stored in self.buckets[bucket].get(key, []) if stored.version != version]
        self.buckets[bucket][key] = kept

    def handle(self, operation: str, request: AWSPreparedRequest) -> AWSResponse:
        """Answer one request.

        Raises:
            AwsError: no such object.
        """
        bucket, key, query = _address(request.url)
        if operation == "PutObject":
            body = _body(request)
            self.put(bucket, key, Stored(body, "", len(body)))
            return http(request.url, 200, b"", {"etag": '"put"'})
        if operation == "ListObjectsV2":
            return self._list(bucket, query, request.url)
        if operation not in ("GetObject", "HeadObject"):
            raise NotImplementedError(f"s3.{operation}")
        version = query.get("versionId", [None])[0]
        stored = self.find(bucket, key, version)
        if stored is None:
            code = "NoSuchVersion" if version else "NoSuchKey"
            raise AwsError(code, "The specified key does not exist.", 404)
        headers = {"etag": stored.etag, **{f"x-amz-meta-{k}": v for k, v in stored.metadata.items()}}
        if stored.version:
            headers["x-amz-version-id"] = stored.version
        if operation == "HeadObject":
            return http(request.url, 200, b"", {**headers, "content-length": str(stored.size)})
        return http(request.url, 200, stored.body, headers)

    def _list(self, bucket: str, query: Mapping[str, list[str]], url: str) -> AWSResponse:
        prefix, after = query.get("prefix", [""])[0], query.get("continuation-token", [""])[0]
        keys = sorted(k for k, v in self.buckets[bucket].items() if v and k.startswith(prefix) and k > after)
        shown, rest = keys[:_PAGE], keys[_PAGE:]
        rows = "".join(
            f"<Contents><Key>{escape(quote(key))}</Key><Size>{self.buckets[bucket][key][-1].size}</Size></Contents>"
            for key in shown
        )
        more = f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>" if rest else ""
        truncated = str(bool(rest)).lower()
        text = (
            f"<ListBucketResult><Name>{bucket}</Name><EncodingType>url</EncodingType>{rows}"
            f"<IsTruncated>{truncated}</IsTruncated>{more}</ListBucketResult>"
        )
        return http(url, 200, text.encode(), {"content-type": "application/xml"})


def _address(url: str) -> tuple[str, str, dict[str, list[str]]]:
    """Bucket and key of ``https://bucket.s3.region.amazonaws.com/key`` or with the bucket in the path."""
    parts = urlsplit(url)
    path = unquote(parts.path).removeprefix("/")
    bucket, _, _ = parts.netloc.partition(".s3.")
    if parts.netloc.startswith("s3."):
        bucket, _, path = path.partition("/")
    return bucket, path, parse_qs(parts.query, keep_blank_values=True)


def _body(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body or b""
    data = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else body.read()
    if (
        request.headers.get("Content-Encoding") == "aws-chunked"
        or b"aws-chunked" in str(request.headers.get("Content-Encoding", "")).encode()
    ):
        data = _unchunked(data)
    return data


def _unchunked(data: bytes) -> bytes:
    """Take the frames of a trailing checksum off."""
    whole = b""
    while data:
        head, _, data = data.partition(b"\r\n")
        size = int(head.split(b";")[0], 16)
        if size == 0:
            return whole
        whole, data = whole + data[:size], data[size + 2 :]
    return whole
