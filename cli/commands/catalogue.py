"""``videos``, ``scenes``, ``trailers`` and ``profiles``: questions to the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from cli import console, flags, queries
from cli.errors import UsageError
from cli.outcome import describe_length
from cli.target import Target

_SHOWN_CONCEPTS = 6
_PLACE = ("scene", "first frame", "last frame")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (videos, scenes, trailers, profiles):
        app.command(rich_help_panel="Questions")(command)


def videos(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help=f"One of {', '.join(queries.VIDEO_STATUSES)}.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(help="Only films whose record changed since then, for example 2026-11-21."),
    ] = None,
    limit: flags.Limit = 50,
    as_json: flags.Json = False,
) -> None:
    """List films, the latest change first."""
    target: Target = context.obj
    wanted = _statuses(status)
    catalogue = target.connect().catalogue
    moment = since.astimezone() if since is not None else None
    found = [
        film for one in wanted for film in queries.videos_by_status(catalogue, one, since=moment, limit=limit)
    ]
    found.sort(key=lambda film: str(film["updatedAt"]), reverse=True)
    rows = [
        [
            film["videoId"],
            film["status"],
            _local_time(film["updatedAt"]),
            _dollars(film),
            film.get("errorClass", ""),
            film.get("reason", ""),
        ]
        for film in found[:limit]
    ]
    _answer(
        found[:limit],
        as_json,
        ["video", "status", "changed", "cost", "class", "reason"],
        rows,
        right=["cost"],
    )


def scenes(
    context: typer.Context,
    video_id: Annotated[str | None, typer.Argument(help="The film; all films if not given.")] = None,
    concept: Annotated[
        list[str] | None,
        typer.Option(
            "--concept", "-c", help="label:Car, emotion:SURPRISED, celebrity:…; several must all be there."
        ),
    ] = None,
    minimum: Annotated[float, typer.Option(min=0, max=1, help="The lowest score to list.")] = 0.0,
    limit: flags.Limit = 50,
    as_json: flags.Json = False,
) -> None:
    """List the scenes of a film, or the scenes that show something, the best first."""
    target: Target = context.obj
    if video_id is None and not concept:
        raise UsageError("Name a film, or say what to look for, for example --concept label:Car.")
    for one in concept or ():
        if ":" not in one:
            raise UsageError(f"“{one}” is no concept; write kind:name, such as label:Car or emotion:HAPPY.")
    catalogue = target.connect().catalogue
    if concept:
        found = queries.scenes_by_concepts(
            catalogue, concept, video_id=video_id, minimum=minimum, limit=limit
        )
        rows = [[f"{scene['score']:.3f}", scene["videoId"], *_place(scene)] for scene in found]
        _answer(found, as_json, ["score", "video", *_PLACE], rows, right=["score", "scene"])
        return
    found = queries.scenes(catalogue, str(video_id))
    if not found:
        raise UsageError(
            f"There are no scenes of {video_id}; `trailer videos` lists films and how far they are."
        )
    rows = [[*_place(scene), _seen_in(scene)] for scene in found[:limit]]
    _answer(found[:limit], as_json, [*_PLACE, "seen in it"], rows, right=["scene"])


def trailers(
    context: typer.Context,
    video_id: Annotated[str | None, typer.Argument(help="The film; all films if not given.")] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", "-p", help="Only trailers for this viewer.")
    ] = None,
    limit: flags.Limit = 50,
    as_json: flags.Json = False,
) -> None:
    """List the trailers of a film, or the latest ones for a viewer profile."""
    target: Target = context.obj
    if video_id is None and profile is None:
        raise UsageError("Name a film, or a viewer with --profile.")
    catalogue = target.connect().catalogue
    if video_id is not None:
        found = queries.trailers(catalogue, video_id, profile or "")[:limit]
    else:
        found = queries.trailers_by_profile(catalogue, str(profile), limit=limit)
    rows = [
        [
            trailer["videoId"],
            trailer["profileId"],
            trailer["version"],
            trailer["status"],
            describe_length(trailer) if trailer.get("frames") else trailer.get("reason", ""),
            _local_time(trailer["createdAt"]),
        ]
        for trailer in found
    ]
    _answer(found, as_json, ["video", "profile", "version", "status", "", "made"], rows, right=["version"])


def profiles(
    profile_id: Annotated[str | None, typer.Argument(help="Describe this one.")] = None,
) -> None:
    """List the viewer profiles, or describe one: what it looks for and what it avoids."""
    from cli.tastes import describe, summarise
    from trailer.domain.taste.profiles import get_profile, load_profiles

    if profile_id is not None:
        console.table(
            profile_id, ["kind", "what", "weight"], describe(get_profile(profile_id)), right=["weight"]
        )
        return
    rows = [[name, summarise(profile)] for name, profile in sorted(load_profiles().items())]
    console.table("", ["profile", "looks for"], rows)


def _statuses(status: str | None) -> Sequence[str]:
    if status is None:
        return queries.VIDEO_STATUSES
    if status.upper() not in queries.VIDEO_STATUSES:
        raise UsageError(f"There is no status {status}; there are {', '.join(queries.VIDEO_STATUSES)}.")
    return (status.upper(),)


def _answer(
    found: Sequence[Mapping[str, Any]],
    as_json: bool,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    right: Sequence[str] = (),
) -> None:
    if as_json:
        console.json_lines(found)
    elif rows:
        console.table("", columns, rows, right=right)
    else:
        console.note("Nothing was found.")


def _place(record: Mapping[str, Any]) -> list[object]:
    return [queries.scene_number(record), record["startTimecode"], record["endTimecode"]]


def _seen_in(scene: Mapping[str, Any]) -> str:
    concepts: Mapping[str, float] = scene.get("concepts", {})
    strongest = sorted(concepts, key=lambda concept: (-concepts[concept], concept))
    return ", ".join(strongest[:_SHOWN_CONCEPTS])


def _local_time(text: object) -> str:
    return datetime.fromisoformat(str(text)).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _dollars(film: Mapping[str, Any]) -> str:
    price = film.get("cost", film.get("estimatedCost"))
    return "" if price is None else f"${float(price):.2f}"
