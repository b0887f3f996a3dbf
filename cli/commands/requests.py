"""``request``: another trailer for a film that is analysed already."""

from __future__ import annotations

import json
import re
import uuid
from typing import Annotated

import typer

from cli import console, flags, outcome, queries
from cli.errors import RefusedError, UsageError
from cli.execution import MAKE_TRAILER, Execution
from cli.following import follow
from cli.target import Deployment, Target
from cli.watching import Watch
from cli.wishes import check_wishes, wishes_of

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""With a dash and a profile's id it makes the 80 characters of an execution's name."""

RequestId = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Your own name for this request; repeated under the same name, it is done once."
    ),
]


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
    max_overlap: flags.MaxOverlap = None,
    check: flags.Check = True,
    out: flags.Out = flags.DEFAULT_OUT,
    timeout: flags.Timeout = flags.DEFAULT_TIMEOUT,
    request_id: RequestId = None,
) -> None:
    """Cut another trailer from an analysed film; nothing is analysed or paid for again."""
    target: Target = context.obj
    identity = _identity(request_id)
    said = wishes_of(context.params)
    if check:
        said = check_wishes(said)
    wanted = _profile_ids(said.pop("profile-ids", ""))
    deployment = target.connect()
    arns = [start_once(deployment, video_id, profile_id, said, identity) for profile_id in wanted]
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
        from trailer.domain.taste.profiles import load_profiles

        return sorted(load_profiles())
    if not listed:
        raise UsageError(
            "Say for which viewer: --profile NAME, or --all. `trailer profiles` lists the names."
        )
    return list(dict.fromkeys(word.strip() for word in listed.split(",") if word.strip()))


def _identity(request_id: str | None) -> str:
    if request_id is None:
        return uuid.uuid4().hex
    if not _REQUEST_ID.fullmatch(request_id):
        raise UsageError(
            f"--request-id is “{request_id[:60]}”; allowed are up to 40 letters, digits, dashes and "
            "underscores."
        )
    return request_id


def start_once(
    deployment: Deployment, video_id: str, profile_id: str, said: dict[str, str], request_id: str
) -> str:
    """Start one trailer's execution, or find the one that the same request started before.

    The request names the execution, so a start whose answer was lost makes no second
    trailer, however often it is repeated: by boto3, or by a person after a broken connection.

    Returns:
        The execution's ARN.

    Raises:
        UsageError: the name was used for another request.
    """
    stepfunctions = deployment.stepfunctions
    machine, name = deployment.outputs["MakeTrailerStateMachineArn"], f"{request_id}-{profile_id}"
    wish = {"videoId": video_id, "profileId": profile_id, "options": said}
    try:
        arn = stepfunctions.start_execution(stateMachineArn=machine, name=name, input=json.dumps(wish))[
            "executionArn"
        ]
    except stepfunctions.exceptions.ExecutionAlreadyExists:
        # A closed execution keeps its name for 90 days; so does one that runs with another input.
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        if json.loads(stepfunctions.describe_execution(executionArn=arn)["input"]) != wish:
            raise UsageError(
                f"The request {request_id} was made before with other wishes; take another name for this one."
            ) from None
    console.note(f"Asked for {profile_id}")
    return arn


def _require_published(trailers: list[queries.Record], wanted: int) -> None:
    reasons = [
        f"{trailer['profileId']}: {outcome.describe_failure(trailer)}"
        for trailer in trailers
        if trailer["status"] != "PUBLISHED"
    ]
    if len(trailers) < wanted:
        reasons.append(f"{wanted - len(trailers)} of {wanted} trailers left no record.")
    if reasons:
        raise RefusedError("\n".join(reasons))
