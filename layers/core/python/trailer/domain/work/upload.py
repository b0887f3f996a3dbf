"""An uploaded film as an object version, and the identity made from it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from trailer.domain.work.plain import plain

_SLUG_LENGTH = 40
_DIGEST_LENGTH = 16


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of one object in a bucket. The key is raw, never URL-encoded."""

    bucket: str
    key: str
    version: str | None
    """The version id; None for our own files, which are never overwritten."""

    @property
    def uri(self) -> str:
        """The object as an ``s3://`` address, without the version, which such addresses can't carry."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        """The file name for people: what comes after the last slash, control characters written out."""
        return plain(self.key.rsplit("/", 1)[-1])


@dataclass(frozen=True, slots=True)
class UploadHead:
    """What S3 says about an object version."""

    size: int
    """Bytes."""
    etag: str
    """Without quotes. S3 derives it from the bytes, except under SSE-KMS and SSE-C, where it is random."""
    metadata: Mapping[str, str]
    """The uploader's own, decoded."""


def content_id(etag: str, size: int) -> str:
    """Name a content by what S3 says of its bytes: equal bytes, equal id, whatever the file is called.

    The same bytes may get several ETags (another part size of a multipart upload,
    encryption with a KMS key): then they are analysed again. Different bytes
    don't share one, so no film gets the analysis of another.
    """
    return hashlib.sha256(f"{etag}\0{size}".encode()).hexdigest()[:_DIGEST_LENGTH]


def video_id(source: ObjectVersion) -> str:
    """Name a film by its object version: the same version always gets the same id.

    The id reads as the file's name, for people, followed by 64 bits of a SHA-256
    over bucket, key and version, for identity. It is at most 57 characters of
    ``[a-z0-9-]``, which S3 keys, execution names and Rekognition's JobTag all accept.
    """
    identity = "\0".join((source.bucket, source.key, source.version or ""))
    digest = hashlib.sha256(identity.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{_slug(source.key)}-{digest}"


def _slug(key: str) -> str:
    name = key.rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0] if "." in name.lstrip(".") else name
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")
    return words[:_SLUG_LENGTH].strip("-") or "video"
