"""Where botocore would open a connection: every request of the product is answered in this process.

Serialisation, validation, retries and parsing are botocore's own. A request
takes some virtual time each way; in between the fault plan may have it fail,
lose its answer or kill the process that made it.
"""

from __future__ import annotations

import datetime as real
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import boto3
import botocore.endpoint
import botocore.retries.quota
import botocore.useragent
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError

from tests.chaos import answers
from tests.chaos.answers import AwsError
from tests.chaos.faults import Call, Fault
from tests.chaos.process import Process

REGION = "us-east-1"

Backend = Callable[[str, AWSPreparedRequest], AWSResponse]
_TARGET: list[Wire] = []
"""The wire of the run that is going on: clients are made once, since that takes longer than a run."""


class Wire:
    """All requests of one run."""

    def __init__(
        self,
        *,
        current: Callable[[], Process],
        backends: dict[str, Backend],
        fault_at: Callable[[Call, Process], Fault | None],
        latency: Callable[[str], float],
        trace: Callable[[str], None],
    ) -> None:
        self._current, self._backends, self._fault_at = current, backends, fault_at
        self._latency, self._trace = latency, trace
        self.calls: list[Call] = []
        self.broken: Exception | None = None
        """What this model could not do; the run counts for nothing then."""
        self._counts: Counter[tuple[str, str]] = Counter()

    def send(self, request: AWSPreparedRequest, event_name: str) -> AWSResponse:
        """Stand in for botocore's HTTP session.

        Raises:
            Killed: the process dies here.
            ConnectionClosedError: the answer is lost.
        """
        process = self._current()
        process.check()
        if process.dying:
            process.die(process.dying)
        _, service, operation = event_name.split(".")
        service = {"sfn": "stepfunctions"}.get(service, service)
        call = self._number(process.function, f"{service}.{operation}")
        fault = self._fault_at(call, process)
        if fault is Fault.KILL_BEFORE:
            self._note(call, process, fault)
            process.die(DEATHS[fault])
        process.pause(self._latency(service))
        answer = self._answer(service, operation, request, fault)
        self._note(call, process, fault, answer.status_code)
        if fault is Fault.KILL_DURING:
            process.die(DEATHS[fault])
        process.pause(self._latency(service))
        if fault is Fault.ANSWER_LOST:
            raise ConnectionClosedError(endpoint_url=request.url)
        if fault is Fault.KILL_AFTER:
            process.dying = DEATHS[fault]
        return answer

    def _number(self, function: str, api: str) -> Call:
        self._counts[function, api] += 1
        call = Call(function, api, self._counts[function, api])
        self.calls.append(call)
        return call

    def _note(self, call: Call, process: Process, fault: Fault | None, status: int | None = None) -> None:
        self._trace(f"{call} {process.subject} -> {status or 'nothing'}{f'  !! {fault}' if fault else ''}")

    def _answer(
        self, service: str, operation: str, request: AWSPreparedRequest, fault: Fault | None
    ) -> AWSResponse:
        try:
            answers.refuse(fault, service, operation)
            return self._backends[service](operation, request)
        except AwsError as error:
            return answers.error_answer(request.url, service, error, head=request.method == "HEAD")
        except Exception as error:
            self.broken = self.broken or error
            raise


DEATHS = {
    Fault.KILL_BEFORE: "Runtime.ExitError",
    Fault.KILL_DURING: "Sandbox.Timedout",
    Fault.KILL_AFTER: "Lambda.Unknown",
}
"""How Lambda reports a dead process: it crashed, it ran out of time, or (older) without saying which."""


def json_backend(handle: Callable[[str, dict[str, Any]], Any]) -> Backend:
    """A service that speaks JSON in the body."""

    def backend(operation: str, request: AWSPreparedRequest) -> AWSResponse:
        body = request.body or b"{}"
        return answers.json_answer(request.url, handle(operation, json.loads(body)))

    return backend


