"""The plans that are to be judged, with their film: from files or from a deployment."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cli import queries
from cli.errors import UsageError

if TYPE_CHECKING:
    from cli.target import Deployment
    from trailer.domain.film.analysis import Analysis
    from trailer.domain.planning.plan import TrailerPlan

ANALYSIS_FILE: Final = "analysis.json.gz"


@dataclass(frozen=True)
class Exhibit:
    """One plan before the judge."""

    analysis: Analysis
    plan: TrailerPlan
    others: dict[str, TrailerPlan] = field(default_factory=dict)
    """Trailers of the same film and length for other profiles, by profile id."""
    earlier: tuple[TrailerPlan, ...] = ()
    """Trailers of the same film for the same profile that were there before it."""
    record: queries.Record | None = None
    """The catalogue's record of the trailer; None for a plan that lies on disk."""


def from_file(
    plan_file: Path, analysis_file: Path | None, connect: Callable[[], Deployment]
) -> list[Exhibit]:
    """A plan on disk, with its analysis from disk or, where there is none, from the deployment.

    Plans of other profiles that lie in neighbouring folders, as ``trailer run`` leaves them, are
    compared with it.
    """
    plan = _plan(_read(plan_file), str(plan_file))
    found = [plan_file.with_name(ANALYSIS_FILE), plan_file.parent.parent / ANALYSIS_FILE]
    local = analysis_file or next((file for file in found if file.is_file()), None)
    if local is not None:
        analysis = _analysis(_read(local), str(local))
    else:
        analysis = _stored_analysis(connect(), plan.video_id)
    if analysis.video_id != plan.video_id:
        raise UsageError(f"The plan is of {plan.video_id}, the analysis of {analysis.video_id}.")
    neighbours = [
        _plan(_read(file), str(file))
        for file in sorted(plan_file.parent.parent.glob(f"*/{plan_file.name}"))
        if file.resolve() != plan_file.resolve()
    ]
    return [Exhibit(analysis, plan, comparable(plan, neighbours))]


def from_deployment(deployment: Deployment, video_id: str, profile_id: str | None) -> list[Exhibit]:
    """The latest trailer of each profile of a film, or of one profile."""
    latest: dict[str, queries.Record] = {}
    known = [one for one in queries.trailers(deployment.catalogue, video_id) if one.get("planKey")]
    for trailer in known:
        latest[trailer["profileId"]] = trailer
    if not latest or (profile_id is not None and profile_id not in latest):
        wanted = f" for {profile_id}" if latest else ""
        raise UsageError(
            f"There is no file {video_id}, and no trailer of a film {video_id}{wanted}; "
            "`trailer trailers` lists trailers."
        )
    plans = {
        name: _plan(_fetch(deployment, trailer["planKey"]), trailer["planKey"])
        for name, trailer in sorted(latest.items())
    }
    analysis = _stored_analysis(deployment, video_id)
    chosen = [profile_id] if profile_id is not None else list(plans)
    return [
        Exhibit(
            analysis,
            plans[name],
            comparable(plans[name], list(plans.values())),
            tuple(
                _plan(_fetch(deployment, one["planKey"]), one["planKey"])
                for one in before(latest[name], known)
            ),
            latest[name],
        )
        for name in chosen
    ]


def before(trailer: queries.Record, known: list[queries.Record]) -> list[queries.Record]:
    """The records of the trailers that this one was to differ from."""
    numbers = {int(number) for number in trailer.get("earlierVersions", ())}
    return [
        one for one in known if one["profileId"] == trailer["profileId"] and int(one["version"]) in numbers
    ]


def comparable(plan: TrailerPlan, candidates: list[TrailerPlan]) -> dict[str, TrailerPlan]:
    """Trailers of the same film, with the same limit, for other profiles."""
    return {
        other.profile_id: other
        for other in candidates
        if (other.video_id, other.max_frames) == (plan.video_id, plan.max_frames)
        and other.profile_id != plan.profile_id
    }


def _read(file: Path) -> Any:
    try:
        return _decode(file.read_bytes())
    except FileNotFoundError:
        raise UsageError(f"There is no file {file}.") from None
    except (OSError, ValueError, EOFError):
        raise UsageError(f"{file} is not readable as JSON.") from None


def _decode(body: bytes) -> Any:
    return json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


def _fetch(deployment: Deployment, key: str) -> Any:
    return _decode(deployment.s3.get_object(Bucket=deployment.results_bucket, Key=key)["Body"].read())


def _stored_analysis(deployment: Deployment, video_id: str) -> Analysis:
    from trailer.wire import keys

    key = keys.analysis(video_id)
    return _analysis(_fetch(deployment, key), key)


def _plan(value: Any, name: str) -> TrailerPlan:
    from trailer.wire.plan import load_plan

    try:
        return load_plan(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{name} is no trailer plan of this version.") from error


def _analysis(value: Any, name: str) -> Analysis:
    from trailer.wire.analysis import load_analysis

    try:
        return load_analysis(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{name} is no analysis of this version.") from error
