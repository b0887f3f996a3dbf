"""The end of an execution that no state recorded, and the minute tick that looks for such ends."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.close_records import close_records


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write the terminal record of an execution that is over; safe to run at any time."""
    return close_records(event, services())
