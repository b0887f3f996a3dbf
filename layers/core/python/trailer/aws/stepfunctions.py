"""Step Functions' callbacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from trailer.aws.failures import error_code, translated

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_CLOSED = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_CAUSE_LIMIT, _ERROR_LIMIT = 32_768, 256


class StepFunctionsWorkflow:
    """``ports.Workflow`` on Step Functions."""

    def __init__(self, client: SFNClient) -> None:
        self._client = client

    def succeed(self, task_token: str, output: Mapping[str, Any]) -> None:
        """Wake a waiting state."""
        self._call(lambda: self._client.send_task_success(taskToken=task_token, output=json.dumps(output)))

    def fail(self, task_token: str, error: str, cause: str) -> None:
        """Fail a waiting state."""
        self._call(
            lambda: self._client.send_task_failure(
                taskToken=task_token, error=error[:_ERROR_LIMIT], cause=cause[:_CAUSE_LIMIT]
            )
        )

    def _call(self, send: Callable[[], object]) -> None:
        with translated("Waking the execution"):
            try:
                send()
            except ClientError as error:
                # A closed token means that somebody was faster or the wait is over: nothing is left to do.
                if error_code(error) not in _CLOSED:
                    raise
