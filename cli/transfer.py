"""Films up, trailers down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from cli import console

if TYPE_CHECKING:
    from cli.target import Deployment

_MEGABYTE: Final = 1_000_000
_TELL_EVERY_BYTES: Final = 100 * _MEGABYTE
"""How often an upload says how far it is where nothing can be redrawn."""

_WHOLE_BYTES: Final = 100 * _MEGABYTE
"""A film up to this size goes to the AWS of this machine in one piece."""


def upload(deployment: Deployment, film: Path, metadata: Mapping[str, str]) -> str:
    """Upload a film under its own name, in parts and in parallel, after the captions beside it.

    Returns its video id.

    The id is computed from the object version, as the pipeline does it, so that
    the film can be followed before the pipeline has seen it.
    """
    from boto3.s3.transfer import TransferConfig

    from trailer.domain.work.upload import ObjectVersion, video_id

    # Parts side by side win nothing on one machine.
    pieces = TransferConfig(multipart_threshold=_WHOLE_BYTES) if deployment.loopback else TransferConfig()
    key = film.name
    for beside in captions_beside(film):
        deployment.s3.upload_file(str(beside), deployment.source_bucket, beside.name)
        console.note(f"Uploaded {beside.name}, which tells where people talk")
    with _upload_progress(film) as advance:
        deployment.s3.upload_file(
            str(film),
            deployment.source_bucket,
            key,
            ExtraArgs={"Metadata": dict(metadata)},
            Callback=advance,
            Config=pieces,
        )
    head = deployment.s3.head_object(Bucket=deployment.source_bucket, Key=key)
    version = head.get("VersionId") or head["ETag"].strip('"')
    return video_id(ObjectVersion(deployment.source_bucket, key, version))


def captions_beside(film: Path) -> list[Path]:
    """The captions or transcripts that lie beside a film under the names that the pipeline looks for."""
    from trailer.wire.transcript import names_beside

    return [path for name in names_beside(film.name) if (path := film.with_name(name)).is_file()]


def download_trailer(deployment: Deployment, folder_key: str, destination: Path) -> list[Path]:
    """Download everything below a trailer's folder, several files at a time; returns them, in key order.

    Segments of a playlist are no files of the trailer's record, and the playlist
    doesn't play without them: so the folder is listed.
    """
    from boto3.s3.transfer import TransferConfig, create_transfer_manager

    from cli.listed import Listed

    bucket = deployment.results_bucket
    pages = deployment.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder_key)
    # One manager for all: one for each file begins and ends its threads forty times.
    with create_transfer_manager(deployment.s3, TransferConfig()) as manager:
        downloads = {}
        for entry in (entry for page in pages for entry in page.get("Contents", [])):
            key = entry["Key"]
            below = PurePosixPath(key.removeprefix(folder_key))
            if below.is_absolute() or not below.parts or ".." in below.parts:
                # No file of ours; it would be written somewhere else than into the folder.
                continue
            path = destination.joinpath(*below.parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            told = Listed(entry["Size"], entry["ETag"])
            downloads[path] = manager.download(bucket, key, str(path), subscribers=[told])
        for download in downloads.values():
            download.result()
    return list(downloads)


@contextmanager
def _upload_progress(film: Path) -> Iterator[Callable[[int], None]]:
    size = film.stat().st_size
    if console.is_terminal():
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, console=console.err(), transient=True) as progress:
            task = progress.add_task("Uploading", total=size)
            yield lambda count: progress.advance(task, count)
    else:
        yield _plain_progress(size)
    console.note(f"Uploaded {film.name}: {size / _MEGABYTE:.1f} MB")


def _plain_progress(size: int) -> Callable[[int], None]:
    sent = told = 0

    def advance(count: int) -> None:
        nonlocal sent, told
        sent += count
        if sent - told >= _TELL_EVERY_BYTES and sent < size:
            told = sent
            console.note(f"Uploading: {sent / _MEGABYTE:.0f} of {size / _MEGABYTE:.0f} MB")

    return advance
