"""From an analysed film and a viewer profile to a trailer plan. Same inputs, same plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.acts import Placed, arrange
from trailer.domain.planning.candidates import Candidate, CutRules, Piece, best_window, candidates, pieces
from trailer.domain.planning.explanation import plan_warnings, reasons
from trailer.domain.planning.filling import fill, longest_total
from trailer.domain.planning.flashes import Cuts
from trailer.domain.planning.ground import Ground, showable
from trailer.domain.planning.lastresort import chains, stretched
from trailer.domain.planning.objective import Objective, build_objective
from trailer.domain.planning.overlap import Reuse, offered, refuse, refuse_pins
from trailer.domain.planning.pacing import Bounds, allocate
from trailer.domain.planning.pins import pinned_clips
from trailer.domain.planning.plan import Clip, Overlap, TrailerPlan
from trailer.domain.planning.pool import shortlist, welcome_words, words_of
from trailer.domain.planning.rejection import Outcome, rejected_scenes
from trailer.domain.planning.selection import select
from trailer.domain.planning.settling import settled
from trailer.domain.planning.talk import spoken_candidates
from trailer.domain.taste.profiles import ViewerProfile
from trailer.domain.taste.relevance import Opinion, RelevanceTrack, opinions, relevance_track
from trailer.domain.time.ranges import subtract
from trailer.domain.time.timecode import FrameRange
from trailer.errors import InfeasiblePlanError

SPOILER_CUT: Final = Fraction(9, 10)
_UNFILLED: Final = Fraction(2, 100)
"""A variant that stays shorter than allowed by more than this share is refused."""

Generate = Callable[[Sequence[Piece], CutRules, RelevanceTrack], Sequence[Candidate]]


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What one trailer has to obey."""

    max_frames: int
    """The limit; the plan is exactly this long whenever the film allows it, and never longer."""
    pins: tuple[FrameRange, ...] = ()
    bans: tuple[FrameRange, ...] = ()
    spoiler_cut: Fraction = SPOILER_CUT
    """Share of the content after which nothing is shown."""
    reuse: Reuse | None = None
    """Earlier trailers that this one shall differ from."""

    @property
    def reusable(self) -> int:
        """Frames of earlier trailers that may be shown."""
        return self.max_frames if self.reuse is None else self.reuse.limit(self.max_frames)

    @property
    def kept_apart(self) -> Reuse | None:
        """The earlier trailers, where they limit anything."""
        return None if self.reuse is None or self.reuse.share >= 1 else self.reuse


@dataclass(frozen=True, slots=True)
class _Brief:
    """Everything that one plan is made from."""

    analysis: Analysis
    profile: ViewerProfile
    request: PlanRequest
    rules: CutRules
    ground: Ground
    track: RelevanceTrack
    opinion_of: Mapping[int, Opinion]
    pinned: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    """One attempt: what could be chosen from, and what was."""

    pool: tuple[Candidate, ...]
    objective: Objective
    clips: tuple[Candidate, ...]


def plan_trailer(analysis: Analysis, profile: ViewerProfile, request: PlanRequest) -> TrailerPlan:
    """Choose, order and cut the clips of one trailer.

    Raises:
        InfeasiblePlanError: the limit is shorter than one clip, the hard rules leave nothing
            to show, or the pins can't be shown.
    """
    brief = _brief(analysis, profile, request)
    draft = _draft(brief)
    placed = arrange(draft.clips, brief.track, analysis.content)
    return _plan(brief, draft, placed, _cut(brief, draft, placed))


def _brief(analysis: Analysis, profile: ViewerProfile, request: PlanRequest) -> _Brief:
    rules = replace(CutRules.of(profile.pace, analysis.media.frame_rate), reusable=request.reusable)
    if request.max_frames < rules.shortest:
        raise InfeasiblePlanError(
            f"A trailer of {request.max_frames} frames is too short: one clip already has {rules.shortest}."
        )
    ground = showable(analysis, profile, request.bans, request.spoiler_cut)
    track = relevance_track(analysis, profile)
    opinion_of = opinions(analysis.concepts, profile)
    pinned = tuple(
        replace(
            pin,
            concepts=words_of(analysis, pin, track, opinion_of),
            reused=request.kept_apart.repeated(pin.range) if request.kept_apart else 0,
        )
        for pin in pinned_clips(analysis, request.pins, ground, rules, track)
    )
    taken = sum(pin.cost for pin in pinned)
    if taken > request.max_frames:
        raise InfeasiblePlanError(
            f"The pins have {taken} frames together; the trailer may have {request.max_frames}."
        )
    repeated = sum(pin.reused for pin in pinned)
    if request.kept_apart is not None and repeated > request.reusable:
        raise refuse_pins(request.kept_apart, repeated, request.max_frames)
    return _Brief(analysis, profile, request, rules, ground, track, opinion_of, pinned)


