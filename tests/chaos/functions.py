"""Lambda: environments with the real handlers, invoked synchronously, asynchronously or from a queue."""

from __future__ import annotations

import functools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

from local.emulator.states.errors import StatesError
from tests.chaos.faults import Fault
from tests.chaos.loop import Future, Loop
from tests.chaos.process import Killed, Pool, Process

ROOT = Path(__file__).resolve().parents[2]
COLD_START, WARM_START = 0.4, 0.01

Handler = Callable[[Any, Any], Any]


@functools.cache
def _code(function: str) -> CodeType:
    path = ROOT / "lambdas" / function / "handler.py"
    return compile(path.read_text(encoding="utf-8"), str(path), "exec")


def load_handler(function: str) -> Handler:
    """The handler of a fresh environment: its module and its clients belong to it alone."""
    from trailer.runtime import AwsServices

    module: dict[str, Any] = {"__name__": f"lambdas.{function}.handler"}
    exec(_code(function), module)
    module["services"] = functools.cache(AwsServices)
    handler: Handler = module["handler"]
    return handler


class Functions:
    """The service.

    Attributes:
        invocations: how often each function ran.
        dead_letters: async invocations that were given up, by function.
    """

    def __init__(
        self,
        loop: Loop,
        timeouts: Mapping[str, float],
        fault_of: Callable[[str], Fault | None],
        trace: Callable[[str], None],
    ) -> None:
        self._loop, self._timeouts, self._fault_of, self._trace = loop, timeouts, fault_of, trace
        self._pool = Pool()
        self._idle: dict[str, list[Handler]] = defaultdict(list)
        self._alive: dict[Process, None] = {}
        self.invocations: Counter[str] = Counter()
        self.dead_letters: list[tuple[str, Any]] = []

    def current(self) -> Process:
        """Who has the baton."""
        assert self._pool.current is not None, "AWS was called from outside of a function"
        return self._pool.current

    def invoke(self, function: str, payload: Any) -> Future:
        """Invoke and wait: the result, or a ``StatesError`` as Step Functions names it."""
        answer = Future(self._loop)
        fault = self._fault_of(function)
        if fault is Fault.FUNCTION_THROTTLED:
            answer.fail(StatesError("Lambda.TooManyRequestsException", "Rate Exceeded."))
            return answer
        if fault is Fault.FUNCTION_UNAVAILABLE:
            answer.fail(StatesError("Lambda.ServiceException", "Service error."))
            return answer
        lost = fault is Fault.FUNCTION_ANSWER_LOST

        def ended(result: Any, error: BaseException | None) -> None:
            if lost:
                answer.fail(StatesError("Lambda.SdkClientException", "Unable to read the answer."))
            elif error is not None:
                answer.fail(error)
            else:
                answer.set(result)

        # What was given is JSON, and so is what comes back.
        text = json.dumps(payload)
        self._loop.after(WARM_START, lambda: self._run(function, json.loads(text), ended))
        return answer

    def invoke_async(self, function: str, payload: Any, *, retries: int) -> None:
        """Invoke and forget: repeated after one and two minutes, then a dead letter."""

        def attempt(number: int) -> None:
            answer = self.invoke(function, payload)
            answer.then(lambda: ended(answer, number))

        def ended(answer: Future, number: int) -> None:
            if answer.error is None:
                return
            busy = isinstance(answer.error, StatesError) and answer.error.error in (
                "Lambda.TooManyRequestsException",
                "Lambda.ServiceException",
            )
            if busy or number < retries:
                # Throttling and Lambda's own faults don't count as attempts; it goes on for hours.
                delay = 30.0 if busy else 60.0 * (number + 1)
                self._loop.after(delay, lambda: attempt(number if busy else number + 1))
            elif retries:
                self.dead_letters.append((function, payload))

        attempt(0)

    def close(self) -> None:
        """Kill what still runs."""
        for process in list(self._alive):
            process.kill("Runtime.ExitError")

    def _run(self, function: str, payload: Any, ended: Callable[[Any, BaseException | None], None]) -> None:
        self.invocations[function] += 1
        idle = self._idle[function]
        warm = idle.pop() if idle else None
        process = Process(self._loop, self._pool, function)
        process.subject = _subject(payload)
        self._alive[process] = None
        timeout = self._timeouts[function]
        limit = self._loop.after(timeout, lambda: process.kill("Sandbox.Timedout"))
        environment: list[Handler] = [warm] if warm else []

        def work() -> Any:
            if not environment:
                process.pause(COLD_START)
                environment.append(load_handler(function))
            return json.loads(json.dumps(environment[0](payload, _context(function, timeout))))

        def done(result: Any, error: BaseException | None) -> None:
            self._loop.cancel(limit)
            del self._alive[process]
            if isinstance(error, Killed):
                self._trace(f"{function} {process.subject} died: {process.death}")
                ended(None, _crash(process.death or ""))
                return
            idle.extend(environment)
            if error is not None:
                self._trace(f"{function} {process.subject} raised {type(error).__name__}: {error}")
                ended(None, _raised(error))
            else:
                ended(result, None)

        process.start(work, done)


def _crash(death: str) -> StatesError:
    return StatesError(death, json.dumps({"errorType": death, "errorMessage": "The process ended."}))


def _raised(error: BaseException) -> StatesError:
    name = type(error).__name__
    return StatesError(name, json.dumps({"errorType": name, "errorMessage": str(error), "stackTrace": []}))


def _context(function: str, timeout: float) -> Any:
    return SimpleNamespace(
        function_name=function,
        function_version="$LATEST",
        memory_limit_in_mb=512,
        invoked_function_arn=f"arn:aws:lambda:us-east-1:123456789012:function:{function}",
        aws_request_id="chaos",
        get_remaining_time_in_millis=lambda: int(timeout * 1000),
    )


def _subject(payload: Any) -> str:
    """The film and detector of a payload, for the trace."""
    if not isinstance(payload, dict):
        return ""
    event = payload.get("event", {})
    known = [payload.get(name) for name in ("videoId", "detector", "profileId", "workflow")]
    known.append(event.get("detail", {}).get("object", {}).get("key") if isinstance(event, dict) else None)
    if "Records" in payload:
        known.append(f"{len(payload['Records'])} messages")
    return "/".join(str(part) for part in known if part)
