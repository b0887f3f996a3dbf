"""Step Functions' callbacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from trailer.aws.failures import error_code, translated
from trailer.domain.work.executions import Execution

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_CLOSED = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_CAUSE_LIMIT, _ERROR_LIMIT = 32_768, 256


class StepFunctionsWorkflow:
    """``ports.Workflow`` on Step Functions."""

    def __init__(self, client: SFNClient, *, make_trailer_arn: str = "") -> None:
        self._client = client
        self._make_trailer_arn = make_trailer_arn

    def succeed(self, task_token: str, output: Mapping[str, Any]) -> None:
        """Wake a waiting state."""
        self._call(lambda: self._client.send_task_success(taskToken=task_token, output=json.dumps(output)))

    def start_trailer(self, name: str, wish: Mapping[str, Any]) -> bool:
        """Start MakeTrailer."""
        with translated("Starting a trailer"):
            try:
                self._client.start_execution(
                    stateMachineArn=self._make_trailer_arn, name=name, input=json.dumps(wish)
                )
            except ClientError as error:
                if error_code(error) == "ExecutionAlreadyExists":
                    return False
                raise
        return True

    def execution(self, execution_id: str) -> Execution | None:
        """Describe an execution."""
        with translated("Asking about an execution"):
            try:
                found = self._client.describe_execution(executionArn=execution_id)
            except ClientError as error:
                if error_code(error) == "ExecutionDoesNotExist":
                    return None
                raise
        return Execution(
            status=found["status"],
            input=found.get("input", "{}"),
            error=found.get("error", ""),
            cause=found.get("cause", ""),
        )

    def fail(self, task_token: str, error: str, cause: str) -> None:
        """Fail a waiting state."""
        self._call(
            lambda: self._client.send_task_failure(
                taskToken=task_token, error=error[:_ERROR_LIMIT], cause=cause[:_CAUSE_LIMIT]
            )
        )

    def is_waiting(self, task_token: str) -> bool:
        """Ask by a heartbeat, which changes nothing: our waiting states have no heartbeat time-out."""
        return self._call(lambda: self._client.send_task_heartbeat(taskToken=task_token))

    def _call(self, send: Callable[[], object]) -> bool:
        """Send; False when the token is closed: somebody was faster or the wait is over."""
        with translated("Reaching the waiting execution"):
            try:
                send()
            except ClientError as error:
                if error_code(error) not in _CLOSED:
                    raise
                return False
        return True
