"""Metrics 12, 13 and 22: how different clips, trailers of several viewers, and noisy runs are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import fsum

from trailer.domain.judgement.case import Case, Yardstick, shared_frames
from trailer.domain.numbers import dot, mean, ratio
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.time.ranges import total, union
from trailer.domain.time.timecode import FrameRange


@dataclass(frozen=True, slots=True)
class Separation:
    """The trailers of one film for several viewers, compared (reference §6 no. 13)."""

    mean: float | None
    """Mean over all pairs of 1 - IoU of the time masks; None for fewer than two trailers."""
    least: float | None
    matrix: Mapping[str, Mapping[str, float]]
    """Viewer to profile of a trailer to the mean relevance of that trailer for the viewer."""

    @property
    def outdone(self) -> tuple[tuple[str, str], ...]:
        """Viewers whom another profile's trailer suits better than their own, with that profile."""
        return tuple(
            (viewer, max(row, key=lambda name: (row[name], name)))
            for viewer, row in self.matrix.items()
            if max(row.values()) > row[viewer] + 1e-12
        )


def redundancy(case: Case) -> float | None:
    """Mean pairwise cosine of the clips' label vectors, labels weighed by rarity (reference §6 no. 12)."""
    count = len(case.labels)
    if count < 2 or not any(case.labels):
        return None
    # The square of the sum of unit vectors holds every pair twice and each with itself once.
    whole: dict[str, float] = {}
    for vector in case.labels:
        for name, value in vector.items():
            whole[name] = whole.get(name, 0.0) + value
    own = sum(1 for vector in case.labels if vector)
    return (fsum(value * value for value in whole.values()) - own) / (count * (count - 1))


def adjacent_redundancy(case: Case) -> float | None:
    """Greatest cosine of neighbouring clips' label vectors (§6 no. 12)."""
    return max((dot(one, other) for one, other in pairwise(case.labels)), default=None)


def mean_distance(case: Case) -> float | None:
    """Mean of 1 - IoU of the time masks with the other profiles' trailers (§6 no. 13)."""
    return mean(_distances(case))


def least_distance(case: Case) -> float | None:
    """Least of 1 - IoU of the time masks with the other profiles' trailers (§6 no. 13)."""
    return min(_distances(case), default=None)


def dominance(case: Case) -> float | None:
    """Share of the other profiles' trailers whose mean r_p is not above this one's (§6 no. 13)."""
    own = case.average(case.yard.track)
    rivals = [Case(case.yard, plan) for plan in _rivals(case)]
    means = [rival.average(case.yard.track) for rival in rivals]
    if own is None or not means:
        return None
    return sum(other is None or other <= own + 1e-12 for other in means) / len(means)


def overlap(case: Case) -> float | None:
    """Share of D that earlier trailers for the same profile show, too (ours, beside §6 no. 13)."""
    return ratio(_repeated(case), case.frames) if case.measured.earlier else None


def overlap_beyond(case: Case) -> float | None:
    """Frames of earlier trailers beyond those that the request allows (ours, beside §6 no. 13)."""
    if case.plan.overlap is None or not case.measured.earlier:
        return None
    return float(max(0, _repeated(case) - case.plan.overlap.limit))


def _repeated(case: Case) -> int:
    shown = union(clip.source for plan in case.measured.earlier for clip in plan.clips)
    return shared_frames(case.clips, shown)


def instability(case: Case) -> float | None:
    """Mean of 1 - Jaccard index of the time masks after noise of 2 points on the confidences (§6 no. 22)."""
    return mean([distance(case.plan, plan) for plan in case.measured.noisy])


def distance(one: TrailerPlan, other: TrailerPlan) -> float:
    """1 less the frames that two trailers share by those that either shows: 0 the same, 1 nothing shared."""
    first, second = mask(one), mask(other)
    shared = shared_frames(first, second)
    either = total(first) + total(second) - shared
    return 1 - shared / either if either else 0.0


def mask(plan: TrailerPlan) -> tuple[FrameRange, ...]:
    """The frames of the film that a trailer shows, sorted and disjoint."""
    return union(clip.source for clip in plan.clips)


def separation(plans: Mapping[str, TrailerPlan], yards: Mapping[str, Yardstick]) -> Separation:
    """How far apart several viewers' trailers of one film are, and whom each suits best.

    Args:
        plans: by profile id.
        yards: the yardstick of each of these profiles.
    """
    pairs = [distance(plans[one], plans[other]) for one, other in combinations(sorted(plans), 2)]
    matrix = {
        viewer: {
            made_for: Case(yards[viewer], plan).average(yards[viewer].track) or 0.0
            for made_for, plan in sorted(plans.items())
        }
        for viewer in sorted(plans)
    }
    return Separation(mean(pairs), min(pairs, default=None), matrix)


def _rivals(case: Case) -> Sequence[TrailerPlan]:
    own = case.yard.profile.id
    return [plan for profile_id, plan in sorted(case.others.items()) if profile_id != own]


def _distances(case: Case) -> list[float]:
    return [distance(case.plan, plan) for plan in _rivals(case)]
