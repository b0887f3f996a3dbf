"""``run``, ``upload`` and ``status``: from a film's file to its trailers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from cli import console, flags, outcome, queries, transfer
from cli.errors import RefusedError, UsageError
from cli.execution import ANALYSE_VIDEO, Execution
from cli.following import follow, terminal_record, wait_for_video
from cli.sample import sample_film
from cli.target import Deployment, Target
from cli.watching import Watch
from cli.wishes import check_file, check_wishes, metadata, wishes_of

Film = Annotated[Path, typer.Argument(metavar="VIDEO", help="The film's file.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Films")(run)
    app.command(rich_help_panel="Films")(upload)
    app.command(rich_help_panel="Films")(status)


def run(
    context: typer.Context,
    film: Annotated[
        Path | None,
        typer.Argument(metavar="VIDEO", help="The film's file; a sample film is made if not given."),
    ] = None,
    profile: flags.Profiles = None,
    every_profile: flags.EveryProfile = False,
    max_duration: flags.MaxDuration = None,
    language: flags.Language = None,
    output_format: flags.OutputFormat = None,
    detectors: flags.Detectors = None,
    on_detector_failure: flags.OnDetectorFailure = None,
    max_cost: flags.MaxCost = None,
    pin: flags.Pin = None,
    ban: flags.Ban = None,
    check: flags.Check = True,
    out: flags.Out = flags.DEFAULT_OUT,
    timeout: flags.Timeout = flags.DEFAULT_TIMEOUT,
) -> None:
    """Make trailers from a film, from start to finish: environment, upload, analysis, cut, download."""
    target: Target = context.obj
    said = wishes_of(context.params)
    _check(film, said, check=check)
    clock = outcome.Clock()
    if film is None:
        with clock.part("sample film"):
            film = sample_film(out)
    with clock.part("environment"), console.working("Environment") as tell:
        deployment = target.prepare(tell)
    with clock.part("upload"):
        video_id = transfer.upload(deployment, film, metadata(said))
    console.note(f"The film is {video_id}")
    execution = _follow_video(deployment, video_id, timeout)
    record = _require_completed(deployment, video_id)
    with clock.part("download"):
        trailers = queries.trailers(deployment.catalogue, video_id)
        folders = outcome.download(deployment, trailers, out)
    outcome.show_trailers(folders, trailers)
    outcome.show_rows(deployment, video_id)
    outcome.show_cost(record)
    _tell_missing(record)
    outcome.show_times(outcome.times(deployment, execution, trailers, clock))
    require_every_trailer(record)


def upload(
    context: typer.Context,
    film: Film,
    profile: flags.Profiles = None,
    every_profile: flags.EveryProfile = False,
    max_duration: flags.MaxDuration = None,
    language: flags.Language = None,
    output_format: flags.OutputFormat = None,
    detectors: flags.Detectors = None,
    on_detector_failure: flags.OnDetectorFailure = None,
    max_cost: flags.MaxCost = None,
    pin: flags.Pin = None,
    ban: flags.Ban = None,
    check: flags.Check = True,
) -> None:
    """Upload a film and print its video id; the pipeline begins by itself."""
    target: Target = context.obj
    said = wishes_of(context.params)
    _check(film, said, check=check)
    console.say(transfer.upload(target.connect(), film, metadata(said)))


def status(
    context: typer.Context,
    video_id: Annotated[
        str | None, typer.Argument(help="The film; the one that changed last if not given.")
    ] = None,
    timeout: flags.Timeout = flags.DEFAULT_TIMEOUT,
) -> None:
    """Follow a film until it is done; exits with 1 and the reason if it was refused or failed."""
    target: Target = context.obj
    deployment = target.connect()
    if video_id is None:
        latest = queries.latest_videos(deployment.catalogue, limit=1)
        if not latest:
            raise UsageError("No film was uploaded yet; `trailer upload VIDEO` uploads one.")
        video_id = str(latest[0]["videoId"])
    elif queries.video(deployment.catalogue, video_id) is None:
        raise UsageError(
            f"There is no video {video_id} in the catalogue; `trailer videos` lists what there is."
        )
    console.note(f"Following {video_id}")
    _follow_video(deployment, video_id, timeout)
    record = _require_completed(deployment, video_id)
    outcome.show_rows(deployment, video_id)
    outcome.show_cost(record)
    _tell_missing(record)
    require_every_trailer(record)


def require_every_trailer(record: queries.Record) -> None:
    """Refuse to call it a success when a profile of the film got no trailer.

    Raises:
        RefusedError: names each of them with its reason.
    """
    missing: Mapping[str, str] = record.get("missingTrailers") or {}
    if missing:
        reasons = " ".join(f"{profile}: {reason}" for profile, reason in missing.items())
        raise RefusedError(f"Not every trailer could be made. {reasons}")


def _tell_missing(record: queries.Record) -> None:
    """Say what the trailers were made without; the uploader allowed it, so it is no failure."""
    missing: Mapping[str, str] = record.get("missingDetections") or {}
    for detector, reason in missing.items():
        console.note(f"Made without {detector}: {reason}")


def _check(film: Path | None, said: dict[str, str], *, check: bool) -> None:
    if film is not None:
        check_file(film, check_content=check)
    if check:
        check_wishes(said)


def _follow_video(deployment: Deployment, video_id: str, timeout: float) -> Execution:
    with console.working("Waiting for the pipeline to begin", quiet=True):
        record = wait_for_video(deployment, video_id)
    execution = Execution(str(record["executionId"]), ANALYSE_VIDEO, video_id)
    with Watch() as watch:
        follow(deployment, execution, timeout_seconds=timeout, show=watch.show)
    return execution


def _require_completed(deployment: Deployment, video_id: str) -> queries.Record:
    record = terminal_record(deployment, video_id)
    if record["status"] != "COMPLETED":
        raise RefusedError(outcome.describe_failure(record))
    return record
