"""Faults at the HTTP entry of the emulator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from local.faults.answers import Answer
from local.faults.calls import CallFaults, Request, Verdict

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_READ: Final = ("application/x-amz-json", "application/x-www-form-urlencoded")
"""Bodies that tell the operation or are looked into; films pass by unread."""


class FaultyGateway:
    """Stands before an application and lets calls of functions go wrong as the plan says."""

    def __init__(self, application: Application, faults: CallFaults) -> None:
        self._application = application
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request of a function; pass everything else on untouched."""
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
        caller = self._faults.caller(headers) if scope["type"] == "http" else None
        if caller is None:
            await self._application(scope, receive, send)
            return
        body = b""
        if headers.get("content-type", "").startswith(_READ):
            body, receive = await _read(receive)
        request = Request(
            scope["method"],
            scope["path"],
            scope["query_string"].decode(),
            headers,
            body.decode(errors="replace"),
        )
        verdict = await asyncio.to_thread(self._faults.judge, caller, request)
        if verdict.refusal is not None:
            await _answer(send, verdict.refusal)
        elif verdict.unheard:
            await _hang_up(send)
        elif verdict.unanswered:
            await self._carry_out(verdict, scope, receive, send)
        else:
            await self._application(scope, receive, send)

    async def _carry_out(self, verdict: Verdict, scope: Scope, receive: Receive, send: Send) -> None:
        """Do what was asked, and let nobody hear of it."""

        async def swallow(message: dict[str, Any]) -> None:
            """Drop the answer."""

        await self._application(scope, receive, swallow)
        self._faults.done(verdict)
        await _hang_up(send)


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Take the whole body, and give it again to whom it is for."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    given = False

    async def again() -> dict[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return body, again


async def _answer(send: Send, answer: Answer) -> None:
    length = {"content-length": str(len(answer.body))}
    headers = [(name.encode(), value.encode()) for name, value in (answer.headers | length).items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _hang_up(send: Send) -> None:
    """Close the connection without an answer. ASGI has no word for it, so hypercorn's own stream is told."""
    from hypercorn.protocol.events import StreamClosed  # noqa: PLC0415  (slow to import)

    stream: Any = getattr(send, "__self__")  # noqa: B009
    await stream.send(StreamClosed(stream_id=stream.stream_id))
