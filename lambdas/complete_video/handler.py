"""The CompleteVideo state."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.complete_video import complete_video


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write the terminal record of a film whose trailers are made; safe to run twice."""
    return complete_video(event["videoId"], services())
