"""Faults at the HTTP entry of our own services, which are threads with a request handler."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

from local.faults.answers import Answer
from local.faults.calls import CallFaults, Request, Verdict
from local.faults.injector import injector


def judge(handler: BaseHTTPRequestHandler, body: str) -> Verdict | None:
    """Judge a request; None, and nothing was looked at, when no plan is named or no function calls."""
    current = injector()
    if current is None:
        return None
    faults = CallFaults(current)
    headers = {name.lower(): value for name, value in handler.headers.items()}
    caller = faults.caller(headers)
    if caller is None:
        return None
    path, _, query = handler.path.partition("?")
    return faults.judge(caller, Request(handler.command, path, query, headers, body))


def refused(handler: BaseHTTPRequestHandler, verdict: Verdict | None) -> bool:
    """Tell whether the request must not be carried out; what is to be said of it has been said then."""
    if verdict is None or not (verdict.unheard or verdict.refusal):
        return False
    if verdict.refusal is not None:
        _send(handler, verdict.refusal)
    else:
        hang_up(handler)
    return True


def silenced(handler: BaseHTTPRequestHandler, verdict: Verdict | None) -> bool:
    """Tell whether what was carried out must not be answered; the connection is closed then."""
    current = injector()
    if current is None or verdict is None or not verdict.unanswered:
        return False
    CallFaults(current).done(verdict)
    hang_up(handler)
    return True


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.send_header("content-length", str(len(answer.body)))
    handler.end_headers()
    handler.wfile.write(answer.body)
