"""Films and executions that stand still, films that failed, trailers that are missing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from cli import queries
from cli.checkup.boxes import film_of_execution
from cli.checkup.finding import Finding, Remedy, Scope, close_records, moment, settle_jobs
from cli.execution import ANALYSE_VIDEO, Execution, Progress
from cli.following import refresh

if TYPE_CHECKING:
    from cli.target import Deployment

_LOOKED_AT: Final = 50
_LISTED_EXECUTIONS: Final = 1000
_NAMED: Final = 3
"""Films that are named of a group."""
UPLOADER: Final = frozenset({"file", "options"})
"""Classes of errors that only the uploader can mend."""


def stuck_films(deployment: Deployment, scope: Scope) -> Iterator[Finding]:
    """Films without an end that have not moved for long."""
    looked_at = 0
    for status in queries.OPEN_STATUSES:
        for film in queries.unchanged_since(deployment.catalogue, status, scope.stuck_before):
            looked_at += 1
            if looked_at > _LOOKED_AT:
                yield Finding(
                    "stuck film", "…", f"more than {_LOOKED_AT} stand still; others not looked at", ""
                )
                return
            yield _stuck(deployment, film)


def _stuck(deployment: Deployment, film: queries.Record) -> Finding:
    arn, since = str(film["executionId"]), moment(film["updatedAt"])
    status = _status_of(deployment, arn)
    subject = str(film["videoId"])
    if film["record"] != "VIDEO":
        subject = f"{subject} {film['profileId']}"
    if status != "RUNNING":
        why = f"the record is {film['status']}, but its execution is {status}"
        advice = "The tick closes it within a minute or two; --fix lets it tick now."
        return Finding("stuck film", subject, why, advice, since, close_records(deployment))
    if film["record"] != "VIDEO":
        return Finding("stuck film", subject, "its trailer is still being made", f"Look at {arn}.", since)
    execution = Execution(arn, ANALYSE_VIDEO, str(film["videoId"]))
    refresh(deployment, execution)
    remedy = settle_jobs(deployment) if "Detect" in execution.current else None
    return Finding("stuck film", subject, _where(execution), f"Look at {arn}.", since, remedy)


def _where(execution: Execution) -> str:
    """``in Detect for 63 min: labels waits for a Rekognition slot``."""
    part = execution.parts.get(execution.current)
    minutes = f" for {part.seconds / 60:.0f} min" if part else ""
    inside = [
        f"{inner.name} {inner.detail or inner.progress}"
        for inner in execution.parts.values()
        if inner.inside == execution.current and inner.progress is Progress.RUNNING
    ]
    return f"in {execution.current}{minutes}" + (f": {', '.join(inside)}" if inside else "")


def _status_of(deployment: Deployment, arn: str) -> str:
    stepfunctions = deployment.stepfunctions
    try:
        return str(stepfunctions.describe_execution(executionArn=arn)["status"])
    except stepfunctions.exceptions.ExecutionDoesNotExist:
        return "unknown to Step Functions"


def open_executions(deployment: Deployment, scope: Scope) -> Iterator[Finding]:
    """Executions that run for long although no record waits for them."""
    wanted = {
        str(record["executionId"])
        for status in queries.OPEN_STATUSES
        for record in queries.unchanged_since(deployment.catalogue, status, scope.now)
    }
    for machine in ("AnalyseVideoStateMachineArn", "MakeTrailerStateMachineArn"):
        pages = deployment.stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=deployment.outputs[machine],
            statusFilter="RUNNING",
            PaginationConfig={"MaxItems": _LISTED_EXECUTIONS},
        )
        for listed in (entry for page in pages for entry in page["executions"]):
            arn = listed["executionArn"]
            if listed["startDate"] < scope.stuck_before and arn not in wanted:
                yield Finding(
                    "open execution",
                    film_of_execution(deployment, arn) or arn,
                    "it runs, and no open record is its own",
                    f"Nobody needs it: {arn}.",
                    listed["startDate"],
                    _stop(deployment, arn),
                )


def _stop(deployment: Deployment, arn: str) -> Remedy:
    def apply() -> str:
        deployment.stepfunctions.stop_execution(
            executionArn=arn, error="ABORTED", cause="No record waits for it (trailer doctor)."
        )
        return f"Stopped {arn}."

    return Remedy(f"stop {arn}", apply)


def failed_films(deployment: Deployment, scope: Scope) -> Iterator[Finding]:
    """Films that were refused or failed, by whose matter it is and the error."""
    groups: dict[tuple[str, str], list[queries.Record]] = defaultdict(list)
    for status in ("FAILED", "REJECTED"):
        for film in queries.videos_by_status(deployment.catalogue, status, since=scope.failed_since):
            groups[str(film.get("errorClass", "unknown")), str(film.get("error", ""))].append(film)
    for (error_class, error), films in sorted(groups.items()):
        names = ", ".join(str(film["videoId"]) for film in films[:_NAMED])
        latest = films[0]
        yield Finding(
            kind=f"failed: {error_class}",
            subject=names + (f" and {len(films) - _NAMED} more" if len(films) > _NAMED else ""),
            why=_why(films),
            advice=str(latest.get("action", "")),
            since=moment(films[-1]["updatedAt"]),
            remedy=_go_on(deployment, films) if error == "TIMED_OUT" else None,
            count=len(films),
            alarming=error_class not in UPLOADER,
        )


def _why(films: list[queries.Record]) -> str:
    """The latest reason, and whether it is that of all."""
    reasons = [str(film.get("reason", "no reason was recorded")) for film in films]
    others = sum(reason != reasons[0] for reason in reasons)
    return reasons[0] + (f" (Other words for {others} of them: `trailer videos`.)" if others else "")


def _go_on(deployment: Deployment, films: list[queries.Record]) -> Remedy:
    """Take executions up where the time-out of the whole cut them off; others would fail again at once."""

    def apply() -> str:
        stepfunctions, redriven = deployment.stepfunctions, 0
        for film in films:
            try:
                stepfunctions.redrive_execution(executionArn=str(film["executionId"]))
                redriven += 1
            except (
                stepfunctions.exceptions.ExecutionNotRedrivable,
                stepfunctions.exceptions.ExecutionDoesNotExist,
            ):
                # It runs again already, or ended more than 14 days ago.
                continue
        return f"Took up {redriven} of {len(films)} executions where they ran out of time."

    return Remedy("redrive executions that ran out of time", apply)


def missing_trailers(deployment: Deployment, scope: Scope) -> Iterator[Finding]:
    """Trailers that failed, of films that have others or are done."""
    for status in ("FAILED", "REJECTED"):
        for trailer in queries.trailers_by_status(deployment.catalogue, status, since=scope.failed_since):
            film = queries.video(deployment.catalogue, str(trailer["videoId"]))
            later = queries.trailers(deployment.catalogue, str(trailer["videoId"]), str(trailer["profileId"]))
            if film is None or film["status"] != "COMPLETED" or later[-1]["record"] != trailer["record"]:
                continue
            error_class = str(trailer.get("errorClass", "unknown"))
            yield Finding(
                kind="missing trailer",
                subject=f"{trailer['videoId']} {trailer['profileId']}",
                why=f"{error_class}: {trailer.get('reason', 'no reason was recorded')}",
                advice=str(trailer.get("action", "")),
                since=moment(trailer["updatedAt"]),
                remedy=_make_again(deployment, trailer) if error_class == "busy" else None,
                alarming=error_class not in UPLOADER,
            )


def _make_again(deployment: Deployment, trailer: queries.Record) -> Remedy:
    """Start the same execution once more. Its name comes from the trailer, so it is never started twice."""
    subject = f"{trailer['videoId']} {trailer['profileId']}"

    def apply() -> str:
        stepfunctions = deployment.stepfunctions
        before: Any = stepfunctions.describe_execution(executionArn=str(trailer["executionId"]))
        identity = hashlib.sha256(f"{trailer['videoId']}/{trailer['record']}".encode()).hexdigest()[:32]
        try:
            stepfunctions.start_execution(
                stateMachineArn=deployment.outputs["MakeTrailerStateMachineArn"],
                name=f"again-{identity}",
                input=before["input"],
            )
        except stepfunctions.exceptions.ExecutionAlreadyExists:
            return f"{subject} is being made again already."
        return f"Began to make {subject} once more."

    return Remedy(f"make {subject} again", apply)
