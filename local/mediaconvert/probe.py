"""The Probe operation: what a file in S3 holds, read by ranges.

A file whose format is not recognised answers with a container without format and without tracks (the
model says that the format "will be blank"); one that is recognised but can't be read, or of which no
picture decodes, is an UnprocessableEntityException ("recognized but appears to be malformed or
corrupt"). Members that the file does not tell are left out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, BinaryIO, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from local.mediaconvert.errors import ApiError, JobError, bad_request
from local.mediaconvert.naming import split_url
from local.mediaconvert.objects import Objects, RangeReader, S3Object
from local.mediaconvert.pace import declared_rate
from local.mediaconvert.probe_names import (
    CHROMA,
    CONTAINERS,
    MATRICES,
    PRIMARIES,
    SIGNATURES,
    TRANSFERS,
    codec_name,
    container_name,
)
from local.mediaconvert.source import EncryptedError, first_frame, main_video, open_media, own_seconds

BYTE_BUDGET = 64 * 2**20
_PARSED_CODECS = frozenset({"AVC", "HEVC", "MPEG2"})
"""Codecs whose own headers Probe reads ("might not be returned for other codecs", botocore's model)."""
_API_ERRORS = {JobError.S3_NOT_FOUND: "NotFoundException", JobError.S3_DENIED: "ForbiddenException"}


def probe(request: dict[str, Any], objects: Objects) -> dict[str, Any]:
    """Answer a Probe request, one result for each file.

    Raises:
        ApiError: no file named, no such object, no access, or a damaged file.
    """
    files = request.get("InputFiles", [])
    if not files or any("FileUrl" not in item for item in files):
        raise bad_request("/inputFiles: name at least one file by its fileUrl.")
    return {"ProbeResults": [_probe_file(item["FileUrl"], objects) for item in files]}


def _probe_file(url: str, objects: Objects) -> dict[str, Any]:
    try:
        found = objects.head(*split_url(url))
    except JobError as error:
        raise ApiError(_API_ERRORS.get(error.code, "BadRequestException"), error.message) from error
    result: dict[str, Any] = {
        "Metadata": {
            "ETag": found.etag.strip('"'),
            "FileSize": found.size,
            "LastModified": found.last_modified,
            "MimeType": found.mime_type,
        }
    }
    result.update(_contents(url, found, objects.reader(found, BYTE_BUDGET)))
    return result


def _contents(url: str, found: S3Object, reader: RangeReader) -> dict[str, Any]:
    try:
        with open_media(cast(BinaryIO, reader)) as container:
            name = container_name(container)
            if name is None:
                return _unrecognised(found)
            return _describe(container, name, found)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        if reader.over_budget:
            raise _damaged(url, "its structure is spread too widely over the file") from error
        if _signature(reader):
            raise _damaged(url, "it can't be read") from error
        return _unrecognised(found)


def _unrecognised(found: S3Object) -> dict[str, Any]:
    return {"Container": {"Tracks": []}, "TrackMappings": []} if found.size >= 0 else {}


def _damaged(url: str, reason: str) -> ApiError:
    return ApiError(
        "UnprocessableEntityException",
        f"The input file {url} was recognized but appears to be malformed or corrupt: {reason}.",
    )


def _signature(reader: RangeReader) -> bool:
    """Whether the first bytes say that this is meant to be a media file."""
    reader.seek(0)
    head = reader.read(64)
    return any(head[at : at + len(mark)] == mark for at, mark in SIGNATURES)


def _describe(container: InputContainer, name: str, found: S3Object) -> dict[str, Any]:
    video = main_video(container)
    seconds = Fraction(container.duration or 0, av.time_base)
    frame, encrypted = None, False
    if video is not None and video.codec_context is not None:
        try:
            frame = first_frame(container, video)
        except EncryptedError:
            encrypted = True
        if frame is None and not encrypted:
            raise ValueError("no picture can be decoded")
    tracks: list[dict[str, Any]] = []
    mapping: dict[str, list[int]] = {
        "VideoTrackIndexes": [],
        "AudioTrackIndexes": [],
        "DataTrackIndexes": [],
    }
    for index, stream in enumerate(_tracks(container, video), start=1):
        tracks.append(_track(stream, index, seconds, frame if stream is video else None))
        if encrypted and stream is video:
            tracks[-1]["Codec"] = "UNKNOWN"
        mapping[f"{tracks[-1]['TrackType'].capitalize()}TrackIndexes"].append(index)
    described: dict[str, Any] = {"Format": name, "Duration": float(seconds), "Tracks": tracks}
    if seconds:
        described["BitRate"] = int(found.size * 8 / seconds)
    timecode = container.metadata.get("timecode") or (video.metadata.get("timecode") if video else None)
    if timecode:
        described["StartTimecode"] = timecode
    return {"Container": described, "TrackMappings": [mapping]}


def _tracks(container: InputContainer, video: VideoStream | None) -> list[Stream]:
    """Tracks as they are in the file, without cover pictures."""
    return [stream for stream in container.streams if stream.type != "video" or _is_film(stream, video)]


def _is_film(stream: Stream, video: VideoStream | None) -> bool:
    pictures = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails
    return stream is video or not stream.disposition & pictures


def _track(stream: Stream, index: int, whole: Fraction, frame: VideoFrame | None) -> dict[str, Any]:
    kind = stream.type if stream.type in {"video", "audio"} else "data"
    track: dict[str, Any] = {"Index": index, "TrackType": kind, "Codec": codec_name(stream)}
    seconds = own_seconds(stream) or whole
    if seconds:
        track["Duration"] = float(seconds)
    if isinstance(stream, VideoStream):
        known = stream.codec_context is not None
        properties = _video(stream, frame) if known else {"FrameRate": _ratio(declared_rate(stream))}
        track["VideoProperties"] = properties
    elif isinstance(stream, AudioStream):
        track["AudioProperties"] = _audio(stream)
    elif stream.language and stream.language != "und":
        track["DataProperties"] = {"LanguageCode": stream.language}
    return track


def _ratio(value: Fraction) -> dict[str, int]:
    return {"Numerator": value.numerator, "Denominator": value.denominator}


def _video(stream: VideoStream, frame: VideoFrame | None) -> dict[str, Any]:
    context = stream.codec_context
    width, height = (frame.width, frame.height) if frame else (context.width, context.height)
    pixel = stream.sample_aspect_ratio or Fraction(1)
    rate = _ratio(declared_rate(stream))
    shared: dict[str, Any] = {"Width": width, "Height": height, "SampleAspectRatio": _ratio(pixel)}
    if width and height:
        shared["DisplayAspectRatio"] = _ratio(Fraction(width, height) * pixel)
    if context.format is not None:
        shared["BitDepth"] = context.format.components[0].bits
    for member, value, names in (
        ("ColorPrimaries", context.color_primaries, PRIMARIES),
        ("TransferCharacteristics", context.color_trc, TRANSFERS),
        ("MatrixCoefficients", context.colorspace, MATRICES),
    ):
        if value in names:
            shared[member] = names[value]
    properties: dict[str, Any] = {**shared, "FrameRate": rate}
    if codec_name(stream) in _PARSED_CODECS:
        properties["CodecMetadata"] = _codec_metadata(stream, frame, shared)
    if stream.bit_rate:
        properties["BitRate"] = stream.bit_rate
    rotation = -frame.rotation % 360 if frame else 0
    if rotation:
        properties["Rotation"] = rotation
    return properties


def _codec_metadata(stream: VideoStream, frame: VideoFrame | None, shared: dict[str, Any]) -> dict[str, Any]:
    context = stream.codec_context
    metadata = {**shared, "ScanType": "Progressive"}
    if context.framerate:
        metadata["CodedFrameRate"] = _ratio(context.framerate)
    if context.format is not None:
        metadata["ChromaSubsampling"] = CHROMA.get(_subsampling(context), "4:2:0")
    if (frame is not None and frame.interlaced_frame) or context.field_order in {2, 3, 4, 5}:
        metadata["ScanType"] = "Interlaced"
        metadata["FieldOrder"] = "BottomFieldFirst" if context.field_order in {3, 5} else "TopFieldFirst"
    if stream.profile:
        metadata["Profile"] = stream.profile
    if context.level and context.level > 0:
        digits = context.level / (30 if codec_name(stream) == "HEVC" else 10)
        metadata["Level"] = f"{digits:.1f}".rstrip("0").rstrip(".")
    return metadata


def _subsampling(context: av.VideoCodecContext) -> tuple[bool, bool]:
    """Whether colour has half the width and half the height."""
    assert context.format is not None
    if len(context.format.components) < 3:
        return (False, False)
    colour = context.format.components[1]
    return (colour.width < context.width, colour.height < context.height)


def _audio(stream: AudioStream) -> dict[str, Any]:
    context = stream.codec_context
    if context is None:
        return {}
    properties: dict[str, Any] = {
        "Channels": context.layout.nb_channels,
        "ChannelLayout": context.layout.name.split("(")[0],
        "SampleRate": context.sample_rate,
        "BitDepth": context.format.bits if context.name.startswith("pcm") and context.format else 16,
        "FrameRate": {"Numerator": context.sample_rate, "Denominator": context.frame_size or 1},
    }
    if stream.bit_rate:
        properties["BitRate"] = stream.bit_rate
    if stream.language and stream.language != "und":
        properties["LanguageCode"] = stream.language
    return properties


__all__ = ["BYTE_BUDGET", "CONTAINERS", "probe"]
