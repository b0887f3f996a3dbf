"""Once a minute: what is pending starts, and what ended without a message is settled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from trailer.ports import Services
from trailer.steps.job_queue import settle_job, start_pending

_PATIENCE = timedelta(minutes=5)
"""How long a job may run before Rekognition is asked; its message normally is much faster."""
_ASKED_AT_ONCE = 25
"""Get calls are limited to 5 a second in most regions, and the tick comes again in a minute."""


def reconcile_jobs(services: Services) -> dict[str, Any]:
    """Bring ledger and Rekognition together."""
    settled = 0
    overdue = services.jobs.running(created_before=services.clock.now() - _PATIENCE, limit=_ASKED_AT_ONCE)
    for job in overdue:
        if job.job_id is None:
            continue
        status, _ = services.detections.status(job.detector, job.job_id)
        if status != "IN_PROGRESS":
            settle_job(job, job.job_id, succeeded=status == "SUCCEEDED", services=services)
            settled += 1
    return {"settled": settled, "started": start_pending(services)}
