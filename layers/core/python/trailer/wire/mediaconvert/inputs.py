"""Which frames of which file: the inputs of a job, in the order in which they are joined."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

from trailer.domain.film.media import AudioTrack, SourceMedia
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.time.timecode import FrameRange, to_timecode
from trailer.errors import InfeasiblePlanError
from trailer.wire.mediaconvert.audio import audio_selectors

MAX_CLIPS: Final = 150
"""The most inputs that one MediaConvert job takes; of clippings, for which no limit is known, as many."""

_ROTATES_BY_METADATA: Final = frozenset({"mp4", "quicktime"})
"""Containers (as Probe calls them) for which MediaConvert offers automatic rotation."""


def clip_inputs(
    plan: TrailerPlan, media: SourceMedia, source_uri: str, track: AudioTrack | None
) -> list[dict[str, Any]]:
    """The clips in trailer order, in one input as long as they go forward in the source.

    Clippings inside one input have to be chronological and apart, and a trailer
    goes back now and then: there the same file is named again. One input per clip
    would be as right, and several times as long in the state of an execution.
    Our ranges exclude their last frame and MediaConvert's ``EndTimecode`` includes
    it: the end moves back one frame.

    Raises:
        InfeasiblePlanError: no clip, more clips than a job takes, or one beyond the end of the source.
    """
    runs = merge_contiguous(clip.source for clip in plan.clips)
    if not runs:
        raise InfeasiblePlanError("The plan has no clip, so there is nothing to render.")
    if len(runs) > MAX_CLIPS:
        raise InfeasiblePlanError(
            f"The plan has {len(runs)} separate clips; one rendering job joins at most {MAX_CLIPS}. "
            "Ask for a shorter trailer."
        )
    if any(run.end > media.frame_count for run in runs):
        raise InfeasiblePlanError(
            f"A clip lies beyond the end of the film, which has {media.frame_count} frames."
        )
    base = _input(media, source_uri, track)
    rate = media.frame_rate
    return [
        {**base, "InputClippings": [_clipping(run, rate) for run in stretch]} for stretch in forward(runs)
    ]


def whole_input(media: SourceMedia, source_uri: str) -> dict[str, Any]:
    """The whole source with its first audio track, if it has one."""
    return _input(media, source_uri, media.audio_tracks[0] if media.audio_tracks else None)


def merge_contiguous(ranges: Iterable[FrameRange]) -> list[FrameRange]:
    """Join neighbours that continue each other in the source; order and length stay the same."""
    merged: list[FrameRange] = []
    for current in ranges:
        if merged and merged[-1].end == current.start:
            merged[-1] = FrameRange(merged[-1].start, current.end)
        else:
            merged.append(current)
    return merged


def forward(ranges: Iterable[FrameRange]) -> list[list[FrameRange]]:
    """Cut a sequence of ranges wherever it goes back in the source or stays where it is."""
    stretches: list[list[FrameRange]] = []
    for current in ranges:
        if stretches and stretches[-1][-1].end <= current.start:
            stretches[-1].append(current)
        else:
            stretches.append([current])
    return stretches


def _clipping(run: FrameRange, rate: Fraction) -> dict[str, str]:
    return {"StartTimecode": to_timecode(run.start, rate), "EndTimecode": to_timecode(run.end - 1, rate)}


def _input(media: SourceMedia, source_uri: str, track: AudioTrack | None) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "FileInput": source_uri,
        # The default, EMBEDDED, makes clippings miss in a file whose own timecode starts at 01:00:00:00.
        "TimecodeSource": "ZEROBASED",
        "VideoSelector": _video_selector(media),
    }
    if track:
        settings["AudioSelectors"] = audio_selectors(track)
    return settings


def _video_selector(media: SourceMedia) -> dict[str, Any]:
    selector: dict[str, Any] = {}
    if media.container in _ROTATES_BY_METADATA:
        selector["Rotate"] = "AUTO"
    elif media.rotation:
        selector["Rotate"] = f"DEGREES_{media.rotation}"
    return selector
