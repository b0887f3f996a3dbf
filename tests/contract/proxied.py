"""From a film to its proxy and its trailer: the product's settings, rendered by the local MediaConvert."""

from __future__ import annotations

from pathlib import Path

from local.mediaconvert.objects import Objects
from local.mediaconvert.probe import probe
from tests.unit.local.mediaconvert_jobs import render
from tests.unit.local.test_mediaconvert_probe import FakeS3
from trailer.domain.film.media import SourceMedia
from trailer.domain.planning.plan import TrailerPlan
from trailer.wire.mediaconvert import build_proxy_job, build_trailer_job
from trailer.wire.probe import parse_probe

FILM = "s3://films/film"


def probed(path: Path, folder: Path, *, rendered: bool = False) -> SourceMedia:
    """What the product learns of a file from Probe."""
    objects = Objects(folder / "cache", FakeS3({"film": path.read_bytes()}))
    return parse_probe(probe({"InputFiles": [{"FileUrl": FILM}]}, objects), rendered=rendered)


def proxy_of(path: Path, media: SourceMedia, folder: Path) -> Path:
    """The proxy of a film."""
    settings = build_proxy_job(media, source_uri=FILM, destination_uri="s3://results/proxy.mp4")
    (written,) = render(settings, {FILM: path}, folder / "proxy")
    return written.folder / "output.mp4"


def trailer_of(path: Path, media: SourceMedia, plan: TrailerPlan, folder: Path) -> Path:
    """The largest rendition of a trailer cut from a film."""
    settings = build_trailer_job(
        plan,
        media,
        source_uri=FILM,
        destination_uri="s3://results/trailer",
        output_format="mp4",
        target_language="en",
    )
    written = render(settings, {FILM: path}, folder / "trailer")
    return written[0].folder / "output.mp4"
