"""Whether the pipeline can take a film, and whether Rekognition can read it without a copy."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from trailer.domain.film.media import SourceMedia
from trailer.errors import UnsupportedVideoError, VideoTooLongError

MAX_BYTES: Final = 10 * 10**9
"""Rekognition Video takes stored films of up to 10 GB; read as decimal, the smaller meaning."""
MAX_SECONDS: Final = 6 * 3600
"""Rekognition Video takes films of up to 6 hours."""
FRAME_RATES: Final = (1, 100)
"""Frames per second, both inclusive: timecodes have two digits for the frame number."""
MIN_SIDE: Final = 32
"""The smallest width and height that MediaConvert writes, in pixels."""
MAX_LONG_SIDE: Final = 4096
"""The longest side of an H.264 picture that MediaConvert writes, in pixels."""
MAX_SOURCE_SIDE: Final = 8192
"""The longest side that MediaConvert handles in any codec (8192 × 4320, user guide), in pixels."""

_CODECS: Final = frozenset({
    "AV1", "AVC", "DV", "H263", "HEVC", "JPEG2000", "MJPEG", "MP4V", "MPEG1", "MPEG2", "PRORES", "QTRLE",
    "UNCOMPRESSED", "VC1", "VC3", "VP8", "VP9",
})  # fmt: skip
"""Of the codecs that Probe names, those that MediaConvert decodes (user guide, "Supported input formats").

Not every container may hold every one of them; a combination that MediaConvert does not take ends
its job with error 1030, which is a refusal of the film too.
"""
_REKOGNITION_CONTAINERS: Final = frozenset({"mp4", "quicktime"})


def check_source(media: SourceMedia) -> None:
    """Refuse what can't be analysed or cut, before anything is paid for.

    Raises:
        UnsupportedVideoError: a codec, picture size or frame rate that no tool here can handle.
        VideoTooLongError: more than 6 hours.
    """
    check_codec(media.video_codec)
    low, high = FRAME_RATES
    if not low <= media.frame_rate <= high:
        raise UnsupportedVideoError(
            f"The film has {float(media.frame_rate):.5g} pictures a second; allowed are {low} to {high}."
        )
    _check_size(media)
    if media.duration > MAX_SECONDS:
        hours, minutes, seconds = _clock(media.duration)
        raise VideoTooLongError(
            f"The film runs {hours} h {minutes:02d} min {seconds:02d} s; at most 6 hours are allowed. "
            "Upload it in parts."
        )


def check_codec(codec: str) -> None:
    """Refuse a codec, by Probe's name, that MediaConvert doesn't decode; an encrypted track has none.

    Raises:
        UnsupportedVideoError: with the codecs that are allowed.
    """
    if codec not in _CODECS:
        named = "" if codec == "UNKNOWN" else f" ({codec})"
        raise UnsupportedVideoError(
            f"The picture is encrypted, or compressed in a way that can't be read{named}. Allowed are H.264, "
            "HEVC, ProRes, MPEG-2, VP9 and the other usual video codecs, without copy protection."
        )


def needs_proxy(media: SourceMedia, size_bytes: int) -> bool:
    """Whether Rekognition needs an H.264 copy because it can't read the source itself.

    Rekognition Video reads H.264 in MP4 and MOV up to 10 GB, with AAC sound or
    none. That it takes 8-bit 4:2:0 progressive pictures at a constant rate only,
    and ignores a rotation, is not documented; a proxy costs cents, and a failed
    or misread analysis the whole film.
    """
    return not (
        size_bytes <= MAX_BYTES
        and media.container in _REKOGNITION_CONTAINERS
        and media.video_codec == "AVC"
        and media.bit_depth == 8
        and media.chroma == "4:2:0"
        and media.scan_type == "PROGRESSIVE"
        and media.rotation == 0
        and not media.variable_rate
        and not media.hdr
        and all(track.codec == "AAC" for track in media.audio_tracks)
    )


def _check_size(media: SourceMedia) -> None:
    short, long = sorted((media.width, media.height))
    if short < MIN_SIDE or long * MIN_SIDE > short * MAX_LONG_SIDE:
        raise UnsupportedVideoError(
            f"The picture is {media.width} × {media.height} pixels; each side needs at least {MIN_SIDE}, and "
            f"the long side may be at most {MAX_LONG_SIDE // MIN_SIDE} times the short one."
        )
    if long > MAX_SOURCE_SIDE:
        raise UnsupportedVideoError(
            f"The picture is {media.width} × {media.height} pixels; at most {MAX_SOURCE_SIDE} are allowed on "
            "each side. Upload a smaller encoding of the film."
        )


def _clock(seconds: Fraction) -> tuple[int, int, int]:
    minutes, second = divmod(int(seconds), 60)
    return minutes // 60, minutes % 60, second
