"""The ProbeVideo state."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.probe_video import probe_video


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Find out what is in the film, whether it can be analysed and what that will cost; safe to run twice."""
    return probe_video(event["videoId"], services())
