"""The StartDetection state."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.start_detection import start_detection


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Queue one Rekognition job and start it if a slot is free; safe to run twice.

    The state waits for the task token, not for this answer.
    """
    return start_detection(event["videoId"], event["detector"], event["taskToken"], services())
