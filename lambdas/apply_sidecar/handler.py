"""Options that were laid beside a film, before or after the film itself."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.apply_sidecar import apply_sidecar


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Let a sidecar count for a film that is registered already; safe to run twice and in any order."""
    return apply_sidecar(event, services())
