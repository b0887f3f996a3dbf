"""Opening a media file safely, and what its video track is: rate, size, rotation, first frame.

A playlist or concat script renamed to ``.mp4`` would make FFmpeg open other files, so only self-contained
formats are let in, and only through the ``file`` protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from local.mediaconvert.errors import JobError
from local.mediaconvert.pace import Pace, measured

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mxf,avi,flv,asf,wav,mp3,flac,ogg,aac,ac3,eac3,"
    "mpegvideo,h264,hevc,dv,gxf"
)
_OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}


def open_media(source: Path | BinaryIO) -> InputContainer:
    """Open a file or a seekable reader, refusing formats that point elsewhere.

    Raises:
        av.error.FFmpegError: it is no media file that may be opened.
    """
    return av.open(str(source) if isinstance(source, Path) else source, "r", options=dict(_OPTIONS))


def main_video(container: InputContainer) -> VideoStream | None:
    """The first video track that is not a cover picture."""
    for stream in container.streams.video:
        pictures = Disposition.attached_pic | Disposition.timed_thumbnails
        if not stream.disposition & pictures:
            return stream
    return None


def own_seconds(stream: Stream) -> Fraction | None:
    """Length that a track itself declares, in its header or in MKV's tag; None where it says nothing."""
    if stream.duration and stream.time_base:
        return stream.duration * stream.time_base
    return _tag_seconds(stream.metadata.get("DURATION", ""))


def _tag_seconds(text: str) -> Fraction | None:
    parts = text.split(":")
    try:
        hours, minutes, seconds = int(parts[0]), int(parts[1]), Fraction(parts[2])
    except (ValueError, IndexError):
        return None
    return hours * 3600 + minutes * 60 + seconds


@dataclass(frozen=True, slots=True)
class Track:
    """What rendering needs to know about a video track before it decodes it.

    ``complete_from`` is the fewest frames with which the track is as long as it declares (0 where it
    declares nothing). ``constant`` is false where pictures come at a variable rate, and ``rate`` is the grid
    laid over them. ``rotation`` is clockwise degrees as stored in MP4 or MOV, not applied: MediaConvert
    follows the rotation of no other container. ``first_time`` is the first frame's time in the container's
    seconds; ``pixel_aspect`` is 1 where unknown.
    """

    rate: Fraction
    frame_count: int
    complete_from: int
    constant: bool
    width: int
    height: int
    pixel_aspect: Fraction
    rotation: int
    first_time: Fraction
    start_timecode: str | None


class EncryptedError(ValueError):
    """The packets are encrypted (CENC, as DRM does); decoded as they are they give rubbish."""


def first_frame(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    """Decode from where the container stands to the first picture; None if there is none.

    Raises:
        EncryptedError: nobody without the key can tell what it shows.
    """
    for packet in container.demux(stream):
        if packet.has_sidedata("encryption_info"):
            raise EncryptedError("The picture is encrypted.")
        try:
            frames = stream.decode(packet)
        except av.error.InvalidDataError:
            continue
        if frames:
            return frames[0]
    return None


def describe(path: Path, name: str) -> Track:
    """Open a file, decode its first picture and describe its video.

    Raises:
        JobError: 1010 not a media file, 1020 no video, 1030 a codec that can't be decoded.
    """
    with _job_errors(name):
        with open_media(path) as container:
            pace = _pace(container, name)
        with open_media(path) as container:
            return _track(container, pace, name)


def _pace(container: InputContainer, name: str) -> Pace:
    stream = main_video(container)
    if stream is None:
        raise JobError(JobError.NO_VIDEO, f"{name} has no video track.")
    if stream.codec_context is None:
        raise JobError(JobError.UNSUPPORTED_CODEC, f"The video codec of {name} is not supported.")
    return measured(container, stream)


def _track(container: InputContainer, pace: Pace, name: str) -> Track:
    stream = main_video(container)
    assert stream is not None
    frame = first_frame(container, stream)
    if frame is None or frame.pts is None or frame.time_base is None:
        raise JobError(JobError.UNSUPPORTED_CODEC, f"No picture of {name} can be decoded.")
    declared = own_seconds(stream)
    by_time = round((declared or Fraction(container.duration or 0, av.time_base)) * pace.rate)
    counted = pace.constant and stream.frames and abs(stream.frames - by_time) <= 2
    return Track(
        rate=pace.rate,
        frame_count=stream.frames if counted else by_time,
        complete_from=by_time - max(2, by_time // 100) if declared else 0,
        constant=pace.constant,
        width=frame.width,
        height=frame.height,
        pixel_aspect=stream.sample_aspect_ratio or Fraction(1),
        rotation=-frame.rotation % 360 if container.format.name.startswith("mov,mp4") else 0,
        first_time=frame.pts * frame.time_base,
        start_timecode=stream.metadata.get("timecode") or container.metadata.get("timecode"),
    )


@contextmanager
def _job_errors(name: str) -> Iterator[None]:
    try:
        yield
    except EncryptedError as error:
        raise JobError(JobError.UNSUPPORTED_CODEC, f"The video of {name} is encrypted.") from error
    except av.error.DecoderNotFoundError as error:
        raise JobError(JobError.UNSUPPORTED_CODEC, f"The video codec of {name} is not supported.") from error
    except (av.error.FFmpegError, ValueError) as error:
        raise JobError(
            JobError.CANNOT_OPEN, f"Can't open {name}: it is no media file, or damaged."
        ) from error
