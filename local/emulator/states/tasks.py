"""What a Task state calls: Lambda functions, other executions and MediaConvert jobs."""

import contextvars
import json
import threading
from collections.abc import Callable
from typing import Any, Protocol

from local.emulator.states import definition
from local.emulator.states.errors import TASK_FAILED, Cancelled, StatesError
from local.emulator.states.run import Visit
from local.emulator.states.tokens import Callback, Tokens, new_token

JOB_POLL_SECONDS = 0.15
FINAL_JOB_STATES = frozenset({"COMPLETE", "ERROR", "CANCELED"})


class Services(Protocol):
    """The services that tasks reach; each method raises `StatesError` with the name that AWS would use."""

    tokens: Tokens

    def invoke(self, function: str, payload: Any) -> Any:
        """Invoke a Lambda function by ARN or name and return its result."""

    def start_execution(self, parameters: dict[str, Any]) -> str:
        """Start an execution and return its ARN."""

    def execution(self, arn: str, wake: Callable[[], None]) -> dict[str, Any]:
        """Return the record of an execution, and call ``wake`` when it ends."""

    def stop_execution(self, arn: str) -> None:
        """Abort an execution, if it runs."""

    def create_job(self, parameters: dict[str, Any]) -> str:
        """Create a MediaConvert job and return its id."""

    def job(self, job_id: str) -> dict[str, Any] | None:
        """Return a MediaConvert job; ``None`` if the service can't be reached just now."""

    def cancel_job(self, job_id: str) -> None:
        """Cancel a MediaConvert job, if it runs."""


