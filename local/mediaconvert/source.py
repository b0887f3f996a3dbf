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

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mxf,avi,flv,asf,wav,mp3,flac,ogg,aac,ac3,eac3,"
    "mpegvideo,h264,hevc,dv,gxf"
)
_OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
STANDARD_RATES = tuple(
    Fraction(numerator, denominator)
    for numerator, denominator in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1), (60000, 1001), (60, 1),
        (100, 1), (120000, 1001), (120, 1), (15, 1), (12, 1), (10, 1), (15000, 1001), (20, 1), (12000, 1001),
    )
)  # fmt: skip
_SLOWEST = 8
"""Below this many frames a second nothing is standard: the average is the rate."""


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


def frame_rate(stream: VideoStream) -> Fraction:
    """The rate at which frames of this track are counted.

    Containers round: 24000/1001 may read 2997/125. A rate within 0.01 % of a standard one is that one.
    Of a variable rate, the rate that the time stamps point at is taken if it is standard and not far
    from the average, else the standard rate nearest to the average.
    """
    average = stream.average_rate or stream.guessed_rate or Fraction(0)
    base = stream.base_rate or Fraction(0)
    if average <= 0:
        return _snap(base) or (base if 0 < base <= 300 else Fraction(25))
    if average < _SLOWEST:
        return average.limit_denominator(1001)
    exact = _snap(average)
    if exact is not None:
        return exact
    snapped = _snap(base)
    if snapped is not None and average * Fraction(98, 100) <= snapped <= average * Fraction(3, 2):
        return snapped
    if average == base and average.denominator <= 1001:
        return average
    return min(STANDARD_RATES, key=lambda rate: abs(rate - average))


def _snap(rate: Fraction) -> Fraction | None:
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= nearest / 10000 else None


def _steady(stream: VideoStream) -> bool:
    """Whether average and time stamps agree on one rate."""
    average, base = _snap(stream.average_rate or Fraction(0)), _snap(stream.base_rate or Fraction(0))
    return average is not None and average == base


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
    declares nothing). ``rotation`` is clockwise degrees as stored in MP4 or MOV, not applied: MediaConvert
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


def first_frame(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    """Decode from where the container stands to the first picture; None if there is none."""
    for packet in container.demux(stream):
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
    with _job_errors(name), open_media(path) as container:
        stream = main_video(container)
        if stream is None:
            raise JobError(JobError.NO_VIDEO, f"{name} has no video track.")
        if stream.codec_context is None:
            raise JobError(JobError.UNSUPPORTED_CODEC, f"The video codec of {name} is not supported.")
        frame = first_frame(container, stream)
        if frame is None or frame.pts is None or frame.time_base is None:
            raise JobError(JobError.UNSUPPORTED_CODEC, f"No picture of {name} can be decoded.")
        rate = frame_rate(stream)
        declared = own_seconds(stream)
        by_time = round((declared or Fraction(container.duration or 0, av.time_base)) * rate)
        constant = abs(stream.frames - by_time) <= 2 if stream.frames else _steady(stream)
        return Track(
            rate=rate,
            frame_count=stream.frames if constant and stream.frames else by_time,
            complete_from=by_time - max(2, by_time // 100) if declared else 0,
            constant=constant,
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
    except av.error.DecoderNotFoundError as error:
        raise JobError(JobError.UNSUPPORTED_CODEC, f"The video codec of {name} is not supported.") from error
    except (av.error.FFmpegError, ValueError) as error:
        raise JobError(
            JobError.CANNOT_OPEN, f"Can't open {name}: it is no media file, or damaged."
        ) from error
