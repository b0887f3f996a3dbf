"""MediaConvert job settings as pure functions of a plan and its source.

Everything that MediaConvert would otherwise choose by itself and that changes
what a viewer sees or hears is stated: time base, rotation, pixel shape, frame
rate, GOP, rate control, loudness. ``inputs`` says which frames, ``video`` and
``audio`` how they are encoded, ``outputs`` what the files are called.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from trailer.domain.film.media import SourceMedia
from trailer.domain.planning.plan import TrailerPlan
from trailer.errors import InvalidOptionsError
from trailer.wire.mediaconvert.audio import choose_track
from trailer.wire.mediaconvert.inputs import clip_inputs, whole_input
from trailer.wire.mediaconvert.outputs import (
    hls_group,
    mp4_group,
    proxy_group,
    thumbnail_group,
    thumbnail_interval,
    trailer_outputs,
)
from trailer.wire.mediaconvert.video import Rendition, renditions

__all__ = [
    "Rendition",
    "build_proxy_job",
    "build_trailer_job",
    "proxy_recipe",
    "renditions",
    "thumbnail_interval",
    "trailer_outputs",
]

# Both counts start at zero: the inputs' for clipping, the job's for what is written into the outputs.
_TIMECODES: Final = {"Source": "ZEROBASED"}
_RECIPE_LENGTH: Final = 12


def build_trailer_job(
    plan: TrailerPlan,
    media: SourceMedia,
    *,
    source_uri: str,
    destination_uri: str,
    output_format: str,
    target_language: str,
) -> dict[str, Any]:
    """Build the ``Settings`` of the CreateJob call that renders a trailer.

    Args:
        plan: the clips, in trailer order.
        media: the source that the clips' frames are counted in.
        source_uri: ``s3://`` address of the source, its key as it is (not URL-encoded).
        destination_uri: ``s3://`` address of the folder; ``trailer_outputs`` names what appears in it.
        output_format: ``mp4``, ``hls`` or ``mp4+hls``.
        target_language: BCP 47 tag; the first audio track in it is used, else the first track.

    Raises:
        InfeasiblePlanError: no clip, more than 150 inputs, or a clip beyond the end of the source.
        InvalidOptionsError: an output format that does not exist.
    """
    formats = output_formats(output_format)
    track = choose_track(media, target_language)
    sizes = renditions(media)
    folder = destination_uri.rstrip("/")
    groups = []
    if "mp4" in formats:
        groups.append(mp4_group(media, sizes, track, folder))
    if "hls" in formats:
        groups.append(hls_group(media, sizes, track, folder))
    groups.append(thumbnail_group(media, plan, folder))
    return {
        "TimecodeConfig": dict(_TIMECODES),
        "Inputs": clip_inputs(plan, media, source_uri, track),
        "OutputGroups": groups,
    }


def build_proxy_job(media: SourceMedia, *, source_uri: str, destination_uri: str) -> dict[str, Any]:
    """Build the ``Settings`` of the CreateJob call that makes an H.264 copy for Rekognition.

    The copy has one frame for each frame of the source, so frame numbers found
    in the copy are frame numbers of the source.

    Args:
        media: the source.
        source_uri: ``s3://`` address of the source.
        destination_uri: ``s3://`` address of the file to make; ends in ``.mp4``.
    """
    return {
        "TimecodeConfig": dict(_TIMECODES),
        "Inputs": [whole_input(media, source_uri)],
        "OutputGroups": [proxy_group(media, destination_uri)],
    }


def proxy_recipe(media: SourceMedia) -> str:
    """Name the way in which a source's proxy is made; the name changes when anything of it does."""
    made = build_proxy_job(media, source_uri="", destination_uri="")
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:_RECIPE_LENGTH]


def output_formats(output_format: str) -> tuple[str, ...]:
    """Split ``mp4+hls`` into its formats.

    Raises:
        InvalidOptionsError: a format that does not exist.
    """
    formats = tuple(output_format.split("+"))
    if not set(formats) <= {"mp4", "hls"}:
        raise InvalidOptionsError(
            f"output-format is “{output_format[:60]}”; allowed are mp4, hls and mp4+hls."
        )
    return formats
