"""A detection ended: settle its job, wake its execution, start the next in the queue."""

from __future__ import annotations

from trailer.errors import MalformedResponseError
from trailer.ports import Services
from trailer.steps.job_outcomes import settle_job
from trailer.steps.job_queue import start_pending
from trailer.wire.events import parse_completion


def resume_detection(body: str, services: Services) -> None:
    """Handle one completion message; a repeated one changes nothing.

    Every execution that waits for the job is woken, of whichever film.

    Raises:
        MalformedResponseError: the message is not for any job of the ledger. It
            goes back to the queue and at last to the dead letters, where it is seen.
    """
    completion = parse_completion(body)
    job = services.jobs.get(completion.job_tag)
    if job is None:
        raise MalformedResponseError(
            f"A completion came for {completion.job_tag}, which is not in the ledger."
        )
    settle_job(job, completion.job_id, succeeded=completion.succeeded, services=services)
    start_pending(services)
