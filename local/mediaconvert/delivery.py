"""What a finished render leaves: S3 keys, content types, playlists, and the details of the outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

from local.mediaconvert.errors import JobError
from local.mediaconvert.muxing import Variant, codec_names, master_playlist, name_segments
from local.mediaconvert.naming import base_of, fill
from local.mediaconvert.objects import Upload
from local.mediaconvert.render import Written
from local.mediaconvert.spec import GroupSpec

_TYPES = {
    ".mp4": "video/mp4",
    ".ts": "video/mp2t",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".jpg": "image/jpeg",
}


@dataclass
class Delivery:
    """Everything to store, and what the job and its COMPLETE event say about it."""

    uploads: list[Upload] = field(default_factory=list)
    job_details: list[dict[str, Any]] = field(default_factory=list)
    event_details: list[dict[str, Any]] = field(default_factory=list)


def deliver(written: list[Written], first_input: str, folder: Path) -> Delivery:
    """Name the files of a render; playlists are written anew with the final names.

    Raises:
        JobError: 1040, two outputs would have the same key.
    """
    delivery = Delivery()
    for group in dict.fromkeys(id(item.group) for item in written):
        items = [item for item in written if id(item.group) == group]
        _Group(delivery, items, first_input, folder / f"group{len(delivery.job_details)}").deliver()
    places = [(upload.bucket, upload.key) for upload in delivery.uploads]
    for place in places:
        if places.count(place) > 1:
            raise JobError(JobError.SETTINGS, f"Two outputs would be stored as s3://{place[0]}/{place[1]}.")
    return delivery


class _Group:
    """One output group on its way."""

    def __init__(self, delivery: Delivery, items: list[Written], first_input: str, folder: Path) -> None:
        self._delivery, self._items, self._folder = delivery, items, folder
        self._group: GroupSpec = items[0].group
        self._stem = PurePosixPath(first_input).stem
        self._bucket, self._base = base_of(self._group.destination, first_input)
        folder.mkdir()

    def deliver(self) -> None:
        details: list[dict[str, Any]] = []
        event_details: list[dict[str, Any]] = []
        variants: list[Variant] = []
        for item in self._items:
            paths = self._output(item, variants)
            duration = round(item.seconds * 1000)
            details.append(
                {
                    "DurationInMs": duration,
                    "VideoDetails": {"WidthInPx": item.canvas.width, "HeightInPx": item.canvas.height},
                }
            )
            event_details.append(
                {
                    "outputFilePaths": paths,
                    "durationInMs": duration,
                    "videoDetails": {"widthInPx": item.canvas.width, "heightInPx": item.canvas.height},
                }
            )
        self._delivery.job_details.append({"OutputDetails": details})
        event = {"outputDetails": event_details, "type": self._group.kind.removesuffix("_SETTINGS")}
        if variants:
            text = master_playlist(variants, self._group.with_resolution)
            event["playlistFilePaths"] = [self._text("master.m3u8", text, f"{self._base}.m3u8")]
        self._delivery.event_details.append(event)

    def _output(self, item: Written, variants: list[Variant]) -> list[str]:
        base = self._base + fill(item.output.modifier, self._stem)
        if item.captures is not None:
            ending = item.output.extension or "jpg"
            return [self._file(path, f"{base}.{path.stem}.{ending}") for path in item.captures.paths][-1:]
        if item.output.kind == "MP4":
            return [self._file(item.folder / "output.mp4", f"{base}.{item.output.extension or 'mp4'}")]
        return [self._hls(item, base, variants)]

    def _hls(self, item: Written, base: str, variants: list[Variant]) -> str:
        prefix = PurePosixPath(base).name + item.output.segment_modifier
        text, names = name_segments((item.folder / "playlist.m3u8").read_text(), prefix)
        folder = base[: len(base) - len(PurePosixPath(base).name)]
        for local, final in names:
            self._file(item.folder / local, folder + final)
        assert item.video is not None
        peak, average = _bitrates(text, [item.folder / local for local, _ in names])
        variants.append(
            Variant(
                playlist=f"{PurePosixPath(base).name}.m3u8",
                peak=peak,
                average=average,
                width=item.canvas.width,
                height=item.canvas.height,
                rate=item.rate,
                codecs=codec_names(item.video, item.audio),
            )
        )
        return self._text(f"variant{len(variants)}.m3u8", text, f"{base}.m3u8")

    def _file(self, path: Path, key: str) -> str:
        kind = _TYPES.get(path.suffix, "binary/octet-stream")
        self._delivery.uploads.append(Upload(path, self._bucket, key, kind, self._group.upload))
        return f"s3://{self._bucket}/{key}"

    def _text(self, name: str, text: str, key: str) -> str:
        path = self._folder / name
        path.write_text(text)
        return self._file(path, key)


def _bitrates(playlist: str, segments: list[Path]) -> tuple[int, int]:
    """Highest and mean bits per second of the segments."""
    lengths = [
        Fraction(line.removeprefix("#EXTINF:").split(",")[0])
        for line in playlist.splitlines()
        if line.startswith("#EXTINF:")
    ]
    sizes = [segment.stat().st_size * 8 for segment in segments]
    rates = [size / length for size, length in zip(sizes, lengths, strict=True) if length]
    total = sum(lengths)
    return round(max(rates, default=0)), round(sum(sizes) / total) if total else 0
