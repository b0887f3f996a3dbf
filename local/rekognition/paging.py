"""Pages: opaque tokens that we can tell from forged ones, at most 255 characters long."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from pathlib import Path
from typing import Any

from local.rekognition.faults import InvalidPaginationTokenException

LARGEST_PAGE = 1000
TOKEN_SECONDS = 24 * 3600
INVALID = "The pagination token is not valid. Request the first page again."


class Pages:
    """Cuts lists into pages; the key that signs tokens survives restarts."""

    def __init__(self, state: Path) -> None:
        path = state / "pagination.key"
        if not path.exists():
            state.mkdir(parents=True, exist_ok=True)
            path.write_bytes(secrets.token_bytes(32))
            path.chmod(0o600)
        self._key = path.read_bytes()

    def cut(self, rows: list[Any], request: dict[str, Any], what: str) -> tuple[list[Any], str | None]:
        """One page and the token of the next; ``what`` names the list (job, order, aggregation).

        Raises:
            InvalidPaginationTokenException: the token is forged, old, or of another list.
        """
        size = min(int(request.get("MaxResults") or LARGEST_PAGE), LARGEST_PAGE)
        start = self._read(request["NextToken"], what) if request.get("NextToken") else 0
        page = rows[start : start + size]
        following = start + size
        return page, self._write(following, what) if following < len(rows) else None

    def _write(self, start: int, what: str) -> str:
        body = json.dumps([start, int(time.time()), hashlib.sha256(what.encode()).hexdigest()[:24]]).encode()
        return base64.urlsafe_b64encode(self._sign(body) + body).decode()

    def _sign(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:18]

    def _read(self, token: str, what: str) -> int:
        try:
            raw = base64.urlsafe_b64decode(token.encode())
            signature, body = raw[:18], raw[18:]
            if not hmac.compare_digest(signature, self._sign(body)):
                raise InvalidPaginationTokenException(INVALID)
            start, issued, of = json.loads(body)
        except (binascii.Error, ValueError) as error:
            raise InvalidPaginationTokenException(INVALID) from error
        if time.time() - issued > TOKEN_SECONDS or of != hashlib.sha256(what.encode()).hexdigest()[:24]:
            raise InvalidPaginationTokenException(INVALID)
        return int(start)
