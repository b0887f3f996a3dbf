"""Better clips for the places of a trailer, once each place and its length are known.

Choosing judges a clip at its natural length, but what the arc gives it may be longer or
shorter. Here a clip gives way to one of the same part of the story that is worth more at just
that length, so that the lengths and the balance of the story stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from trailer.domain.planning.acts import Placed, intensity
from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.fitting import INTENSITY, Fitting
from trailer.domain.planning.selection import Choice

_ROUNDS: Final = 2
_RIVALS: Final = 25
"""The densest of each part of the story; a sparser one hardly ever wins."""
_LOST: Final = 0.9
"""A clip that follows the arc better must still bring this share of what its place brings now."""
_EPSILON: Final = 1e-9


def exchanged(fitting: Fitting, placed: Sequence[Placed], lengths: Sequence[int]) -> list[Placed]:
    """The places with better clips, where there are any; pins stay.

    A clip gives way only to one with as many edges on cuts of the film.

    Args:
        fitting: of the draft.
        placed: the clips in trailer order.
        lengths: frames of each.
    """
    stand = _Stand(fitting, placed, lengths)
    for _ in range(_ROUNDS):
        if not sum(stand.improve(index) for index in range(len(placed))):
            break
    return stand.placed


class _Stand:
    """The trailer as it stands, with each clip at the length that it will have."""

    def __init__(self, fitting: Fitting, placed: Sequence[Placed], lengths: Sequence[int]) -> None:
        self._fitting = fitting
        self._energy = fitting.brief.energy
        self._lengths = lengths
        self.placed = list(placed)
        self._fitted = [
            fitting.at_length(item.clip, length) for item, length in zip(placed, lengths, strict=True)
        ]
        self._levels = [self._energy.mean(clip.range) for clip in self._fitted]

    def improve(self, index: int) -> bool:
        """Put the best clip in a place; whether that is another one."""
        now, length = self._fitted[index], self._lengths[index]
        if now.pinned:
            return False
        draft = self._fitting.draft
        others = (clip for clip in self._fitted if clip is not now)
        rest = Choice(draft.rules, draft.objective, others)
        worth = rest.state.gain(now)
        best, best_worth = None, worth + self._arc(index, now) + _EPSILON
        for rival in self._fitting.rivals(self.placed, index, rest, _RIVALS):
            if not rival.shortest <= length <= rival.longest:
                continue
            fitted = self._fitting.at_length(rival, length)
            gain = rest.state.gain(fitted)
            if gain < _LOST * worth or self._fitting.edges(fitted) < self._fitting.edges(now):
                continue
            total = gain + self._arc(index, fitted)
            if total > best_worth:
                best, best_worth = (rival, fitted), total
        if best is None:
            return False
        self.placed[index] = replace(self.placed[index], clip=best[0])
        self._fitted[index] = best[1]
        self._levels[index] = self._energy.mean(best[1].range)
        return True

    def _arc(self, index: int, clip: Candidate) -> float:
        """What the trailer's intensity is worth with a clip in a place."""
        levels = [*self._levels[:index], self._energy.mean(clip.range), *self._levels[index + 1 :]]
        return INTENSITY * (intensity(levels, self._lengths) or 0.0)
