"""A request as it came over the wire."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

_CREDENTIAL = re.compile(r"Credential=(\w+)/\d{8}/([a-z0-9-]+)/")


@dataclass(frozen=True)
class Request:
    """One HTTP request, its body parsed."""

    method: str
    target: str
    """Path and query."""
    body: object
    authorization: str
    host: str

    @property
    def account(self) -> str:
        """The account, which is the access key here."""
        key = self._scope[0]
        return key if re.fullmatch(r"\d{12}", key) else "123456789012"

    @property
    def region(self) -> str:
        """The region that the signature is for."""
        return self._scope[1]

    @functools.cached_property
    def _scope(self) -> tuple[str, str]:
        match = _CREDENTIAL.search(self.authorization)
        return (match[1], match[2]) if match else ("", "us-east-1")
