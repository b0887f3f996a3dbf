"""What came of a film: files, rows, price and times, for a person to read."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cli import console, queries
from cli.execution import Execution, covered_seconds
from cli.following import spans
from cli.transfer import download_trailer

if TYPE_CHECKING:
    from cli.target import Deployment

MATTERS: Final = {
    "file": "the film's matter",
    "options": "a matter of the options",
    "permission": "a permission or a key of the deployment",
    "busy": "AWS had no room or failed for a moment",
    "bug": "on our side",
}
"""Classes of errors in words."""

_KINDS: Final = {
    "VIDEO": "film",
    "SCENE": "scenes",
    "SHOT": "shots",
    "CONCEPT": "concepts",
    "TRAILER": "trailers",
}


@dataclass
class Clock:
    """How long the parts of a command took, in seconds."""

    parts: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure one part."""
        begun = time.monotonic()
        yield
        self.parts[name] = time.monotonic() - begun


def folder_of(trailer: Mapping[str, Any]) -> str:
    """The folder of a trailer in the results bucket, with its final slash."""
    return str(trailer["planKey"]).rsplit("/", 1)[0] + "/"


def download(deployment: Deployment, trailers: Sequence[queries.Record], out: Path) -> dict[str, Path]:
    """Download published trailers to ``out/<video id>/<profile>/``; returns the folders by sort key.

    A later version of a profile's trailer replaces the earlier one there.
    """
    folders = {}
    for trailer in trailers:
        if trailer["status"] != "PUBLISHED":
            continue
        folder = out / str(trailer["videoId"]) / str(trailer["profileId"])
        download_trailer(deployment, folder_of(trailer), folder)
        folders[str(trailer["record"])] = folder
    return folders


def show_trailers(folders: Mapping[str, Path], trailers: Sequence[queries.Record]) -> None:
    """Print for each trailer its measure and the paths of the film and of the page that explains it."""
    for trailer in trailers:
        folder = folders.get(str(trailer["record"]))
        if folder is None:
            console.say(f"{trailer['profileId']}: {describe_failure(trailer)}")
            continue
        console.say(f"{trailer['profileId']}: {describe_length(trailer)}")
        for path in _playable(trailer, folder):
            console.say(f"  trailer  {path}")
        console.say(f"  why      {folder / 'report.html'}")


def describe_failure(record: Mapping[str, Any]) -> str:
    """Why a film or trailer was not made, whose matter it is and what to do, as far as its record says."""
    lines = [f"{record['status']}: {record.get('reason', 'no reason was recorded')}"]
    if record.get("errorClass"):
        lines.append(f"Class: {record['errorClass']} ({MATTERS.get(record['errorClass'], 'unknown here')})")
    if record.get("action"):
        lines.append(f"What to do: {record['action']}")
    return "\n".join(lines)


def describe_length(trailer: Mapping[str, Any]) -> str:
    """A trailer's length against its limit, in frames and seconds."""
    return (
        f"{trailer['frames']} of at most {trailer['maxFrames']} frames "
        f"({float(trailer['durationSeconds']):.2f} of {float(trailer['maxDurationSeconds']):g} s), "
        + _count(trailer, "clip")
    )


def _playable(trailer: Mapping[str, Any], folder: Path) -> list[Path]:
    prefix = folder_of(trailer)
    names = [str(key).removeprefix(prefix) for key in trailer["files"]]
    return [folder / name for name in names if name.endswith((".mp4", "trailer.m3u8"))]


def show_rows(deployment: Deployment, video_id: str) -> None:
    """Print what the catalogue holds about a film: how many records of each kind, and the trailers."""
    found = queries.records(deployment.catalogue, video_id)
    counts: dict[str, int] = {}
    for record in found:
        kind = str(record["record"]).partition("#")[0]
        counts[kind] = counts.get(kind, 0) + 1
    rows = []
    for record in found:
        if record["record"] == "VIDEO" or str(record["record"]).startswith("TRAILER#"):
            rows.append([record["record"], record["status"], _row_detail(record)])
    rows += [
        [f"{kind}#…", "", f"{counts[kind]} {name}"]
        for kind, name in _KINDS.items()
        if counts.get(kind) and kind not in ("VIDEO", "TRAILER")
    ]
    console.table(f"DynamoDB: {len(found)} records of {video_id}", ["record", "status", ""], rows)


def _row_detail(record: Mapping[str, Any]) -> str:
    if record.get("reason"):
        return str(record["reason"])
    if record["record"] != "VIDEO":
        return describe_length(record) if record.get("frames") else ""
    media = record.get("media", {})
    if not media:
        return ""
    file = (
        f"{float(media['durationSeconds']):.1f} s, {media['width']}×{media['height']}, {media['videoCodec']}"
    )
    return f"{file}, {_count(record, 'shot')} in {_count(record, 'scene')}"


def _count(record: Mapping[str, Any], noun: str) -> str:
    number = int(record.get(f"{noun}Count", 0))
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def show_cost(record: Mapping[str, Any]) -> None:
    """Print the price of the work on Amazon's AWS; where the AWS is this machine, nobody sends that bill."""
    if record.get("cost") is None:
        return
    parts = ", ".join(
        f"{name} ${float(price):.2f}" for name, price in sorted(record.get("costParts", {}).items())
    )
    console.say(
        f"On Amazon's AWS this costs about ${float(record['cost']):.2f}" + (f": {parts}." if parts else ".")
    )


def times(
    deployment: Deployment, execution: Execution, trailers: Sequence[Mapping[str, Any]], clock: Clock
) -> dict[str, float]:
    """Split the whole command into its parts, in seconds; ``everything else`` is what no part explains."""
    detect = execution.parts.get("Detect")
    analysis = detect.seconds if detect is not None else 0.0
    arns = [str(trailer["executionId"]) for trailer in trailers if trailer.get("executionId")]
    rendering = covered_seconds(spans(deployment, arns, "RenderTrailer"))
    proxy = execution.parts.get("MakeProxy")
    parts = {
        **{name: seconds for name, seconds in clock.parts.items() if name in ("sample film", "environment")},
        "upload": clock.parts.get("upload", 0.0),
        **({"proxy": proxy.seconds} if proxy is not None else {}),
        "analysis": analysis,
        "rendering": rendering,
        "download": clock.parts.get("download", 0.0),
    }
    whole = console.elapsed()
    return {**parts, "everything else": max(0.0, whole - sum(parts.values())), "whole": whole}


def show_times(seconds: Mapping[str, float]) -> None:
    """Print how long each part took."""
    whole = seconds["whole"]
    listed = ", ".join(f"{name} {took:.1f} s" for name, took in seconds.items() if name != "whole")
    console.say(f"Took {whole:.1f} s: {listed}.")