class Tasks:
    """Performs the attempts of Task states."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def prepare(self, visit: Visit, resource: str) -> None:
        """Give an attempt its own token, or the one that it had before a restart."""
        if resource == definition.LAMBDA_CALLBACK:
            visit.token = visit.entry.setdefault("token", new_token())

    def perform(self, visit: Visit, resource: str, parameters: Any, deadline: float | None) -> Any:
        """Run one attempt and return the raw result.

        Raises:
            StatesError: the attempt failed or timed out.
            Cancelled: nobody wants the result any more.
        """
        if resource == definition.LAMBDA_CALLBACK:
            return self._callback(visit, parameters, deadline)
        if resource == definition.START_EXECUTION:
            return self._child(visit, parameters, deadline)
        if resource == definition.CREATE_JOB:
            return self._job(visit, parameters, deadline)
        if resource == definition.LAMBDA_INVOKE:
            result = self._lambda(visit, parameters["FunctionName"], parameters.get("Payload", {}), deadline)
            return {"ExecutedVersion": "$LATEST", "Payload": result, "StatusCode": 200}
        return self._lambda(visit, resource, parameters, deadline)

    def _invoke(self, visit: Visit, function: str, payload: Any) -> dict[str, Any]:
        """Invoke in a thread of its own: a state can time out while its function runs on."""
        box: dict[str, Any] = {}

        def call() -> None:
            try:
                box["value"] = self._services.invoke(function, payload)
            except StatesError as error:
                box["error"] = error
            except Exception as error:
                box["error"] = StatesError("Lambda.SdkClientException", str(error))
            visit.branch.run.wake()

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(call,), daemon=True, name="states-invoke").start()
        return box

    def _lambda(self, visit: Visit, function: str, payload: Any, deadline: float | None) -> Any:
        box = self._invoke(visit, function, payload)
        visit.branch.require(lambda: bool(box), deadline)
        if "error" in box:
            raise box["error"]
        return box["value"]

    def _callback(self, visit: Visit, parameters: dict[str, Any], deadline: float | None) -> Any:
        token = visit.token or ""
        callback = self._services.tokens.open(token, visit.branch.run.wake)
        try:
            self._await_callback(visit, callback, parameters, deadline)
        except StatesError:
            _forget(visit, "token", "invoked")
            raise
        finally:
            self._services.tokens.close(token)
        return callback.value

    def _await_callback(
        self, visit: Visit, callback: Callback, parameters: dict[str, Any], deadline: float | None
    ) -> None:
        if not visit.entry.get("invoked"):
            box = self._invoke(visit, parameters["FunctionName"], parameters.get("Payload", {}))
            # The answer may come while the function still runs, and then it counts.
            visit.branch.require(lambda: bool(box) or callback.done, deadline)
            if "error" in box and not callback.done:
                raise box["error"]
            visit.entry["invoked"] = True
            _submitted(visit, definition.LAMBDA_CALLBACK, box.get("value"))
        visit.branch.require(lambda: callback.done, deadline)
        if callback.failure is not None:
            raise callback.failure

    def _child(self, visit: Visit, parameters: dict[str, Any], deadline: float | None) -> Any:
        arn = visit.entry.get("child")
        if arn is None:
            arn = visit.entry["child"] = self._services.start_execution(parameters)
            _submitted(visit, definition.START_EXECUTION, {"ExecutionArn": arn})
        record = self._services.execution(arn, visit.branch.run.wake)
        try:
            visit.branch.require(lambda: record["status"] != "RUNNING", deadline)
        except (Cancelled, StatesError):
            # As on AWS, the end of the waiting state also ends what it waited for.
            self._services.stop_execution(arn)
            _forget(visit, "child")
            raise
        if record["status"] != "SUCCEEDED":
            _forget(visit, "child")
            raise StatesError(TASK_FAILED, json.dumps(describe(record, parsed=False)))
        return describe(record, parsed=True)

    def _job(self, visit: Visit, parameters: dict[str, Any], deadline: float | None) -> Any:
        job_id = visit.entry.get("job")
        if job_id is None:
            job_id = visit.entry["job"] = self._services.create_job(parameters)
            _submitted(visit, definition.CREATE_JOB, {"Job": {"Id": job_id}})
        try:
            job = self._services.job(job_id)
            while job is None or job["Status"] not in FINAL_JOB_STATES:
                visit.branch.sleep(JOB_POLL_SECONDS, deadline)
                job = self._services.job(job_id)
        except (Cancelled, StatesError):
            self._services.cancel_job(job_id)
            _forget(visit, "job")
            raise
        if job["Status"] != "COMPLETE":
            _forget(visit, "job")
            raise StatesError(TASK_FAILED, json.dumps(job))
        return {"Job": job}


def _submitted(visit: Visit, resource: str, output: Any) -> None:
    service, _, action = resource.removeprefix("arn:aws:states:::").partition(":")
    text = json.dumps(output, separators=(",", ":"), ensure_ascii=False)
    visit.branch.add("TaskSubmitted", {"resourceType": service, "resource": action, "output": text})


def _forget(visit: Visit, *names: str) -> None:
    """Drop what an attempt started: the next attempt starts its own."""
    for name in names:
        visit.entry.pop(name, None)


def describe(record: dict[str, Any], *, parsed: bool) -> dict[str, Any]:
    """Return an execution as ``startExecution.sync:2`` gives it.

    Args:
        record: The emulator's record of the execution.
        parsed: Whether input and output are JSON values, as in a result, or text, as in a failure's cause.
    """
    described: dict[str, Any] = {
        "ExecutionArn": record["executionArn"],
        "Input": json.loads(record["input"]) if parsed else record["input"],
        "InputDetails": {"Included": True},
        "Name": record["name"],
        "StartDate": record["startDate"],
        "StateMachineArn": record["stateMachineArn"],
        "Status": record["status"],
        "StopDate": record["stopDate"],
    }
    if record["status"] == "SUCCEEDED":
        described["Output"] = json.loads(record["output"]) if parsed else record["output"]
        described["OutputDetails"] = {"Included": True}
    for key, name in (("error", "Error"), ("cause", "Cause")):
        if record.get(key):
            described[name] = record[key]
    return described
