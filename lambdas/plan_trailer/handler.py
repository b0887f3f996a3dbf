"""The PlanTrailer state."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.plan_trailer import plan_trailer


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Plan one trailer of an analysed film; the same execution always gets the same version."""
    return plan_trailer(
        event["videoId"], event["profileId"], event["options"], event["executionId"], services()
    )
