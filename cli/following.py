"""Following an execution: which part of the work is where, read from Step Functions and the catalogue.

The state machine's history says which state it is in; the job ledger and the
catalogue say how each detector and each trailer is getting on, with the same
words here and in the account's own consoles.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cli import queries
from cli.errors import NotFinishedError
from cli.execution import Execution, Part, Progress, apply_event, close

if TYPE_CHECKING:
    from cli.target import Deployment

_SETTLING_SECONDS: Final = 10
"""How long the terminal record may lag behind the end of its execution."""


_INSIDE_SECONDS: Final = 0.5
"""Between two looks at what is inside a state."""


_EVENTS_A_PAGE: Final = 20
"""More than come between two looks; a look that missed some turns the page."""


def wait_for_video(deployment: Deployment, video_id: str) -> queries.Record:
    """Wait until an upload shows up in the catalogue with the execution that works on it.

    Raises:
        NotFinishedError: it didn't within the deployment's patience.
    """
    deadline = time.monotonic() + deployment.patience_seconds
    while True:
        record = queries.video(deployment.catalogue, video_id)
        if record is not None and record.get("executionId"):
            return record
        if time.monotonic() > deadline:
            raise NotFinishedError(
                f"The upload arrived, but no execution began within {deployment.patience_seconds:.0f} s. "
                "Look at the EventBridge rule and at the executions of "
                f"{deployment.outputs['AnalyseVideoStateMachineArn']}; "
                f"the film would be {video_id}."
            )
        time.sleep(deployment.poll_seconds)


def follow(
    deployment: Deployment,
    execution: Execution,
    *,
    timeout_seconds: float,
    show: Callable[[Execution], None],
) -> None:
    """Look at an execution until it ends, and show it after each look.

    Raises:
        NotFinishedError: it is still running after the timeout; it goes on by itself.
    """
    deadline = time.monotonic() + timeout_seconds
    while True:
        refresh(deployment, execution)
        show(execution)
        if not execution.running:
            return
        if time.monotonic() > deadline:
            raise NotFinishedError(
                f"After {timeout_seconds:.0f} s the work is still at {execution.current}. "
                f"It goes on by itself; `trailer status {execution.video_id}` follows it again."
            )
        time.sleep(deployment.poll_seconds)


def refresh(deployment: Deployment, execution: Execution) -> None:
    """Look at an execution once."""
    # The description first: if it says that the execution ended, the history after it is whole.
    described = deployment.stepfunctions.describe_execution(executionArn=execution.arn)
    for event in _new_events(deployment, execution):
        apply_event(execution, event)
    if described["status"] != "RUNNING" or time.monotonic() >= execution.look_inside_at:
        _look_inside(deployment, execution)
    execution.began, execution.ended = described["startDate"], described.get("stopDate")
    execution.error, execution.cause = described.get("error", ""), described.get("cause", "")
    output = json.loads(described.get("output") or "{}")
    execution.output = output if isinstance(output, dict) else {}
    execution.status = described["status"]
    if not execution.running:
        close(execution)


def _look_inside(deployment: Deployment, execution: Execution) -> None:
    """Read how detectors and trailers are getting on: several reads for each, so not at every look."""
    execution.look_inside_at = time.monotonic() + _INSIDE_SECONDS
    if execution.video_id and "Detect" in execution.parts:
        _refresh_detectors(deployment, execution)
    if execution.video_id and "CutTrailers" in execution.parts:
        _refresh_trailers(deployment, execution)


def terminal_record(deployment: Deployment, video_id: str) -> queries.Record:
    """Return the record of a film whose execution ended.

    Raises:
        NotFinishedError: the execution ended and left no terminal record, which is a defect to report.
    """
    deadline = time.monotonic() + _SETTLING_SECONDS
    while True:
        record = queries.video(deployment.catalogue, video_id)
        if record is not None and record["status"] in queries.TERMINAL_STATUSES:
            return record
        if time.monotonic() > deadline:
            status = record["status"] if record else "absent"
            raise NotFinishedError(
                f"The execution ended, yet the record of {video_id} is {status}, not final."
            )
        time.sleep(deployment.poll_seconds)


def _new_events(deployment: Deployment, execution: Execution) -> list[Mapping[str, Any]]:
    """Read the events after the last one seen, in order; the newest page first, so that a look is short."""
    fresh: list[Mapping[str, Any]] = []
    token: dict[str, Any] = {}
    while True:
        page = deployment.stepfunctions.get_execution_history(
            executionArn=execution.arn,
            reverseOrder=True,
            maxResults=_EVENTS_A_PAGE,
            includeExecutionData=False,
            **token,
        )
        unseen = [event for event in page["events"] if event["id"] > execution.last_event]
        fresh += unseen
        if len(unseen) < len(page["events"]) or not page.get("nextToken"):
            break
        token = {"nextToken": page["nextToken"]}
    fresh.reverse()
    if fresh:
        execution.last_event = fresh[-1]["id"]
    return fresh


_JOB_PROGRESS: Final = {"DONE": Progress.DONE, "FAILED": Progress.FAILED}
_TRAILER_PROGRESS: Final = {
    "PUBLISHED": Progress.DONE,
    "FAILED": Progress.FAILED,
    "REJECTED": Progress.FAILED,
}


def _refresh_detectors(deployment: Deployment, execution: Execution) -> None:
    if _settled(execution, "Detect"):
        return
    film = queries.video(deployment.catalogue, execution.video_id) or {}
    for row in queries.jobs_of_video(deployment.jobs, film):
        _set_inside(execution, _detector(execution.video_id, row))


def _detector(video_id: str, row: queries.Record) -> Part:
    """A detector as its job says; a job that another film with equal bytes paid for took this one no time."""
    progress = _JOB_PROGRESS.get(row["status"], Progress.RUNNING)
    waits = "waits for a Rekognition slot" if row["status"] == "PENDING" else ""
    payer = str(row.get("videoId", video_id))
    if payer != video_id and progress is Progress.DONE:
        return Part(row["detector"], progress, inside="Detect", detail=f"reused from {payer}")
    began, ended = _moment(row["createdAt"]), _moment(row["updatedAt"])
    return Part(
        row["detector"],
        progress,
        began,
        None if progress is Progress.RUNNING else ended,
        inside="Detect",
        detail=str(row.get("reason") or waits),
    )


def _refresh_trailers(deployment: Deployment, execution: Execution) -> None:
    if _settled(execution, "CutTrailers"):
        return
    for row in queries.trailers(deployment.catalogue, execution.video_id):
        progress = _TRAILER_PROGRESS.get(row["status"], Progress.RUNNING)
        ended = None if progress is Progress.RUNNING else _moment(row.get("updatedAt"))
        _set_inside(
            execution,
            Part(
                row["profileId"],
                progress,
                _moment(row.get("createdAt")),
                ended,
                inside="CutTrailers",
                detail=str(row.get("reason") or "") if progress is not Progress.RUNNING else "rendering",
            ),
        )


def _settled(execution: Execution, state: str) -> bool:
    """Whether a state is over and everything inside it was seen to be over too."""
    inside = [part for part in execution.parts.values() if part.inside == state]
    over = execution.parts[state].progress is not Progress.RUNNING
    return over and bool(inside) and all(part.progress is not Progress.RUNNING for part in inside)


def _set_inside(execution: Execution, part: Part) -> None:
    known = execution.parts.get(f"{part.inside}/{part.name}")
    if known is not None and part.progress is not Progress.RUNNING and part.ended is None:
        part.ended = known.ended or datetime.now(UTC)
    execution.parts[f"{part.inside}/{part.name}"] = part


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def spans(deployment: Deployment, arns: Iterable[str], state: str) -> list[tuple[datetime, datetime]]:
    """When a state ran in each of several executions that have ended."""
    found = []
    for arn in arns:
        execution = Execution(arn, (state,))
        refresh(deployment, execution)
        part = execution.parts.get(state)
        if part is not None and part.began is not None and part.ended is not None:
            found.append((part.began, part.ended))
    return found
