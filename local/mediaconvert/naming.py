"""S3 keys of a job's files, as the MediaConvert user guide composes them.

``Destination`` ends in the base name, or in ``/`` and then the first input's file name without its
extension is the base. Each output adds its name modifier and extension; an HLS group writes
``base.m3u8``, ``base<modifier>.m3u8`` and ``base<modifier><segment modifier>_00001.ts``; a frame capture
writes ``base<modifier>.0000000.jpg``.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from local.mediaconvert.errors import JobError

_IDENTIFIER = re.compile(r"\$[A-Za-z]+\$")


def split_url(url: str) -> tuple[str, str]:
    """Bucket and key of ``s3://bucket/key``; the key is taken as written, never unquoted.

    Raises:
        JobError: 1010 for http(s) inputs, which this renderer does not fetch.
    """
    match = re.match(r"^s3://([^/]+)/(.+)$", url, re.DOTALL)
    if match is None:
        raise JobError(
            JobError.CANNOT_OPEN, f"Can't open {url}: the local MediaConvert reads s3:// inputs only."
        )
    return match[1], match[2]


def base_of(destination: str, first_input: str) -> tuple[str, str]:
    """Bucket and key prefix up to and including the base name.

    Raises:
        JobError: 1040 for format identifiers other than ``$fn$``.
    """
    bucket, _, key = destination.removeprefix("s3://").partition("/")
    stem = PurePosixPath(first_input).stem
    if not key or key.endswith("/"):
        key += stem
    return bucket, fill(key, stem)


def fill(text: str, stem: str) -> str:
    """Replace the format identifier ``$fn$`` (input file name); refuse the others."""
    text = text.replace("$fn$", stem)
    unknown = _IDENTIFIER.search(text)
    if unknown:
        raise JobError(JobError.SETTINGS, f"The format identifier {unknown[0]} is not supported locally.")
    return text
