"""The CheckProxy state."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.check_proxy import check_proxy


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Compare the proxy with its film and take over its timeline; safe to run twice."""
    return check_proxy(event["videoId"], services())
