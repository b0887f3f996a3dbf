"""Faults on the ways between the emulator's services, and at the invocation of functions."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from local.faults.injector import Injector
from local.faults.plan import Place

log = logging.getLogger(__name__)

_SOURCES: Final = {"aws.s3": "upload", "aws.states": "status-change", "aws.events": "tick"}
_DUPLICATE_SECONDS: Final = 0.05
"""A second copy comes a moment after the first."""


def install(injector: Injector) -> None:
    """Stand on the ways of the emulator; its services must be imported already."""
    from ministack.services import eventbridge, sns  # noqa: PLC0415  (configured before import)

    bus: Any = eventbridge
    topics: Any = sns
    invoke: Callable[..., None] = bus._invoke_target
    deliver: Callable[..., None] = topics._deliver_to_sqs

    def invoke_target(target: dict[str, Any], event: dict[str, Any], *rest: Any) -> None:
        carrier = _SOURCES.get(event.get("Source", ""))
        send(injector, carrier, lambda: invoke(target, event, *rest))

    def deliver_to_queue(endpoint: str, *rest: Any, **named: Any) -> None:
        # Rekognition's completions are the only messages of ours that a topic gives to a queue.
        send(injector, "completion", lambda: deliver(endpoint, *rest, **named))

    bus._invoke_target = invoke_target
    topics._deliver_to_sqs = deliver_to_queue


def send(injector: Injector, carrier: str | None, deliver: Callable[[], None]) -> None:
    """Deliver something once, twice, later or never, as the plan says."""
    rule = injector.decide(Place.WAY, carrier=carrier) if carrier else None
    if rule is None:
        deliver()
    elif rule.fault == "duplicated":
        deliver()
        _later(_DUPLICATE_SECONDS, deliver)
    elif rule.fault == "delayed":
        _later(rule.seconds, deliver)


def _later(seconds: float, deliver: Callable[[], None]) -> None:
    # The account and the region of a request are in the context.
    context = contextvars.copy_context()
    timer = threading.Timer(seconds, context.run, args=(deliver,))
    timer.daemon = True
    timer.start()


def invocation(
    injector: Injector,
    function: str,
    invoke: Callable[[], dict[str, Any]],
    throttle: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Invoke a function, or fail as Lambda does.

    Args:
        injector: of this process.
        function: its deployed name.
        invoke: runs it; returns the emulator's answer.
        throttle: gives the emulator's answer for a function that has no concurrency left.
    """
    injector.note_call(function=function, api="lambda.Invoke")
    rule = injector.decide(Place.INVOCATION, function=function)
    if rule is None:
        return invoke()
    if rule.fault == "function-throttled":
        return throttle()
    if rule.fault == "function-answer-lost":
        invoke()
    message = "Service encountered an internal error."
    return {
        "body": {"errorType": "Lambda.ServiceException", "errorMessage": message},
        "error": True,
        "log": "",
    }
