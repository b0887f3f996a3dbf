"""Once a minute: what is pending starts, and what got lost is found again."""

from __future__ import annotations

from typing import Any

from trailer.errors import TrailerError
from trailer.ports import Services
from trailer.steps.job_queue import start_pending_and_tell
from trailer.steps.lost_jobs import repeat_lost_starts, settle_overdue, wake_forgotten


def reconcile_jobs(services: Services) -> dict[str, Any]:
    """Bring ledger, Rekognition and the waiting executions together.

    Raises:
        TrailerError: something could not be done; the rest was.
    """
    duties = {
        "woken": wake_forgotten,
        "repeated": repeat_lost_starts,
        "settled": settle_overdue,
        "started": start_pending_and_tell,
    }
    done: dict[str, int] = {}
    bad: TrailerError | None = None
    for name, duty in duties.items():
        try:
            done[name] = duty(services)
        except TrailerError as error:
            bad = bad or error
    if bad:
        raise bad
    return done
