"""Flags that several commands share, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Profiles = Annotated[
    list[str] | None,
    typer.Option("--profile", "-p", help="Viewer profile, as `trailer profiles` lists them; repeatable."),
]
EveryProfile = Annotated[bool, typer.Option("--all", help="One trailer for every viewer profile.")]
# Text, not a number, so that a wrong one gets the pipeline's own sentence.
MaxDuration = Annotated[
    str | None, typer.Option("--max-duration", "-d", metavar="SECONDS", help="The trailer is never longer.")
]
Language = Annotated[str | None, typer.Option("--language", "-l", help="Language code, such as en or pt-BR.")]
OutputFormat = Annotated[str | None, typer.Option("--format", "-f", help="mp4, hls or mp4+hls.")]
Detectors = Annotated[
    str | None, typer.Option(help="Detectors to pay for, with commas: segments,labels,faces,celebrities.")
]
OnDetectorFailure = Annotated[
    str | None,
    typer.Option(
        "--on-detector-failure",
        metavar="fail|continue",
        help="What to do when a detector fails: give up the film, or make trailers without.",
    ),
]
MaxCost = Annotated[str | None, typer.Option(metavar="DOLLARS", help="Refuse a film that costs more.")]
Pin = Annotated[
    list[str] | None,
    typer.Option(metavar="SPAN", help="Must be in the trailer: 1:05-1:12 or scene:7; repeatable."),
]
Ban = Annotated[
    list[str] | None,
    typer.Option(metavar="SPAN", help="Must not be in the trailer: 1:05-1:12 or scene:7; repeatable."),
]
MaxOverlap = Annotated[
    str | None,
    typer.Option(
        "--max-overlap",
        metavar="SHARE",
        help="A variant: at most so much may repeat this profile's earlier trailers of the film, 0.3 or 30%.",
    ),
]
Check = Annotated[
    bool,
    typer.Option(
        "--check/--no-check", help="Look for mistakes before uploading; the pipeline looks again anyway."
    ),
]
Timeout = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=1, help="Give up following after so long; the work itself goes on."),
]
Out = Annotated[Path, typer.Option("--out", "-o", file_okay=False, help="Where the trailers go.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON record per line instead of a table.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many rows.")]
DEFAULT_TIMEOUT = 4 * 3600.0
DEFAULT_OUT = Path("out")
