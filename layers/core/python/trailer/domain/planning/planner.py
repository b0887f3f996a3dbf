"""From an analysed film and a viewer profile to a trailer plan. Same inputs, same plan."""

from __future__ import annotations

from collections.abc import Sequence

from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.acts import Placed
from trailer.domain.planning.brief import Brief, PlanRequest, brief_of
from trailer.domain.planning.cutting import arranged, cut
from trailer.domain.planning.drafting import Draft, draft
from trailer.domain.planning.explanation import plan_warnings, reasons
from trailer.domain.planning.plan import Clip, Overlap, TrailerPlan
from trailer.domain.planning.rejection import Outcome, rejected_scenes
from trailer.domain.taste.profiles import ViewerProfile
from trailer.domain.time.timecode import FrameRange


def plan_trailer(analysis: Analysis, profile: ViewerProfile, request: PlanRequest) -> TrailerPlan:
    """Choose, order and cut the clips of one trailer.

    Raises:
        InfeasiblePlanError: the limit is shorter than one clip, the hard rules leave nothing
            to show, or the pins can't be shown.
    """
    brief = brief_of(analysis, profile, request)
    chosen = draft(brief)
    placed, lengths = arranged(brief, chosen)
    return _plan(brief, chosen, placed, cut(brief, placed, lengths))


def _plan(brief: Brief, draft: Draft, placed: Sequence[Placed], ranges: Sequence[FrameRange]) -> TrailerPlan:
    clips = []
    for item, source in zip(placed, ranges, strict=True):
        score, parts = brief.track.explain(source)
        why = reasons(item.clip, item.act, parts)
        if brief.request.reuse is not None and brief.request.reuse.repeated(source):
            why = (*why, "an earlier trailer shows some of it, too")
        clips.append(Clip(source, item.clip.scene, item.act, score, parts, why))
    analysis, profile, limit = brief.analysis, brief.profile, brief.request.max_frames
    kept_apart, reusable = brief.request.kept_apart, brief.request.reusable
    outcome = Outcome(
        draft.pool, [item.clip for item in placed], tuple(ranges), draft.objective, kept_apart, reusable
    )
    return TrailerPlan(
        video_id=analysis.video_id,
        profile_id=profile.id,
        profile_version=profile.version,
        frame_rate=analysis.media.frame_rate,
        max_frames=limit,
        clips=tuple(clips),
        rejected=rejected_scenes(analysis, brief.ground, outcome),
        gates=brief.ground.summary(),
        warnings=plan_warnings(analysis, profile, brief.track, sum(r.length for r in ranges), limit),
        content=analysis.content,
        spoiler_start=brief.ground.spoiler_start,
        overlap=_overlap(brief.request, ranges),
    )


def _overlap(request: PlanRequest, ranges: Sequence[FrameRange]) -> Overlap | None:
    reuse = request.reuse
    if reuse is None:
        return None
    return Overlap(reuse.versions, request.reusable, sum(reuse.repeated(one) for one in ranges))
