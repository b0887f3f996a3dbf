"""Task tokens: who waits for which, and which are closed."""

import base64
import binascii
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from local.emulator.states.errors import StatesError

MAX_OUTPUT_BYTES = 262_144
MAX_ERROR_CHARACTERS = 256
MAX_CAUSE_CHARACTERS = 32_768

_BODY_BYTES = 464
_CHECK_BYTES = 16

_OPENING_SECONDS = 5.0
"""How long an answer waits for an execution that a restart interrupted; it needs some milliseconds."""


class TokenError(Exception):
    """A SendTask call is refused, with the API's error code."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass
class Callback:
    """A task that waits for its token; ``done`` says that ``value`` or ``failure`` is there."""

    wake: Callable[[], None]
    done: bool = False
    value: Any = None
    failure: StatesError | None = None


def new_token() -> str:
    """Make a token as long as AWS's and of the same alphabet: 640 characters with ``+``, ``/`` and ``=``."""
    body = secrets.token_bytes(_BODY_BYTES)
    return base64.b64encode(body + _check(body)).decode()


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]


def _raw(text: str) -> bytes | None:
    """Return the bytes of what has a token's shape."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == _BODY_BYTES + _CHECK_BYTES else None


class Tokens:
    """The tokens that somebody waits for."""

    def __init__(self) -> None:
        self._open: dict[str, Callback] = {}
        self._expected: set[str] = set()
        self._lock = threading.Condition()

    def expect(self, tokens: Iterable[str]) -> None:
        """Name tokens that a restarted execution will open in a moment; answers wait for that."""
        with self._lock:
            self._expected.update(tokens)

    def open(self, token: str, wake: Callable[[], None]) -> Callback:
        """Begin to accept answers for a token; ``wake`` is called when one came."""
        callback = Callback(wake)
        with self._lock:
            self._open[token] = callback
            self._expected.discard(token)
            self._lock.notify_all()
        return callback

    def close(self, token: str) -> None:
        """Accept no answer any more."""
        with self._lock:
            self._open.pop(token, None)

    def _await_opening(self, token: str) -> None:
        """With the lock held: let an execution that goes on after a restart come to its wait."""
        self._lock.wait_for(lambda: token not in self._expected, timeout=_OPENING_SECONDS)
        self._expected.discard(token)

    def succeed(self, token: str, output: str) -> None:
        """SendTaskSuccess.

        Raises:
            TokenError: the token is closed or no token, or the output is not JSON or too long.
        """
        if len(output.encode()) > MAX_OUTPUT_BYTES:
            raise TokenError("InvalidOutput", f"The output is longer than {MAX_OUTPUT_BYTES} bytes.")
        try:
            value = json.loads(output)
        except ValueError as error:
            raise TokenError("InvalidOutput", f"Invalid Output: '{error}'") from None
        self._finish(token, value, None)

    def fail(self, token: str, error: str, cause: str) -> None:
        """SendTaskFailure.

        Raises:
            TokenError: the token is closed or no token, or error or cause are too long.
        """
        if len(error) > MAX_ERROR_CHARACTERS or len(cause) > MAX_CAUSE_CHARACTERS:
            raise TokenError("ValidationException", "The error or the cause is too long.")
        self._finish(token, None, StatesError(error, cause))

    def heartbeat(self, token: str) -> None:
        """SendTaskHeartbeat: only tells whether anybody still waits; HeartbeatSeconds is not supported.

        Raises:
            TokenError: the token is closed, unknown or no token.
        """
        with self._lock:
            self._await_opening(token)
            if token not in self._open:
                raise self._refusal(token)

    def _finish(self, token: str, value: Any, failure: StatesError | None) -> None:
        with self._lock:
            self._await_opening(token)
            callback = self._open.pop(token, None)
        if callback is None:
            raise self._refusal(token)
        callback.value, callback.failure, callback.done = value, failure, True
        callback.wake()

    @staticmethod
    def _refusal(token: str) -> TokenError:
        raw = _raw(token)
        if raw is None:
            return TokenError("InvalidToken", "Invalid Token: 'Invalid token'")
        if _check(raw[:_BODY_BYTES]) != raw[_BODY_BYTES:]:
            return TokenError("TaskDoesNotExist", "Task Does Not Exist: 'No task has this token'")
        # We made it at some time, perhaps before a restart.
        return TokenError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
