"""Why a scene is not in the trailer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.scenes import Scene
from trailer.domain.numbers import rounded
from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.ground import BAN, SPOILER, Ground, gated_share
from trailer.domain.planning.objective import Objective, State
from trailer.domain.planning.overlap import Reuse
from trailer.domain.planning.plan import RejectedScene, RejectionCode
from trailer.domain.time.ranges import touches, union
from trailer.domain.time.timecode import FrameRange

_MOSTLY: Final = 0.5
"""A scene without candidates that is gated less than this has shots too short for a clip."""
_WEAK: Final = 0.5
"""A scene whose best clip has less than this share of the weakest chosen relevance is irrelevant."""
_REPEATED: Final = 0.5
"""A scene whose best clip keeps less than this share of its worth beside the chosen ones repeats them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan was chosen from and what came of it."""

    pool: Sequence[Candidate]
    chosen: Sequence[Candidate]
    shown: Sequence[FrameRange]
    objective: Objective
    reuse: Reuse | None = None
    """Earlier trailers that were not to be repeated much."""
    reusable: int = 0
    """Frames of them that may be shown."""

    def keeps_out(self, scene: Scene, candidate: Candidate | None) -> bool:
        """Whether a scene is out because its best clip, or all of it, was shown before."""
        if self.reuse is None:
            return False
        if candidate is None:
            return gated_share(self.reuse.shown, scene.range) >= _MOSTLY
        return candidate.reused > self.reusable - sum(clip.reused for clip in self.chosen)


def rejected_scenes(analysis: Analysis, ground: Ground, outcome: Outcome) -> tuple[RejectedScene, ...]:
    """One reason for each scene that no clip shows."""
    best: dict[int, Candidate] = {}
    for one in outcome.pool:
        rival = best.get(one.scene)
        if rival is None or _density(one) > _density(rival):
            best[one.scene] = one
    alone, beside = State(outcome.objective), State(outcome.objective)
    for clip in outcome.chosen:
        beside.add(clip)
    weakest = min((_density(clip) for clip in outcome.chosen if not clip.pinned), default=0.0)
    rejected = []
    shown = union(outcome.shown)
    for scene in analysis.scenes:
        if touches(shown, scene.range):
            continue
        candidate = best.get(scene.index)
        if outcome.reuse is not None and outcome.keeps_out(scene, candidate):
            rejected.append(RejectedScene(scene.index, "reused", _said(outcome.reuse, scene)))
        elif candidate is None:
            rejected.append(_unshowable(scene, ground))
        else:
            shape = outcome.objective.shape(candidate)
            gains = alone.gain_of(shape), beside.gain_of(shape)
            rejected.append(_outdone(scene, candidate, weakest, *gains))
    return tuple(rejected)


def _density(one: Candidate) -> float:
    return rounded(one.value / one.cost, 9)


def _said(reuse: Reuse, scene: Scene) -> str:
    share = float(100 * gated_share(reuse.shown, scene.range))
    return f"Earlier trailers show {share:.0f} % of this scene, and no more of them may be repeated."


def _unshowable(scene: Scene, ground: Ground) -> RejectedScene:
    """The scene has no candidate: which rule takes most of it?"""
    covered = gated_share([frames for _, frames in ground.gates], scene.range)
    if covered < _MOSTLY:
        return RejectedScene(scene.index, "too_short", "No shot of this scene is long enough for a clip.")
    codes = sorted({code for code, frames in ground.gates if frames.overlaps(scene.range)})
    share = {
        code: gated_share([frames for own, frames in ground.gates if own == code], scene.range)
        for code in codes
    }
    main = max(codes, key=lambda code: (share[code], code))
    code: RejectionCode = "spoiler" if main == SPOILER else "banned" if main == BAN else "gated"
    detail = {
        "spoiler": "Too near to the ending: it would give the story away.",
        "banned": "The request bans this part of the film.",
    }.get(code, f"Never shown: {main}.")
    return RejectedScene(scene.index, code, detail)


def _outdone(
    scene: Scene, candidate: Candidate, weakest: float, alone: float, beside: float
) -> RejectedScene:
    density = _density(candidate)
    if density < _WEAK * weakest or density == 0:
        return RejectedScene(
            scene.index,
            "low_relevance",
            f"Its best moment scores {density:.2f} for this viewer; the weakest chosen one {weakest:.2f}.",
        )
    if beside < _REPEATED * alone:
        return RejectedScene(
            scene.index,
            "redundant",
            f"It repeats what chosen clips show already: {100 * (1 - beside / alone):.0f} % of its worth.",
        )
    return RejectedScene(
        scene.index, "no_budget", f"Its best moment scores {density:.2f}, but better ones fill the time."
    )
