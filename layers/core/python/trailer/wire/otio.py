"""The plan as OpenTimelineIO JSON, written by hand: the library needs compiled code.

Schema names and fields are those that OpenTimelineIO 0.15 and later write
(``Timeline.1``, ``Stack.1``, ``Track.1``, ``Clip.2``, ``ExternalReference.1``,
``TimeRange.1``, ``RationalTime.1``); its "Serialized Data" page lists them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from trailer.domain.film.media import SourceMedia
from trailer.domain.planning.plan import Clip, TrailerPlan
from trailer.domain.time.timecode import FrameRange

_MEDIA_KEY: Final = "DEFAULT_MEDIA"


def to_otio(plan: TrailerPlan, media: SourceMedia, source_uri: str) -> dict[str, Any]:
    """Write the plan as one timeline with a video track and, for a source with sound, an audio track.

    Each clip refers to the whole source and shows its own range of it; why it
    was chosen is in its metadata under ``trailer``.

    Args:
        plan: the clips, in trailer order.
        media: the source.
        source_uri: address of the source, put into each clip as its media.
    """
    kinds = ("Video", "Audio") if media.audio_tracks else ("Video",)
    tracks = [_track(kind, plan, media, source_uri) for kind in kinds]
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "name": f"{plan.video_id} {plan.profile_id}",
        "global_start_time": _time(0, plan.frame_rate),
        "tracks": _item("Stack.1", "tracks", None) | {"children": tracks},
        "metadata": {
            "trailer": {
                "videoId": plan.video_id,
                "profileId": plan.profile_id,
                "profileVersion": plan.profile_version,
                # The rate below is a float, as the schema wants it; this one is exact.
                "frameRate": f"{plan.frame_rate.numerator}/{plan.frame_rate.denominator}",
                "maxFrames": plan.max_frames,
            }
        },
    }


def _track(kind: str, plan: TrailerPlan, media: SourceMedia, source_uri: str) -> dict[str, Any]:
    clips = [
        _clip(number, clip, plan.frame_rate, media, source_uri)
        for number, clip in enumerate(plan.clips, start=1)
    ]
    return _item("Track.1", f"{kind[0]}1", None) | {"kind": kind, "children": clips}


def _clip(number: int, clip: Clip, rate: Fraction, media: SourceMedia, source_uri: str) -> dict[str, Any]:
    reference = {
        "OTIO_SCHEMA": "ExternalReference.1",
        "name": source_uri.rpartition("/")[2],
        "target_url": source_uri,
        "available_range": _range(media.whole, rate),
        "available_image_bounds": None,
        "metadata": {},
    }
    why = {
        "scene": clip.scene,
        "act": clip.act,
        "score": clip.score,
        "parts": dict(clip.parts),
        "reasons": list(clip.reasons),
    }
    return _item("Clip.2", f"{number:03d} {clip.act}", _range(clip.source, rate)) | {
        "media_references": {_MEDIA_KEY: reference},
        "active_media_reference_key": _MEDIA_KEY,
        "metadata": {"trailer": why},
    }


def _item(schema: str, name: str, source_range: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": schema,
        "name": name,
        "source_range": source_range,
        "effects": [],
        "markers": [],
        "enabled": True,
        "metadata": {},
    }


def _range(frames: FrameRange, rate: Fraction) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(frames.start, rate),
        "duration": _time(frames.length, rate),
    }


def _time(frames: int, rate: Fraction) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(frames)}
