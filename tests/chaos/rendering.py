"""``mediaconvert:createJob.sync``: how Step Functions makes a job and hears of its end."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from local.emulator.states.errors import TASK_FAILED, StatesError
from tests.chaos.answers import AwsError
from tests.chaos.faults import Carrier, Fault
from tests.chaos.loop import Cancelled, Future, Loop
from tests.chaos.mediaconvert import MediaConvert
from tests.chaos.plan import Plan
from tests.chaos.stepfunctions import within

SDK_RETRY_SECONDS = 2.0
OWN_POLL_SECONDS = 300.0
"""How often Step Functions itself asks about a job whose event does not come: its guide gives it GetJob."""


async def render(
    loop: Loop, plan: Plan, service: MediaConvert, parameters: Mapping[str, Any], limit: float | None
) -> dict[str, Any]:
    """Make a job and wait for its event, or in the end for Step Functions' own question.

    Raises:
        StatesError: the job was refused, failed, or did not end before ``limit``; then it is cancelled.
    """
    fault = plan.fault_of_render()
    if fault is Fault.RENDER_THROTTLED:
        raise StatesError("MediaConvert.TooManyRequestsException", "Too Many Requests")
    _validate(parameters)
    try:
        job = service.create(parameters)
        if fault is Fault.RENDER_ANSWER_LOST:
            await loop.sleep(SDK_RETRY_SECONDS)
            job = service.create(parameters)
    except AwsError as error:
        raise StatesError(f"MediaConvert.{error.code}", error.message) from error
    told = Future(loop)

    def ended() -> None:
        for delay in (*plan.deliveries(Carrier.RENDERED, job.id), OWN_POLL_SECONDS):
            loop.after(delay, lambda: told.set(None))

    job.ended.then(ended)
    try:
        await within(loop, told, limit)
    except (Cancelled, StatesError):
        service.cancel(job.id)
        raise
    if job.status != "COMPLETE":
        raise StatesError(TASK_FAILED, json.dumps(job.describe()))
    return {"Job": job.describe()}


@functools.cache
def _create_job_shape() -> Any:
    model = botocore.session.get_session().get_service_model("mediaconvert")
    return model.operation_model("CreateJob").input_shape


def _validate(parameters: Mapping[str, Any]) -> None:
    """Step Functions refuses what the service's model refuses."""
    report = ParamValidator().validate(parameters, _create_job_shape())
    if report.has_errors():
        raise StatesError("States.Runtime", report.generate_report())
