"""Rows of the job ledger that stand still, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from cli import queries
from cli.checkup.finding import Finding, Remedy, Scope, moment, settle_jobs

if TYPE_CHECKING:
    from cli.target import Deployment

_LOOKED_AT: Final = 50


def stuck_jobs(deployment: Deployment, scope: Scope) -> Iterator[Finding]:
    """Jobs that wait, run or have ended for long without their films knowing."""
    remedy = settle_jobs(deployment)
    yield from _pending(deployment, scope, remedy)
    for row in _older(queries.jobs_by_status(deployment.jobs, "RUNNING"), "startedAt", scope):
        yield _finding(row, _why_running(deployment, row), row.get("startedAt"), remedy)
    for row in queries.unwoken_jobs(deployment.jobs):
        if (settled := moment(row.get("settledAt"))) and settled < scope.stuck_before:
            yield _finding(row, f"is {row['status']}, and its films were not told", row["settledAt"], remedy)


def _pending(deployment: Deployment, scope: Scope, remedy: Remedy) -> Iterator[Finding]:
    rows = queries.jobs_by_status(deployment.jobs, "PENDING")
    full = moment((queries.job(deployment.jobs, "queue") or {}).get("fullUntil"))
    no_slot = (
        "Rekognition has no slot free"
        if full and full > scope.stuck_before
        else "nothing was refused lately, so the tick may not run"
    )
    for place, row in enumerate(rows):
        if place >= _LOOKED_AT:
            yield Finding(
                "job", "…", "more of them wait for a slot", "", remedy=remedy, count=len(rows) - place
            )
            return
        created = moment(row["createdAt"])
        if created is None or created >= scope.stuck_before:
            continue
        why = f"waits, {place} before it; {no_slot}" if _is_wanted(deployment, row) else "nobody waits for it"
        yield _finding(row, why, row["createdAt"], remedy)


def _is_wanted(deployment: Deployment, row: queries.Record) -> bool:
    films = (queries.video(deployment.catalogue, video_id) for video_id in row.get("waiting", {}))
    return any(film is not None and film["status"] not in queries.TERMINAL_STATUSES for film in films)


def _why_running(deployment: Deployment, row: queries.Record) -> str:
    """What Rekognition says about a job that the ledger calls running."""
    from botocore.exceptions import ClientError

    from trailer.wire.detectors import DETECTORS, call_name

    if not row.get("jobId"):
        return "the answer to its start was lost"
    get: Any = getattr(deployment.rekognition, call_name("get", DETECTORS[row["detector"]]))
    try:
        status = get(JobId=row["jobId"], MaxResults=1)["JobStatus"]
    except ClientError as error:
        return f"Rekognition was asked about it and said {error.response['Error']['Code']}"
    if status == "IN_PROGRESS":
        return "Rekognition still works on it"
    return f"Rekognition ended it ({status}), and the message was lost"


def _older(rows: list[queries.Record], attribute: str, scope: Scope) -> Iterator[queries.Record]:
    old = (row for row in rows if _is_old(moment(row.get(attribute) or row["createdAt"]), scope))
    return islice(old, _LOOKED_AT)


def _is_old(when: datetime | None, scope: Scope) -> bool:
    return when is not None and when < scope.stuck_before


def _finding(row: queries.Record, why: str, since: object, remedy: Remedy) -> Finding:
    return Finding(
        kind="job",
        subject=str(row["videoId"]),
        why=f"{row['detector']} {why}",
        advice="The tick settles it within a minute; --fix lets it tick now. "
        "If slots are short for long, ask for a higher quota (L-A6079699).",
        since=moment(since),
        remedy=remedy,
    )
