"""The CollectDetection state."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.collect_detection import collect_detection


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Copy every page of a finished detection to S3; safe to run twice."""
    return collect_detection(event["videoId"], event["detector"], services())
