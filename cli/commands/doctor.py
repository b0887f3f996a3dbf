"""``doctor``: what is stuck, failed or lost, and what helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console, flags
from cli.errors import EXIT_FAILED
from cli.target import Target

if TYPE_CHECKING:
    from cli.checkup.finding import Finding, Remedy, Scope
    from cli.target import Deployment

_COLUMNS = ("trouble", "number", "since", "about", "why", "what to do", "fix")
_COLUMNS_ON_A_SCREEN = ("trouble", "about", "why", "what to do")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Environment")(doctor)


def doctor(
    context: typer.Context,
    fix: Annotated[
        bool, typer.Option("--fix", help="After showing it, do what is safe: it costs nothing done twice.")
    ] = False,
    discard: Annotated[
        bool, typer.Option("--discard", help="With --fix, delete dead letters that nobody can use.")
    ] = False,
    patience: Annotated[
        float, typer.Option(metavar="MINUTES", min=0, help="What has not moved for so long is stuck.")
    ] = 60,
    days: Annotated[float, typer.Option(min=0, help="Failures that are older are not told.")] = 1,
    as_json: flags.Json = False,
) -> None:
    """List stuck, failed and dead-lettered work with what helps; exits with 1 if any is ours to mend."""
    from cli.checkup.finding import Scope

    target: Target = context.obj
    deployment = target.connect()
    now = datetime.now(UTC)
    scope = Scope(now, now - timedelta(minutes=patience), now - timedelta(days=days))
    with console.working("Looking", quiet=True) as tell:
        findings = list(_look(deployment, scope, tell))
    _show(findings, as_json=as_json)
    open_ends = [finding for finding in findings if finding.alarming]
    if fix:
        mended = _mend(findings, discard=discard)
        open_ends = [
            finding for finding in open_ends if not finding.remedy or finding.remedy.name not in mended
        ]
    if open_ends:
        raise typer.Exit(EXIT_FAILED)


def _look(deployment: Deployment, scope: Scope, tell: console.Tell) -> Iterator[Finding]:
    from cli.checkup import films, jobs, letters, uploads

    tell("dead letters")
    yield from letters.dead_letters(deployment)
    tell("uploads")
    yield from uploads.unseen_uploads(deployment, scope)
    tell("films that stand still")
    yield from films.stuck_films(deployment, scope)
    tell("executions")
    yield from films.open_executions(deployment, scope)
    tell("detection jobs")
    yield from jobs.stuck_jobs(deployment, scope)
    tell("failures")
    yield from films.failed_films(deployment, scope)
    yield from films.missing_trailers(deployment, scope)


def _show(findings: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        console.json_lines(finding.as_record() for finding in findings)
    elif findings and console.out().is_terminal:
        console.table("", _COLUMNS_ON_A_SCREEN, [_row_on_a_screen(finding) for finding in findings])
    elif findings:
        console.table("", _COLUMNS, [_row(finding) for finding in findings])
    else:
        console.say("All is well: nothing is stuck, failed or dead-lettered.")


def _row(finding: Finding) -> list[object]:
    offered = finding.remedy.name if finding.remedy else ""
    about = (finding.count, _since(finding), finding.subject)
    return [finding.kind, *about, finding.why, finding.advice, offered]


def _row_on_a_screen(finding: Finding) -> list[object]:
    """The same in fewer and wider columns."""
    number = f" × {finding.count}" if finding.count > 1 else ""
    since = f"\nsince {_since(finding)}" if finding.since else ""
    offered = f"\n[--fix: {finding.remedy.name}]" if finding.remedy else ""
    return [f"{finding.kind}{number}{since}", finding.subject, finding.why, f"{finding.advice}{offered}"]


def _since(finding: Finding) -> str:
    return finding.since.astimezone().strftime("%m-%d %H:%M") if finding.since else ""


def _mend(findings: Sequence[Finding], *, discard: bool) -> set[str]:
    """Apply each remedy once; returns the names of those that worked."""
    from cli.checkup.finding import RemedyError

    remedies: dict[str, Remedy] = {
        finding.remedy.name: finding.remedy
        for finding in findings
        if finding.remedy and (discard or not finding.remedy.discards)
    }
    mended = set()
    for name, remedy in remedies.items():
        try:
            console.note(f"{name}: {remedy.apply()}")
        except RemedyError as error:
            console.note(f"{name}: {error}")
        else:
            mended.add(name)
    if not remedies:
        console.note("Nothing of it can be mended from here.")
    return mended
