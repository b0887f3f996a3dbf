"""The RecordFailure state, and the executions that ended past every Catch."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.record_failure import record_failure


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write the terminal record of what failed, with a reason for people; safe to run twice."""
    return record_failure(event["workflow"], event["input"], event["executionId"], event["error"], services())
