"""``request``: another trailer for a film that is analysed already."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli import console, flags, outcome, queries
from cli.errors import RefusedError, UsageError
from cli.execution import MAKE_TRAILER, Execution
from cli.following import follow
from cli.target import Deployment, Target
from cli.watching import Watch
from cli.wishes import check_wishes, wishes_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Films")(request)


def request(
    context: typer.Context,
    video_id: Annotated[str, typer.Argument(help="The film, as `trailer videos` lists it.")],
    profile: flags.Profiles = None,
    every_profile: flags.EveryProfile = False,
    max_duration: flags.MaxDuration = None,
    language: flags.Language = None,
    output_format: flags.OutputFormat = None,
    pin: flags.Pin = None,
    ban: flags.Ban = None,
    check: flags.Check = True,
    out: flags.Out = flags.DEFAULT_OUT,
    timeout: flags.Timeout = flags.DEFAULT_TIMEOUT,
) -> None:
    """Cut another trailer from an analysed film; nothing is analysed or paid for again."""
    target: Target = context.obj
    said = wishes_of(context.params)
    if check:
        said = check_wishes(said)
    wanted = _profile_ids(said.pop("profile-ids", ""))
    deployment = target.connect()
    arns = [_start(deployment, video_id, profile_id, said) for profile_id in wanted]
    for arn in arns:
        execution = Execution(arn, MAKE_TRAILER, video_id)
        with Watch() as watch:
            follow(deployment, execution, timeout_seconds=timeout, show=watch.show)
    trailers = [
        trailer
        for trailer in queries.trailers(deployment.catalogue, video_id)
        if trailer["executionId"] in arns
    ]
    outcome.show_trailers(outcome.download(deployment, trailers, out), trailers)
    _require_published(trailers, len(arns))


def _profile_ids(listed: str) -> list[str]:
    if listed == "all":
        from trailer.domain.profiles import load_profiles

        return sorted(load_profiles())
    if not listed:
        raise UsageError(
            "Say for which viewer: --profile NAME, or --all. `trailer profiles` lists the names."
        )
    return list(dict.fromkeys(word.strip() for word in listed.split(",") if word.strip()))


def _start(deployment: Deployment, video_id: str, profile_id: str, said: dict[str, str]) -> str:
    started = deployment.stepfunctions.start_execution(
        stateMachineArn=deployment.outputs["MakeTrailerStateMachineArn"],
        input=json.dumps({"videoId": video_id, "profileId": profile_id, "options": said}),
    )
    console.note(f"Asked for {profile_id}")
    return started["executionArn"]


def _require_published(trailers: list[queries.Record], wanted: int) -> None:
    reasons = [
        f"{trailer['profileId']}: {trailer['status']}: {trailer.get('reason', 'no reason was recorded')}"
        for trailer in trailers
        if trailer["status"] != "PUBLISHED"
    ]
    if len(trailers) < wanted:
        reasons.append(f"{wanted - len(trailers)} of {wanted} trailers left no record.")
    if reasons:
        raise RefusedError("\n".join(reasons))
