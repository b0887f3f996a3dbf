"""The RegisterVideo state."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.register_video import register_video


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Claim an uploaded object version once and read its options; safe to run twice."""
    return register_video(event["event"], event["executionId"], services())
