"""The minute tick that keeps the job queue honest."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.reconcile_jobs import reconcile_jobs


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Start what is pending and settle what ended without a message; safe to run at any time."""
    return reconcile_jobs(services())
