"""The unhappy end: a terminal record with a reason, whatever happened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trailer.domain.reasons import REQUEST_AGAIN, UPLOAD_AGAIN, explain
from trailer.domain.work.upload import video_id as identify
from trailer.ports import Services
from trailer.steps.plan_trailer import claim_version
from trailer.steps.spending import correct_cost, cost_attributes, spent
from trailer.wire.catalogue import VIDEO, new_video, trailer_record
from trailer.wire.events import parse_failure, parse_object_created

_TOLD = ("status", "error", "errorClass", "reason", "action", "updatedAt")


def record_failure(
    workflow: str,
    execution_input: Mapping[str, Any] | str,
    execution_id: str,
    error: Mapping[str, Any],
    services: Services,
) -> dict[str, Any]:
    """Write REJECTED or FAILED on the film's or the trailer's record, and tell people.

    The first outcome of an execution stays, and the record of another execution is not
    touched: an event about the end of an execution may come late, twice, or for a
    duplicate that never had the claim.

    Args:
        workflow: the state machine that failed, ``AnalyseVideo`` or ``MakeTrailer``.
        execution_input: what the execution was started with, as JSON text or parsed; the only
            thing that is there whatever state failed.
        execution_id: ARN of the execution.
        error: ``Error`` and ``Cause`` as the Catch got them.
        services: everything outside.

    Returns:
        ``error`` and ``reason`` for the Fail state.
    """
    failure = parse_failure(error)
    again, find = (
        (REQUEST_AGAIN, _claimed_trailer) if workflow == "MakeTrailer" else (UPLOAD_AGAIN, _claimed_video)
    )
    reason = explain(failure.name, failure.message, again=again)
    outcome: dict[str, Any] = {
        "status": "REJECTED" if reason.rejected else "FAILED",
        "error": failure.name,
        "errorClass": str(reason.error_class),
        "reason": reason.sentence,
        "action": reason.action,
    }
    given = json.loads(execution_input) if isinstance(execution_input, str) else execution_input
    video, record, subject = find(given, execution_id, services)
    current = services.catalogue.get(video, record) or {}
    if current.get("executionId") == execution_id:
        outcome["updatedAt"] = services.clock.now().isoformat()
        if record == VIDEO:
            outcome |= cost_attributes(spent(current, services))
        if services.catalogue.update_open(video, record, outcome):
            current |= outcome
        else:
            # Somebody else wrote the end first, or the answer to our own writing was lost.
            current = services.catalogue.get(video, record) or {}
        correct_cost(video, services)
        _announce(video, record, subject, current, services)
    return {"error": failure.name, "reason": reason.sentence, "status": outcome["status"]}


def _announce(video: str, record: str, subject: str, current: Mapping[str, Any], services: Services) -> None:
    """Tell people, once: a repetition after the record was written and before people were told does it."""
    if current.get("status") not in ("REJECTED", "FAILED") or current.get("announced"):
        return
    told = {name: current[name] for name in _TOLD if name in current}
    services.notifier.notify(
        f"{current['status']}: {subject}", {"videoId": video, "subject": subject, **told}
    )
    services.catalogue.update(video, record, {"announced": True})


def _claimed_video(event: Mapping[str, Any], execution_id: str, services: Services) -> tuple[str, str, str]:
    """The film's record; made now when RegisterVideo failed before its claim."""
    source, size = parse_object_created(event)
    identity = identify(source)
    if services.catalogue.get(identity, VIDEO) is None:
        services.catalogue.claim(
            new_video(source, size=size, execution_id=execution_id, now=services.clock.now())
        )
    return identity, VIDEO, source.name


def _claimed_trailer(wish: Mapping[str, Any], execution_id: str, services: Services) -> tuple[str, str, str]:
    """The trailer's record; made now when PlanTrailer failed before its claim."""
    video, profile = str(wish["videoId"]), str(wish["profileId"])
    version = claim_version(video, profile, execution_id, services)
    return video, trailer_record(profile, version), f"{profile} trailer of {video}"
