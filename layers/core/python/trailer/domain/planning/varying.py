"""Other clips for a short trailer in which all would be about as long.

The arc wishes long clips and short ones, but a clip gets no longer than its shot. Among many
clips there are always some that can follow it; of a few, each counts. So where the lengths of
a short trailer vary too little, a place may get a clip of the same part of the story that can
be what its place wishes, and all lengths are worked out anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from trailer.domain.numbers import variation
from trailer.domain.planning.acts import Placed, intensity
from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.fitting import INTENSITY, Fitting
from trailer.domain.planning.flashes import Cuts
from trailer.domain.planning.objective import State
from trailer.domain.planning.selection import Choice

_FEW: Final = 16
"""Clips; in a trailer of more, one clip does not change how varied it is."""
_RIVALS: Final = 12
"""The densest of each part of the story."""
_VARIED: Final = 0.55
"""Variation of shot lengths, standard deviation by mean, from which a trailer is varied enough.

Official trailers have 0.5 and more; what is cut later costs a little of it.
"""
_KEPT: Final = 0.92
"""A clip that makes the trailer more varied must leave it this share of its relevance."""

# What a trailer is worth beside its objective, in the unit of that.
_VARIATION: Final = 1.0
"""A variation of 1."""
_EDGES: Final = 0.3
"""All edges on cuts of the film."""
_BALANCE: Final = 0.3
"""The wished shares of the story, which what one clip gains takes from the others."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """A trailer with each clip at its length."""

    placed: list[Placed]
    lengths: list[int]
    fitted: list[Candidate]
    variation: float
    relevance: float
    worth: float


def varied(
    fitting: Fitting, placed: Sequence[Placed], lengths: Sequence[int]
) -> tuple[list[Placed], list[int]]:
    """The places and their lengths, with other clips where that makes a short trailer more varied.

    Args:
        fitting: of the draft.
        placed: the clips in trailer order; pins stay.
        lengths: frames of each.
    """
    if len(placed) > _FEW:
        return list(placed), list(lengths)
    starts = Cuts(shot.range.start for shot in fitting.brief.analysis.shots)
    now = _stand(fitting, starts, placed, lengths)
    for index in range(len(placed)):
        if now.variation >= _VARIED:
            break
        now = max([now, *_others(fitting, starts, now, index)], key=lambda one: one.worth)
    return now.placed, now.lengths


def _others(fitting: Fitting, starts: Cuts, now: _Stand, index: int) -> Iterator[_Stand]:
    """The trailers with another clip in a place that can have lengths which the one there can't."""
    clip, draft = now.placed[index].clip, fitting.draft
    if clip.pinned:
        return
    rest = Choice(draft.rules, draft.objective, [*now.fitted[:index], *now.fitted[index + 1 :]])
    for one in fitting.rivals(now.placed, index, rest, _RIVALS):
        if clip.shortest <= one.shortest <= now.lengths[index] <= one.longest <= clip.longest:
            continue
        placed = [*now.placed[:index], replace(now.placed[index], clip=one), *now.placed[index + 1 :]]
        lengths = fitting.lengths(placed)
        other = _stand(fitting, starts, placed, lengths)
        liked = all(own.pinned or own.value > 0 for own in other.fitted)
        as_relevant = other.relevance >= _KEPT * now.relevance
        if liked and as_relevant and sum(lengths) == sum(now.lengths):
            yield other


def _stand(fitting: Fitting, starts: Cuts, placed: Sequence[Placed], lengths: Sequence[int]) -> _Stand:
    fitted = [fitting.at_length(item.clip, length) for item, length in zip(placed, lengths, strict=True)]
    state = State(fitting.draft.objective)
    for clip in fitted:
        state.add(clip)
    varies = variation([length for clip in fitted for length in _shots(clip, starts)]) or 0.0
    arc = intensity([fitting.brief.energy.mean(clip.range) for clip in fitted], lengths) or 0.0
    worth = (
        state.value
        + _VARIATION * min(_VARIED, varies)
        + INTENSITY * arc
        + _EDGES * sum(map(fitting.edges, fitted)) / (2 * len(fitted))
        + _BALANCE * state.terms()["stage"]
    )
    relevance = sum(clip.value for clip in fitted)
    return _Stand(list(placed), list(lengths), fitted, varies, relevance, round(worth, 9))


def _shots(clip: Candidate, starts: Cuts) -> list[int]:
    """Lengths of the uninterrupted pictures of a clip."""
    edges = [clip.range.start, *starts.inside(clip.range), clip.range.end]
    return [end - start for start, end in pairwise(edges)]
