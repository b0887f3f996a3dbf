"""Step Functions: executions, tokens, status events, redrive."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from local.emulator.states import definition
from local.emulator.states.errors import TASK_FAILED, TIMEOUT, StatesError
from tests.chaos.answers import AwsError
from tests.chaos.loop import Cancelled, Future, Loop, Task, first_of
from tests.chaos.machine import Branch, walk

ACCOUNT = "123456789012"
OPEN = "RUNNING"


class Outside(Protocol):
    """What tasks reach."""

    def invoke(self, function: str, payload: Any) -> Future:
        """Invoke a function."""

    def render(self, parameters: Mapping[str, Any], limit: float | None) -> Any:
        """An awaitable that makes a MediaConvert job and waits for its end."""

    def status_changed(self, execution: Execution) -> None:
        """An execution has another status."""


class Execution:
    """One execution.

    Attributes:
        transitions: how often each state was entered or attempted again; Step Functions bills each.
        repeated: how many of these were attempts after a failure.
    """

    def __init__(self, service: StepFunctions, machine: str, name: str, given: Any) -> None:
        self.service, self.machine, self.name, self.input = service, machine, name, given
        self.loop = service.loop
        self.arn = f"arn:aws:states:us-east-1:{ACCOUNT}:execution:{machine}:{name}"
        self.status, self.error, self.cause = OPEN, "", ""
        self.output: Any = None
        self.started, self.stopped = self.loop.now, 0.0
        self.ended = Future(self.loop)
        self.journal: dict[str, tuple[Any, str | None]] = {}
        self.transitions: Counter[str] = Counter()
        self.repeated: Counter[str] = Counter()
        self.tokens: set[str] = set()
        self.redrives = 0
        self.context = {
            "Execution": {"Id": self.arn, "Input": given, "Name": name, "RedriveCount": 0},
            "StateMachine": {"Id": machine_arn(machine), "Name": machine},
        }
        self._task: Task | None = None

    def go(self) -> None:
        """Begin, or begin again where it failed."""
        definition_ = self.service.definitions[self.machine]
        task = self._task = Task(self.loop, walk(self, Branch(), definition_, self.input))
        task.then(lambda: self._end(task))
        if limit := definition_.get("TimeoutSeconds"):
            self.loop.after(limit, lambda: self.stop("TIMED_OUT", task), background=True)
        self.service.outside.status_changed(self)

    def stop(self, status: str, only: Task | None = None) -> None:
        """End it from outside: ABORTED or TIMED_OUT."""
        if self.status == OPEN and self._task is not None and only in (None, self._task):
            self._close(status, None, "", "")
            self._task.cancel()

    def redrive(self) -> None:
        """Go on where it failed."""
        assert self.status not in (OPEN, "SUCCEEDED")
        self.status, self.ended, self.error, self.cause = OPEN, Future(self.loop), "", ""
        self.redrives += 1
        self.context["Execution"]["RedriveCount"] = self.redrives
        self.go()

    def _end(self, task: Task) -> None:
        if self.status != OPEN or task is not self._task:
            return
        if task.error is None:
            self._close("SUCCEEDED", task.value, "", "")
        elif isinstance(task.error, StatesError):
            self._close("FAILED", None, task.error.error, task.error.cause)
        else:
            raise task.error

    def _close(self, status: str, output: Any, error: str, cause: str) -> None:
        self.status, self.output, self.error, self.cause = status, output, error, cause
        self.stopped = self.loop.now
        self.tokens.clear()
        self.ended.set(None)
        self.service.trace(f"{self.machine} {self.name} {status} {error} {cause}"[:300])
        self.service.outside.status_changed(self)

    # What the walk asks for.

    def entered(self, state: str, *, again: bool) -> None:
        self.transitions[state] += 1
        self.repeated[state] += again
        self.service.trace(f"{self.machine} {self.name} {state}{' again' if again else ''}")

    def jitter(self, seconds: float) -> float:
        return self.service.random.uniform(0, seconds)

    async def perform(
        self, resource: str, context: dict[str, Any], arguments: Callable[[], Any], limit: float | None
    ) -> Any:
        deadline = self.loop.now + limit if limit else None
        service = self.service
        if resource == definition.LAMBDA_CALLBACK:
            return await self._callback(context, arguments, deadline)
        given = arguments()
        if resource == definition.START_EXECUTION:
            return await self._child(given, deadline)
        if resource == definition.CREATE_JOB:
            return await service.outside.render(given, deadline)
        if resource == definition.LAMBDA_INVOKE:
            answer = service.outside.invoke(function_of(given["FunctionName"]), given.get("Payload", {}))
            return {"Payload": await within(self.loop, answer, deadline), "StatusCode": 200}
        return await within(self.loop, service.outside.invoke(function_of(resource), given), deadline)

    async def _callback(
        self, context: dict[str, Any], arguments: Callable[[], Any], deadline: float | None
    ) -> Any:
        token, callback = self.service.new_token(self)
        context["Task"] = {"Token": token}
        try:
            given = arguments()
            answer = self.service.outside.invoke(function_of(given["FunctionName"]), given.get("Payload", {}))
            gate = Future(self.loop)
            answer.then(lambda: gate.set(None) if answer.error else None)
            callback.then(lambda: gate.set(None))
            if not await first_of(self.loop, gate, deadline):
                raise StatesError(TIMEOUT)
            return callback.result() if callback.done else answer.result()
        finally:
            self.tokens.discard(token)

    async def _child(self, given: Mapping[str, Any], deadline: float | None) -> Any:
        machine = given["StateMachineArn"].rsplit(":", 1)[-1]
        try:
            child = self.service.start(machine, given.get("Input", {}), given.get("Name"))
        except AwsError as error:
            raise StatesError(f"StepFunctions.{error.code}Exception", error.message) from error
        try:
            await within(self.loop, child.ended, deadline)
        except (Cancelled, StatesError):
            # As on AWS, the end of the waiting state also ends what it waited for.
            child.stop("ABORTED")
            raise
        if child.status != "SUCCEEDED":
            raise StatesError(TASK_FAILED, json.dumps(child.describe(parsed=False)))
        return child.describe(parsed=True)

    def describe(self, *, parsed: bool) -> dict[str, Any]:
        """As ``startExecution.sync:2`` gives it."""
        as_text: Callable[[Any], Any] = (lambda value: value) if parsed else json.dumps
        described = {
            "ExecutionArn": self.arn,
            "Input": as_text(self.input),
            "Name": self.name,
            "StateMachineArn": machine_arn(self.machine),
            "Status": self.status,
        }
        if self.status == "SUCCEEDED":
            described["Output"] = as_text(self.output)
        if self.error:
            described |= {"Error": self.error, "Cause": self.cause}
        return described


class StepFunctions:
    """The service."""

    def __init__(
        self,
        loop: Loop,
        outside: Outside,
        definitions: Mapping[str, Mapping[str, Any]],
        seed: int,
        trace: Callable[[str], None],
    ) -> None:
        self.loop, self.outside, self.definitions, self.trace = loop, outside, definitions, trace
        self.random = random.Random(f"{seed}/stepfunctions")
        self.executions: dict[str, Execution] = {}
        self._tokens: dict[str, tuple[Execution, Future]] = {}
        for machine in definitions.values():
            definition.check(dict(machine))

    def start(self, machine: str, given: Any, name: str | None = None) -> Execution:
        """StartExecution: the same name with the same input finds a running execution again.

        Raises:
            AwsError: the name is taken.
        """
        # What is given is JSON.
        given = json.loads(json.dumps(given))
        execution = Execution(self, machine, name or f"execution-{len(self.executions):05d}", given)
        known = self.executions.get(execution.arn)
        if known is not None:
            if known.status == OPEN and known.input == given:
                return known
            raise AwsError("ExecutionAlreadyExists", "Execution Already Exists")
        self.executions[execution.arn] = execution
        execution.go()
        return execution

    def new_token(self, execution: Execution) -> tuple[str, Future]:
        """A token as long as AWS's, and what it will bring."""
        body = hashlib.sha256(f"token {len(self._tokens)}".encode()).digest() * 15
        token, callback = base64.b64encode(body).decode(), Future(self.loop)
        self._tokens[token] = execution, callback
        execution.tokens.add(token)
        return token, callback

    def handle(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a call of a function.

        Raises:
            AwsError: as the API refuses.
        """
        match operation:
            case "SendTaskSuccess":
                callback = self._open(request["taskToken"])
                callback.set(json.loads(request["output"]))
            case "SendTaskFailure":
                callback = self._open(request["taskToken"])
                callback.fail(StatesError(request.get("error", ""), request.get("cause", "")))
            case "SendTaskHeartbeat":
                self._open(request["taskToken"])
            case "DescribeExecution":
                return self._described(request["executionArn"])
            case "StartExecution":
                machine = request["stateMachineArn"].rsplit(":", 1)[-1]
                started = self.start(machine, json.loads(request.get("input", "{}")), request.get("name"))
                return {"executionArn": started.arn, "startDate": self.loop.clock()}
            case _:
                raise NotImplementedError(f"stepfunctions.{operation}")
        return {}

    def _open(self, token: str) -> Future:
        if token not in self._tokens:
            raise AwsError("InvalidToken", "Invalid Token: 'Invalid token'")
        execution, callback = self._tokens[token]
        if token not in execution.tokens or callback.done:
            message = "Task Timed Out: 'Provided task does not exist anymore'"
            code = "TaskTimedOut" if execution.status == OPEN else "TaskDoesNotExist"
            raise AwsError(code, message)
        return callback

    def _described(self, arn: str) -> dict[str, Any]:
        execution = self.executions.get(arn)
        if execution is None:
            raise AwsError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        described = {
            "executionArn": arn,
            "stateMachineArn": machine_arn(execution.machine),
            "name": execution.name,
            "status": execution.status,
            "input": json.dumps(execution.input),
            "startDate": execution.started,
        }
        if execution.status != OPEN:
            described["stopDate"] = execution.stopped
            described |= {k: v for k, v in (("error", execution.error), ("cause", execution.cause)) if v}
        return described


async def within(loop: Loop, answer: Future, deadline: float | None) -> Any:
    """The answer, if it comes in time.

    Raises:
        StatesError: ``States.Timeout``, or what the answer is.
    """
    if not await first_of(loop, answer, deadline):
        raise StatesError(TIMEOUT)
    return answer.result()


def machine_arn(name: str) -> str:
    """The ARN of a state machine."""
    return f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{name}"


def function_of(arn: str) -> str:
    """The folder of a function's handler."""
    return arn.rsplit(":", 1)[-1]
