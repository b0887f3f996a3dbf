"""Choosing the clips of a trailer, under rules that get looser where a film has too little for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from trailer.domain.planning.brief import Brief
from trailer.domain.planning.candidates import Candidate, CutRules, Piece, candidates, pieces
from trailer.domain.planning.filling import fill, longest_total
from trailer.domain.planning.lastresort import chains, stretched
from trailer.domain.planning.objective import Objective, build_objective
from trailer.domain.planning.overlap import offered, refuse
from trailer.domain.planning.pool import shortlist, welcome_words
from trailer.domain.planning.selection import select
from trailer.domain.planning.talk import spoken_candidates
from trailer.domain.taste.relevance import RelevanceTrack
from trailer.domain.time.ranges import subtract
from trailer.domain.time.timecode import FrameRange
from trailer.errors import InfeasiblePlanError

_UNFILLED: Final = Fraction(2, 100)
"""A variant that stays shorter than allowed by more than this share is refused."""


Generate = Callable[[Sequence[Piece], CutRules, RelevanceTrack], Sequence[Candidate]]


@dataclass(frozen=True, slots=True)
class Draft:
    """One attempt: what could be chosen from, and what was."""

    pool: tuple[Candidate, ...]
    rules: CutRules
    objective: Objective
    clips: tuple[Candidate, ...]


def draft(brief: Brief) -> Draft:
    """The first attempt that fills the trailer, under ever looser rules; else the fullest one.

    Raises:
        InfeasiblePlanError: the hard rules leave nothing to show, or not enough that is new.
    """
    budget = brief.request.max_frames
    drafts: list[Draft] = []
    for rules, generate, liked in _looser(brief.rules, budget):
        drafts.append(_attempt(brief, rules, generate, liked))
        if longest_total(drafts[-1].clips) >= budget:
            break
    best = max(drafts, key=lambda one: min(budget, longest_total(one.clips)))
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


def _attempt(brief: Brief, rules: CutRules, generate: Generate, liked: bool) -> Draft:
    analysis, budget = brief.analysis, brief.request.max_frames
    free = subtract(brief.ground.eligible, (pin.range for pin in brief.pinned))

    def cut(stretches: Sequence[FrameRange]) -> Sequence[Candidate]:
        parts = pieces(analysis, stretches, rules)
        found = generate(parts, rules, brief.track)
        if analysis.speech is None:
            return found
        return spoken_candidates(found, parts, analysis.speech, rules, brief.track)

    found = offered(free, brief.request.kept_apart, rules.reusable, cut)
    pool = shortlist(analysis, found, brief.track, brief.energy, brief.welcome)
    words = welcome_words(analysis, brief.opinion_of)
    objective = build_objective(
        brief.profile.objective, [*pool, *brief.pinned], words, brief.profile.stage_quota, budget
    )
    wanted = [one for one in pool if one.value > 0] if liked else pool
    choice = select(wanted, brief.pinned, objective, rules, budget)
    return Draft(tuple(pool), rules, objective, tuple(fill(choice, wanted, budget).clips))


def _looser(rules: CutRules, budget: int) -> list[tuple[CutRules, Generate, bool]]:
    """The rules, then rules for films with ever less material: closer, more per scene, longer.

    What says nothing to the viewer is chosen only where what does can't fill the trailer.
    """
    closer = replace(rules, spacing=0, clips_per_scene=1_000_000, repeats_looks=True)
    longer = replace(closer, longest=4 * rules.longest, long_shot=2 * rules.part)
    return [
        (rules, candidates, True),
        (closer, candidates, True),
        (rules, candidates, False),
        (closer, candidates, False),
        (longer, candidates, False),
        (replace(longer, longest=budget), chains, False),
    ]