def _draft(brief: _Brief) -> _Draft:
    """The first attempt that fills the trailer, under ever looser rules; else the fullest one."""
    budget = brief.request.max_frames
    drafts: list[_Draft] = []
    for rules, generate in _looser(brief.rules, budget):
        drafts.append(_attempt(brief, rules, generate))
        if longest_total(drafts[-1].clips) >= budget:
            break
    best = max(drafts, key=lambda draft: min(budget, longest_total(draft.clips)))
    missing = budget - longest_total(best.clips)
    if brief.request.kept_apart is not None and missing > _UNFILLED * budget:
        raise refuse(brief.request.kept_apart, budget, budget - missing, brief.analysis.media.frame_rate)
    if not best.clips:
        raise InfeasiblePlanError(
            "Nothing of this film may be shown: technical cues, spoiler protection, bans and the "
            "profile's content rules leave no stretch of 0.8 seconds."
        )
    if missing > 0:
        shown = brief.request.kept_apart.shown if brief.request.kept_apart else ()
        free = subtract(brief.ground.eligible, shown)
        best = replace(best, clips=tuple(stretched(best.clips, free, missing)))
    return best


def _attempt(brief: _Brief, rules: CutRules, generate: Generate) -> _Draft:
    analysis, budget = brief.analysis, brief.request.max_frames
    free = subtract(brief.ground.eligible, (pin.range for pin in brief.pinned))

    def cut(stretches: Sequence[FrameRange]) -> Sequence[Candidate]:
        parts = pieces(analysis, stretches, rules)
        found = generate(parts, rules, brief.track)
        if analysis.speech is None:
            return found
        return spoken_candidates(found, parts, analysis.speech, rules, brief.track)

    found = offered(free, brief.request.kept_apart, rules.reusable, cut)
    pool = shortlist(analysis, found, brief.track, brief.opinion_of)
    words = welcome_words(analysis, brief.opinion_of)
    objective = build_objective(
        brief.profile.objective, [*pool, *brief.pinned], words, brief.profile.stage_quota, budget
    )
    choice = select(pool, brief.pinned, objective, rules, budget)
    return _Draft(tuple(pool), objective, tuple(fill(choice, pool, objective, budget).clips))


def _looser(rules: CutRules, budget: int) -> list[tuple[CutRules, Generate]]:
    """The rules, then rules for films with ever less material: closer, more per scene, longer."""
    closer = replace(rules, spacing=0, clips_per_scene=1_000_000)
    longer = replace(closer, longest=4 * rules.longest, long_shot=2 * rules.part)
    return [
        (rules, candidates),
        (closer, candidates),
        (longer, candidates),
        (replace(longer, longest=budget), chains),
    ]


def _cut(brief: _Brief, draft: _Draft, placed: Sequence[Placed]) -> list[FrameRange]:
    """The exact range of each clip."""
    cuts = {frame for shot in brief.analysis.shots for frame in (shot.range.start, shot.range.end)}
    clips = [item.clip for item in placed]
    bounds = [
        Bounds(
            clip.shortest,
            clip.longest,
            clip.room.start + clip.longest in cuts or clip.longest == clip.room.length,
        )
        for clip in clips
    ]
    stages = [clip.stage for clip in clips]
    lengths = allocate(bounds, brief.request.max_frames, stages, draft.objective.quotas)
    wished = [
        best_window(clip.room, length, brief.track)
        if clip.slides
        else FrameRange(clip.room.start, clip.room.start + length)
        for clip, length in zip(clips, lengths, strict=True)
    ]
    steady = Cuts(cuts).settled(wished, clips, brief.rules.shortest)
    speech = brief.analysis.speech
    if speech is None:
        return steady
    return settled(steady, clips, speech, brief.request.max_frames, brief.rules.spacing)


def _plan(
    brief: _Brief, draft: _Draft, placed: Sequence[Placed], ranges: Sequence[FrameRange]
) -> TrailerPlan:
    clips = []
    for item, source in zip(placed, ranges, strict=True):
        score, parts = brief.track.explain(source)
        why = reasons(item.clip, item.act, parts)
        if brief.request.reuse is not None and brief.request.reuse.repeated(source):
            why = (*why, "an earlier trailer shows some of it, too")
        clips.append(Clip(source, item.clip.scene, item.act, score, parts, why))
    analysis, profile, limit = brief.analysis, brief.profile, brief.request.max_frames
    kept_apart, reusable = brief.request.kept_apart, brief.request.reusable
    outcome = Outcome(draft.pool, draft.clips, tuple(ranges), draft.objective, kept_apart, reusable)
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
