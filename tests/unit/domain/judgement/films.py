"""Tiny hand-made films: ten shots of a hundred frames at 25 frames per second, nothing detected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from trailer.domain.film.analysis import Analysis, SensitiveRange
from trailer.domain.film.concepts import Concept
from trailer.domain.film.detections import CueDetection
from trailer.domain.film.evidence import Moment
from trailer.domain.film.gates import cue_gates
from trailer.domain.film.media import SourceMedia
from trailer.domain.film.scenes import Scene
from trailer.domain.film.shots import Shot
from trailer.domain.judgement import Judgement, judge
from trailer.domain.planning.plan import Clip, TrailerPlan
from trailer.domain.taste.profiles import ViewerProfile, parse_profile
from trailer.domain.time.timecode import FrameRange

RATE = Fraction(25)


def film(
    *,
    shots: int = 10,
    length: int = 100,
    shown: Mapping[int, Mapping[str, float]] | None = None,
    cues: Mapping[int, Mapping[str, float]] | None = None,
    technical: tuple[tuple[str, int, int], ...] = (),
    sensitive: tuple[SensitiveRange, ...] = (),
    content: tuple[int, int] | None = None,
    words: tuple[tuple[int, int], ...] | None = None,
) -> Analysis:
    """A film with one moment and one scene per shot.

    Args:
        shots: how many shots there are.
        length: frames of each.
        shown: shot to concept such as "label:Car" to its strength; rarity is 1 everywhere.
        cues: shot to continuous cues.
        technical: kind and frames of technical cues.
        sensitive: moderation findings.
        content: first frame and end of the content; the whole film if not given.
        words: frames of spoken words; nobody tells if not given.
    """
    frames = shots * length
    ranges = [FrameRange(length * i, length * (i + 1)) for i in range(shots)]
    keys = sorted({key for words in (shown or {}).values() for key in words})
    number = {key: index for index, key in enumerate(keys)}
    moments = tuple(
        Moment(
            own,
            i,
            tuple(sorted((number[key], value) for key, value in (shown or {}).get(i, {}).items())),
            (cues or {}).get(i, {}),
        )
        for i, own in enumerate(ranges)
    )
    found = tuple(CueDetection(FrameRange(start, end), kind, 99.0) for kind, start, end in technical)
    return Analysis(
        video_id="film",
        media=SourceMedia("mp4", "AVC", RATE, frames, 1920, 1080, 0, (), 8, "4:2:0", "PROGRESSIVE"),
        shots=tuple(Shot(i, own, 99.0) for i, own in enumerate(ranges)),
        cues=found,
        scenes=tuple(Scene(i, own, i, i + 1) for i, own in enumerate(ranges)),
        gates=cue_gates(found, frames),
        content=FrameRange(*(content or (0, frames))),
        concepts=tuple(Concept(*key.split(":")) for key in keys),
        moments=moments,
        sensitive=sensitive,
        detectors={},
        warnings=(),
        words=None if words is None else tuple(FrameRange(*word) for word in words),
    )


def profile(**fields: Any) -> ViewerProfile:
    """A viewer who likes nothing, at a pace of 2.2 seconds, with the given fields."""
    return parse_profile(
        {
            "id": "viewer",
            "version": 1,
            "pace": {"mean_clip_s": "2.2", "min_s": "0.8", "max_s": "4"},
            "stage_quota": [0.17, 0.2, 0.27, 0.21, 0.15, 0.0],
            "objective": {"relevance": 1, "coverage": 1, "diversity": 1, "stage": 1},
            **fields,
        }
    )


def plan(*clips: tuple[int, int], limit: int | None = None, **fields: Any) -> TrailerPlan:
    """A plan of clips given by their frames, all of one act, explained by one cue."""
    made = tuple(
        Clip(FrameRange(start, end), 0, "conflict", 0.5, {"label:Car": 0.5}, ("shows Car",))
        for start, end in clips
    )
    frames = sum(clip.source.length for clip in made)
    plain = TrailerPlan("film", "viewer", 1, RATE, limit or max(1, frames), made)
    return replace(plain, **fields)


def judged(
    analysis: Analysis, trailer: TrailerPlan, viewer: ViewerProfile | None = None, **what: Any
) -> Judgement:
    """The judgement of a plan for a viewer who likes nothing, or for the given one."""
    return judge(analysis, trailer, viewer or profile(), **what)
