"""Output groups and the names of the files in them.

MediaConvert joins the group's ``Destination``, the output's ``NameModifier``
and the container's extension: ``…/trailer`` + ``_1080p`` + ``.mp4``. An HLS
group writes its multivariant playlist to ``<Destination>.m3u8``; frame capture
puts ``.0000000.jpg`` (seven digits, from 0) behind the destination.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from trailer.domain.film.media import AudioTrack, SourceMedia
from trailer.domain.planning.plan import TrailerPlan
from trailer.wire.mediaconvert.audio import proxy_audio, trailer_audio
from trailer.wire.mediaconvert.video import (
    Rendition,
    proxy_video,
    renditions,
    thumbnail_video,
    trailer_video,
)

SEGMENT_SECONDS: Final = 6
MAX_THUMBNAILS: Final = 40
"""Enough for every clip of a half-minute trailer, whose clips last 0.8 s and more."""


def trailer_outputs(media: SourceMedia, output_format: str, plan: TrailerPlan | None = None) -> list[str]:
    """Names of the files that a trailer job makes, relative to its destination folder.

    Segments and media playlists of HLS are left out. Of the thumbnails only the
    first is certain without a plan; with one, all are listed.
    """
    sizes = renditions(media)
    names = (
        [f"trailer{name_modifier(size)}.mp4" for size in sizes] if "mp4" in output_format.split("+") else []
    )
    if "hls" in output_format.split("+"):
        names.append("hls/trailer.m3u8")
    count = _thumbnail_count(plan) if plan else 1
    return names + [f"thumbnail.{number:07d}.jpg" for number in range(count)]


def thumbnail_interval(plan: TrailerPlan) -> int:
    """Frames of the trailer from one thumbnail to the next.

    The shortest clip's length, so that every clip has a picture; longer where
    that would make more than ``MAX_THUMBNAILS``.
    """
    shortest = min((clip.source.length for clip in plan.clips), default=1)
    return max(shortest, -(-plan.frames // MAX_THUMBNAILS))


def name_modifier(rendition: Rendition) -> str:
    """What is put behind ``trailer`` in the name of a rendition: ``_1080p``."""
    return f"_{rendition.short_side}p"


def mp4_group(
    media: SourceMedia, sizes: Sequence[Rendition], track: AudioTrack | None, folder: str
) -> dict[str, Any]:
    """One MP4 per rendition, ready to play while it is still loading."""
    outputs = [
        _output(name_modifier(size), _MP4, trailer_video(media, size, segmented=False), trailer_audio(track))
        for size in sizes
    ]
    return _file_group("MP4", f"{folder}/trailer", outputs)


def hls_group(
    media: SourceMedia, sizes: Sequence[Rendition], track: AudioTrack | None, folder: str
) -> dict[str, Any]:
    """The same renditions as one HLS stream in MPEG-2 TS segments of six seconds."""
    outputs = [
        _output(name_modifier(size), _M3U8, trailer_video(media, size, segmented=True), trailer_audio(track))
        for size in sizes
    ]
    settings = {
        "Destination": f"{folder}/hls/trailer",
        "SegmentLength": SEGMENT_SECONDS,
        "MinSegmentLength": 0,
        "SegmentControl": "SEGMENTED_FILES",
        "SegmentLengthControl": "EXACT",
        "DirectoryStructure": "SINGLE_DIRECTORY",
        "ManifestDurationFormat": "FLOATING_POINT",
        "OutputSelection": "MANIFESTS_AND_SEGMENTS",
        "StreamInfResolution": "INCLUDE",
        "TargetDurationCompatibilityMode": "SPEC_COMPLIANT",
        "CodecSpecification": "RFC_6381",
    }
    return {
        "Name": "HLS",
        "OutputGroupSettings": {"Type": "HLS_GROUP_SETTINGS", "HlsGroupSettings": settings},
        "Outputs": outputs,
    }


def thumbnail_group(media: SourceMedia, plan: TrailerPlan, folder: str) -> dict[str, Any]:
    """JPEG pictures of the trailer at an even distance; no sound, no container."""
    rate = plan.frame_rate / thumbnail_interval(plan)
    video = thumbnail_video(media, Fraction(rate), _thumbnail_count(plan))
    output = {"ContainerSettings": {"Container": "RAW"}, "VideoDescription": video}
    return _file_group("Thumbnails", f"{folder}/thumbnail", [output])


def proxy_group(media: SourceMedia, destination_uri: str) -> dict[str, Any]:
    """One MP4 of the whole source; the extension is MediaConvert's to add."""
    output = _output("", _MP4, proxy_video(media), proxy_audio(media))
    return _file_group("Proxy", destination_uri.removesuffix(".mp4"), [output])


# Matching the picture's length keeps sound from running up to several audio frames past the last picture.
_MP4: Final = {
    "Container": "MP4",
    "Mp4Settings": {"AudioDuration": "MATCH_VIDEO_DURATION", "MoovPlacement": "PROGRESSIVE_DOWNLOAD"},
}
_M3U8: Final = {"Container": "M3U8", "M3u8Settings": {"AudioDuration": "MATCH_VIDEO_DURATION"}}


def _thumbnail_count(plan: TrailerPlan) -> int:
    return -(-plan.frames // thumbnail_interval(plan))


def _output(
    modifier: str, container: dict[str, Any], video: dict[str, Any], audio: list[dict[str, Any]]
) -> dict[str, Any]:
    output: dict[str, Any] = {"ContainerSettings": container, "VideoDescription": video}
    if modifier:
        output["NameModifier"] = modifier
    if audio:
        output["AudioDescriptions"] = audio
    return output


def _file_group(name: str, destination: str, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "Name": name,
        "OutputGroupSettings": {
            "Type": "FILE_GROUP_SETTINGS",
            "FileGroupSettings": {"Destination": destination},
        },
        "Outputs": outputs,
    }
