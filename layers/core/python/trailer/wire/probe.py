"""What MediaConvert Probe says about an upload.

Probe reads the header, so a file can still be damaged behind it. It reports
what the container declares and what the codec declares side by side; where the
two differ the container wins, because MediaConvert renders by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from trailer.domain.film.media import AudioTrack, SourceMedia
from trailer.errors import NoVideoTrackError, UnreadableVideoError
from trailer.wire.languages import language_code
from trailer.wire.suitability import check_codec
from trailer.wire.timeline import timeline_rate

_ALLOWED = "Upload a complete video file, for example H.264 with AAC sound in an MP4."
_STILL_PICTURE_CODECS: Final = frozenset({"MJPEG", "UNKNOWN"})
_AUDIO_ONLY_FORMATS: Final = frozenset({"mp3", "wave", "flac", "aac", "ac3", "eac3"})
_HDR_TRANSFERS: Final = frozenset({"SMPTE_2084", "ARIB_B67"})
_PROFILES_8_BIT_420: Final = re.compile(
    r"(constrained |progressive )?(baseline|main|extended|high)", re.IGNORECASE
)


def parse_probe(response: Mapping[str, Any], *, rendered: bool = False) -> SourceMedia:
    """Read the answer to one MediaConvert Probe call for one file.

    The frame count is the running time of the picture times the rate of its
    timeline (see ``wire.timeline``), rounded, because Probe counts no frames.
    Width and height are in square pixels, after rotation, as a player shows them.

    Args:
        response: the answer.
        rendered: MediaConvert made the file itself, so its rate is constant and what it says.

    Raises:
        UnreadableVideoError: nothing that is a media file, or one without a usable header.
        NoVideoTrackError: sound only, or sound with a cover picture.
        UnsupportedVideoError: an encrypted picture, or a codec that nobody reads.
    """
    results = response.get("ProbeResults") or []
    container = (results[0].get("Container") if results else None) or {}
    if not container.get("Format"):
        raise UnreadableVideoError(f"The file can't be opened: it is empty, damaged or no video. {_ALLOWED}")
    tracks = sorted(container.get("Tracks") or [], key=lambda track: track.get("Index") or 0)
    video = _video_track(container, tracks)
    # First, because of a codec that it doesn't know Probe tells little else.
    check_codec(str(video.get("Codec") or "UNKNOWN"))
    properties = video.get("VideoProperties") or {}
    declared = _frame_rate(properties)
    rate, variable = timeline_rate(declared, str(container["Format"]))
    if rendered and variable:
        rate, variable = declared, False
    frames = _frame_count(video, container, rate)
    rotation = _rotation(properties)
    width, height = _displayed_size(properties, rotation)
    codec = properties.get("CodecMetadata") or {}
    return SourceMedia(
        container=str(container["Format"]),
        video_codec=str(video.get("Codec") or "UNKNOWN"),
        frame_rate=rate,
        frame_count=frames,
        width=width,
        height=height,
        rotation=rotation,
        audio_tracks=tuple(_audio_tracks(tracks)),
        bit_depth=_bit_depth(properties, codec),
        chroma=_chroma(codec),
        scan_type=_scan_type(codec),
        variable_rate=variable,
        hdr=_is_hdr(properties, codec),
    )


def _video_track(container: Mapping[str, Any], tracks: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    pictures = [track for track in tracks if track.get("TrackType") == "video"]
    if container["Format"] in _AUDIO_ONLY_FORMATS:
        pictures = []
    films = [track for track in pictures if not _is_cover_art(track, container)]
    if films:
        return films[0]
    if pictures:
        raise NoVideoTrackError(f"The file holds a still picture, such as cover art, but no film. {_ALLOWED}")
    if any(track.get("TrackType") == "audio" for track in tracks):
        raise NoVideoTrackError(f"The file holds sound but no picture. {_ALLOWED}")
    raise NoVideoTrackError(f"The file opens but holds no picture. {_ALLOWED}")


def _is_cover_art(track: Mapping[str, Any], container: Mapping[str, Any]) -> bool:
    """A JPEG or PNG shown during the sound: one frame, no rate, or the 90 kHz clock taken for a rate."""
    if track.get("Codec", "UNKNOWN") not in _STILL_PICTURE_CODECS:
        return False
    rate = _fraction((track.get("VideoProperties") or {}).get("FrameRate"))
    if rate is None or rate > 1000:
        return True
    seconds = _seconds(track.get("Duration")) or _seconds(container.get("Duration")) or Fraction(0)
    return seconds * rate < Fraction(3, 2)


def _frame_rate(properties: Mapping[str, Any]) -> Fraction:
    rate = _fraction(properties.get("FrameRate"))
    if rate is None:
        rate = _fraction((properties.get("CodecMetadata") or {}).get("CodedFrameRate"))
    if rate is None:
        raise UnreadableVideoError(f"The file doesn't say how many pictures a second it has. {_ALLOWED}")
    return rate


def _frame_count(video: Mapping[str, Any], container: Mapping[str, Any], rate: Fraction) -> int:
    seconds = _seconds(video.get("Duration")) or _seconds(container.get("Duration")) or Fraction(0)
    frames = round(seconds * rate)
    if frames < 1:
        raise UnreadableVideoError(f"The file holds no frame, or doesn't say how long it runs. {_ALLOWED}")
    return frames


def _rotation(properties: Mapping[str, Any]) -> int:
    """Clockwise degrees; MediaConvert too rounds within one degree and ignores any other angle."""
    angle = int(properties.get("Rotation") or 0) % 360
    return next((turn for turn in (90, 180, 270) if abs(angle - turn) <= 1), 0)


def _displayed_size(properties: Mapping[str, Any], rotation: int) -> tuple[int, int]:
    width, height = int(properties.get("Width") or 0), int(properties.get("Height") or 0)
    if width < 1 or height < 1:
        raise UnreadableVideoError(f"The file doesn't say how large its picture is. {_ALLOWED}")
    width = max(1, round(width * _pixel_aspect(properties, Fraction(width, height))))
    return (height, width) if rotation in (90, 270) else (width, height)


def _pixel_aspect(properties: Mapping[str, Any], stored: Fraction) -> Fraction:
    for source in (properties, properties.get("CodecMetadata") or {}):
        pixel = _fraction(source.get("SampleAspectRatio"))
        display = _fraction(source.get("DisplayAspectRatio"))
        aspect = pixel if pixel is not None else display / stored if display is not None else None
        if aspect is not None and Fraction(1, 4) <= aspect <= 4:
            # Display ratios are rounded (853 × 480 says 16:9); a pixel is square or clearly not.
            return Fraction(1) if abs(aspect - 1) < Fraction(1, 100) else aspect
    return Fraction(1)


def _audio_tracks(tracks: Iterable[Mapping[str, Any]]) -> Iterable[AudioTrack]:
    audio = (track for track in tracks if track.get("TrackType") == "audio")
    for index, track in enumerate(audio, start=1):
        properties = track.get("AudioProperties") or {}
        yield AudioTrack(
            index=index,
            channels=max(1, int(properties.get("Channels") or 2)),
            language=language_code(properties.get("LanguageCode")),
            codec=str(track.get("Codec") or "UNKNOWN"),
        )


def _bit_depth(properties: Mapping[str, Any], codec: Mapping[str, Any]) -> int:
    depth = codec.get("BitDepth") or properties.get("BitDepth")
    if depth:
        return int(depth)
    match = re.search(r"\b(10|12)\b", str(codec.get("Profile") or ""))
    return int(match.group(1)) if match else 8


def _chroma(codec: Mapping[str, Any]) -> str:
    """Such as 4:2:0, however it is spelled (YUV420P); empty where neither codec nor profile says."""
    match = re.search(r"4:?([024]):?([024])", str(codec.get("ChromaSubsampling") or ""))
    if match:
        return f"4:{match.group(1)}:{match.group(2)}"
    return "4:2:0" if _PROFILES_8_BIT_420.fullmatch(str(codec.get("Profile") or "").strip()) else ""


def _scan_type(codec: Mapping[str, Any]) -> str:
    """UNKNOWN for codecs whose headers Probe does not parse: they may be interlaced."""
    if not codec:
        return "UNKNOWN"
    declared = str(codec.get("ScanType") or "").lower()
    interlaced = declared.startswith("interlaced") or (not declared and bool(codec.get("FieldOrder")))
    return "INTERLACED" if interlaced else "PROGRESSIVE"


def _is_hdr(properties: Mapping[str, Any], codec: Mapping[str, Any]) -> bool:
    """PQ or HLG; for transport and program streams only the codec tells."""
    return any(source.get("TransferCharacteristics") in _HDR_TRANSFERS for source in (properties, codec))


def _fraction(value: Mapping[str, Any] | None) -> Fraction | None:
    numerator, denominator = (int((value or {}).get(name) or 0) for name in ("Numerator", "Denominator"))
    return Fraction(numerator, denominator) if numerator > 0 and denominator > 0 else None


def _seconds(value: float | str | None) -> Fraction | None:
    return Fraction(str(value)) if value and float(value) > 0 else None