def rest_backend(handle: Callable[[str, str, dict[str, Any]], Any]) -> Backend:
    """A service whose path says what is meant."""

    def backend(operation: str, request: AWSPreparedRequest) -> AWSResponse:
        given = json.loads(request.body or b"{}")
        return answers.json_answer(request.url, handle(operation, urlsplit(request.url).path, given))

    return backend


def publish_backend(publish: Callable[[dict[str, str]], str]) -> Backend:
    """SNS's Publish."""

    def backend(operation: str, request: AWSPreparedRequest) -> AWSResponse:
        if operation != "Publish":
            raise NotImplementedError(f"sns.{operation}")
        body = request.body
        form = dict(body) if isinstance(body, dict) else dict(parse_qsl(_text(body)))
        identity = publish(form)
        text = f"<PublishResponse><PublishResult><MessageId>{identity}</MessageId></PublishResult></PublishResponse>"
        return answers.http(request.url, 200, text.encode(), {"content-type": "text/xml"})

    return backend


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)


def _send(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
    return _TARGET[-1].send(request, event_name)


@cache
def _session() -> boto3.Session:
    return boto3.Session("chaos", "chaos", region_name=REGION)


_MADE: dict[str, Any] = {}
"""Clients and resources by service and configuration; equal configurations need not be one object."""


def _made(kind: str, service: str, config: Any) -> Any:
    key = f"{kind} {service} {getattr(config, '_user_provided_options', None)}"
    if key not in _MADE:
        made = getattr(_session(), kind)(service, config=config)
        _hooked(made.meta.client if kind == "resource" else made)
        _MADE[key] = made
    return _MADE[key]


def _hooked(client: Any) -> None:
    client.meta.events.register_first("before-send", _send)
    # Signing costs a third of a call and nobody here would check it.
    client.meta.events.register("choose-signer", lambda **_: UNSIGNED)


class _Quota:
    """botocore's retry quota, which each environment of a function has for itself."""

    def __init__(self, *_: Any) -> None:
        pass

    def acquire(self, amount: int) -> bool:
        left = getattr(_TARGET[-1]._current(), "retry_quota", 500)
        if left < amount:
            return False
        _TARGET[-1]._current().retry_quota = left - amount
        return True

    def release(self, amount: int) -> None:
        process = _TARGET[-1]._current()
        process.retry_quota = min(500, getattr(process, "retry_quota", 500) + amount)

    @property
    def available_capacity(self) -> int:
        return 500


@contextmanager
def connected(wire: Wire, clock: Callable[[], real.datetime]) -> Iterator[None]:
    """Let the product's clients and clocks be those of a run."""

    class VirtualDatetime(real.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> real.datetime:  # type: ignore[override]
            return clock().astimezone(tz)

    sleep = SimpleNamespace(sleep=lambda seconds: wire._current().pause(seconds))
    clients = SimpleNamespace(
        client=lambda service, config=None: _made("client", service, config),
        resource=lambda service, config=None: _made("resource", service, config),
    )
    import trailer.runtime

    with ExitStack() as stack:
        stack.enter_context(patch.object(trailer.runtime, "boto3", clients))
        stack.enter_context(patch.object(botocore.endpoint, "time", sleep))
        stack.enter_context(patch.object(botocore.retries.quota, "RetryQuota", _Quota))
        # Nobody here reads who is asking, and composing it takes a tenth of a call.
        stack.enter_context(patch.object(botocore.useragent.UserAgentString, "to_string", lambda _: "chaos"))
        # Nobody collects metrics here, and after a hundred they would be printed.
        stack.enter_context(patch.object(trailer.runtime.metrics, "add_metric", lambda **_: None))
        for name, module in sorted(sys.modules.items()):
            if name.startswith("trailer.") and getattr(module, "datetime", None) is real.datetime:
                stack.enter_context(patch.object(module, "datetime", VirtualDatetime))
        _TARGET.append(wire)
        before = random.getstate()
        try:
            yield
        finally:
            random.setstate(before)
            _TARGET.pop()
