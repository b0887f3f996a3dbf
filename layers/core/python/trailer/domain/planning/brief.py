"""What one plan is made from: the film, the viewer, the request, and the rules that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.acts import energy_track
from trailer.domain.planning.candidates import Candidate, CutRules
from trailer.domain.planning.ground import Ground, showable
from trailer.domain.planning.overlap import Reuse, refuse_pins
from trailer.domain.planning.pins import pinned_clips
from trailer.domain.planning.pool import Welcome, welcome_concepts, words_of
from trailer.domain.planning.story import Tempo
from trailer.domain.taste.profiles import ViewerProfile
from trailer.domain.taste.relevance import Opinion, RelevanceTrack, opinions, relevance_track
from trailer.domain.time.timecode import FrameRange
from trailer.errors import InfeasiblePlanError

SPOILER_CUT: Final = Fraction(9, 10)


_LEAST_CLIPS: Final = 6
"""A short trailer is cut faster than its profile's pace, so that each part of the story gets a clip."""


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
class Brief:
    """Everything that one plan is made from."""

    analysis: Analysis
    profile: ViewerProfile
    request: PlanRequest
    rules: CutRules
    ground: Ground
    track: RelevanceTrack
    energy: RelevanceTrack
    """How lively the film is along its length."""
    opinion_of: Mapping[int, Opinion]
    welcome: Welcome
    pinned: tuple[Candidate, ...]


def brief_of(analysis: Analysis, profile: ViewerProfile, request: PlanRequest) -> Brief:
    """Look at film, viewer and request together.

    Raises:
        InfeasiblePlanError: the limit is shorter than one clip, or the pins can't be shown.
    """
    rules = _rules(analysis, profile, request)
    if request.max_frames < rules.shortest:
        raise InfeasiblePlanError(
            f"A trailer of {request.max_frames} frames is too short: one clip already has {rules.shortest}."
        )
    ground = showable(analysis, profile, request.bans, request.spoiler_cut)
    track = relevance_track(analysis, profile)
    opinion_of = opinions(analysis.concepts, profile)
    welcome = welcome_concepts(analysis.moments, opinion_of)
    pinned = tuple(
        replace(
            pin,
            concepts=words_of(analysis, pin, track, welcome),
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
    energy = energy_track(analysis.moments)
    return Brief(analysis, profile, request, rules, ground, track, energy, opinion_of, welcome, pinned)


def _rules(analysis: Analysis, profile: ViewerProfile, request: PlanRequest) -> CutRules:
    quotas = tuple(share * request.max_frames for share in profile.stage_quota)
    rules = CutRules.of(profile.pace, analysis.media.frame_rate, Tempo(analysis.content, quotas))
    mean = max(rules.shortest, min(rules.mean, request.max_frames // _LEAST_CLIPS))
    return replace(rules, mean=mean, reusable=request.reusable)
