"""The PublishTrailer state."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.publish_trailer import publish_trailer


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Check the rendered trailer against its plan and publish its record and page; safe to run twice."""
    return publish_trailer(event["videoId"], event["profileId"], event["version"], event["jobId"], services())
