"""The hard rules of a trailer plan, checked from the film's facts and not from the planner's own.

Shared by the quality tests and the planner's property tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.time.timecode import FrameRange


def frames_of(plan: TrailerPlan) -> set[int]:
    return {frame for clip in plan.clips for frame in range(clip.source.start, clip.source.end)}


def broken_rules(plan: TrailerPlan, analysis: Analysis, request: PlanRequest) -> list[str]:
    """A sentence for every rule that the plan breaks; empty when it is legal."""
    shown = frames_of(plan)
    return [*_length(plan, analysis, request, shown), *_secrets(analysis, request, shown), *_acts(plan),
            *_reasons(plan, analysis)]  # fmt: skip


def _length(plan: TrailerPlan, analysis: Analysis, request: PlanRequest, shown: set[int]) -> Iterable[str]:
    if sum(clip.source.length for clip in plan.clips) > request.max_frames:
        yield "longer than allowed"
    if len(shown) != plan.frames:
        yield "clips overlap"
    if max(shown) >= analysis.media.frame_count:
        yield "beyond the film"
    if any(clip.source.length < ceil(analysis.media.frame_rate * 4 / 5) for clip in plan.clips):
        yield "a clip is shorter than 0.8 seconds"


def _secrets(analysis: Analysis, request: PlanRequest, shown: set[int]) -> Iterable[str]:
    for cue in analysis.cues:
        guarded = range(cue.range.start - 1, cue.range.end + 1)
        if cue.kind != "Content" and not shown.isdisjoint(guarded):
            yield f"shows {cue.kind}"
    content = analysis.content
    if max(shown) >= content.start + int(content.length * request.spoiler_cut):
        yield "shows the ending"
    if any(not shown.isdisjoint(range(ban.start, ban.end)) for ban in request.bans):
        yield "shows banned frames"
    if any(not shown.issuperset(range(pin.start, pin.end)) for pin in request.pins):
        yield "lacks pinned frames"


def _reasons(plan: TrailerPlan, analysis: Analysis) -> Iterable[str]:
    for clip in plan.clips:
        if abs(sum(clip.parts.values()) - clip.score) > 1e-9:
            yield "parts do not add up"
        if not clip.reasons:
            yield "a clip without a reason"
    explained = {item.scene for item in plan.rejected}
    for scene in analysis.scenes:
        used = any(scene.range.overlaps(clip.source) for clip in plan.clips)
        if used == (scene.index in explained):
            yield f"scene {scene.index} is neither used nor explained, or both"


def _acts(plan: TrailerPlan) -> Iterable[str]:
    order = ["hook", "setup", "conflict", "montage", "button"]
    acts = [order.index(clip.act) for clip in plan.clips]
    if acts != sorted(acts) or acts.count(0) != 1 or acts.count(4) > 1:
        yield "acts are out of order"
    for act in range(5):
        starts = [clip.source.start for clip, own in zip(plan.clips, acts, strict=True) if own == act]
        if starts != sorted(starts):
            yield "clips of an act do not follow the film"


def loose_cuts(plan: TrailerPlan, analysis: Analysis) -> list[int]:
    """Cut points that are neither at a cut of the film nor inside a shot of at least 0.8 seconds."""
    edges = {frame for shot in analysis.shots for frame in (shot.range.start, shot.range.end)}
    edges |= {frame for gate in analysis.gates for frame in (gate.range.start, gate.range.end)}
    near = {frame + step for frame in edges for step in (-1, 0, 1)}
    loose = []
    for clip in plan.clips:
        for frame in (clip.source.start, clip.source.end):
            inside = [s for s in analysis.shots if s.range.start < frame < s.range.end]
            long_enough = inside and inside[0].range.length >= analysis.media.frame_rate * 4 / 5
            if frame not in near and not long_enough:
                loose.append(frame)
    return loose


def flashes(plan: TrailerPlan, analysis: Analysis) -> list[FrameRange]:
    """Clips that show less than 6 frames of a shot at an edge, beside another shot."""
    found = []
    for clip in plan.clips:
        shown = [own for shot in analysis.shots if (own := shot.range.intersection(clip.source)) is not None]
        if len(shown) > 1 and min(shown[0].length, shown[-1].length) < 6:
            found.append(clip.source)
    return found
