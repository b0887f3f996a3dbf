"""Once a minute: what is pending starts, and what got lost is found again."""

from __future__ import annotations

from typing import Any

from trailer.ports import Services
from trailer.steps.job_queue import start_pending
from trailer.steps.lost_jobs import repeat_lost_starts, settle_overdue, wake_forgotten


def reconcile_jobs(services: Services) -> dict[str, Any]:
    """Bring ledger, Rekognition and the waiting executions together."""
    return {
        "woken": wake_forgotten(services),
        "repeated": repeat_lost_starts(services),
        "settled": settle_overdue(services),
        "started": start_pending(services),
    }
