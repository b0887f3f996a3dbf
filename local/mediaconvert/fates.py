"""What a fault plan makes of jobs; without a plan, nothing."""

from __future__ import annotations

from local.faults.injector import injector
from local.faults.plan import Place
from local.mediaconvert.errors import JobError


def fail_if_planned() -> None:
    """End the job that begins now as ERROR if the plan says so.

    Raises:
        JobError: 1999, the unknown error of MediaConvert's guide.
    """
    faults = injector()
    if faults is not None and faults.decide(Place.RENDER):
        raise JobError(JobError.UNKNOWN, "The render failed: this failure was planned by a test.")
