"""What a film's file is, as JSON and as an attribute of its record."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from trailer.domain.film.media import AudioTrack, SourceMedia


def dump_media(media: SourceMedia) -> dict[str, Any]:
    """Write what the probe found; the frame rate is exact, as "30000/1001"."""
    return {
        "container": media.container,
        "videoCodec": media.video_codec,
        "frameRate": f"{media.frame_rate.numerator}/{media.frame_rate.denominator}",
        "frameCount": media.frame_count,
        "width": media.width,
        "height": media.height,
        "rotation": media.rotation,
        "audioTracks": [
            {"index": t.index, "channels": t.channels, "language": t.language, "codec": t.codec}
            for t in media.audio_tracks
        ],
        "bitDepth": media.bit_depth,
        "chroma": media.chroma,
        "scanType": media.scan_type,
        "variableRate": media.variable_rate,
        "hdr": media.hdr,
    }


def load_media(value: Mapping[str, Any]) -> SourceMedia:
    """Read what ``dump_media`` wrote."""
    return SourceMedia(
        container=value["container"],
        video_codec=value["videoCodec"],
        frame_rate=Fraction(value["frameRate"]),
        frame_count=value["frameCount"],
        width=value["width"],
        height=value["height"],
        rotation=value["rotation"],
        audio_tracks=tuple(
            AudioTrack(t["index"], t["channels"], t.get("language"), t["codec"]) for t in value["audioTracks"]
        ),
        bit_depth=value["bitDepth"],
        chroma=value["chroma"],
        scan_type=value["scanType"],
        variable_rate=value.get("variableRate", False),
        hdr=value.get("hdr", False),
    )
