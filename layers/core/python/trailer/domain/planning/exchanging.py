"""Better clips for the places of a trailer, once each place and its length are known.

Choosing judges a clip at its natural length, but what the arc gives it may be longer or
shorter. Here a clip gives way to one of the same part of the story that is worth more at just
that length, so that the lengths and the balance of the story stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from trailer.domain.planning.acts import Placed, intensity
from trailer.domain.planning.brief import Brief
from trailer.domain.planning.candidates import Candidate, best_window
from trailer.domain.planning.drafting import Draft
from trailer.domain.planning.pool import words_of
from trailer.domain.planning.selection import Choice
from trailer.domain.time.timecode import FrameRange

_ROUNDS: Final = 2
_RIVALS: Final = 25
"""The densest of each part of the story; a sparser one hardly ever wins."""
_INTENSITY: Final = 0.06
"""What a correlation of 1 with the wished intensity is worth, in the unit of the objective."""
_LOST: Final = 0.9
"""A clip that follows the arc better must still bring this share of what its place brings now."""
_EPSILON: Final = 1e-9


def exchanged(
    brief: Brief, draft: Draft, placed: Sequence[Placed], lengths: Sequence[int], cuts: set[int]
) -> list[Placed]:
    """The places with better clips, where there are any; pins stay.

    Args:
        brief: what the plan is made from.
        draft: what could be chosen from, and by which rules.
        placed: the clips in trailer order.
        lengths: frames of each.
        cuts: where shots begin and end; a clip gives way only to one with as many edges on them.
    """
    stand = _Stand(brief, draft, placed, lengths, cuts)
    for _ in range(_ROUNDS):
        if not sum(stand.improve(index) for index in range(len(placed))):
            break
    return stand.placed


class _Stand:
    """The trailer as it stands, with each clip at the length that it will have."""

    def __init__(
        self, brief: Brief, draft: Draft, placed: Sequence[Placed], lengths: Sequence[int], cuts: set[int]
    ) -> None:
        self._brief = brief
        self._draft = draft
        self._lengths = lengths
        self._cuts = cuts
        self.placed = list(placed)
        self._known: dict[tuple[int, int], Candidate] = {}
        self._fitted = [
            self._at_length(item.clip, length) for item, length in zip(placed, lengths, strict=True)
        ]
        self._levels = [brief.energy.mean(clip.range) for clip in self._fitted]
        self._rivals: dict[int, list[Candidate]] = {}
        for one in sorted(draft.pool, key=lambda one: (-round(one.value / one.cost, 9), one.range)):
            self._rivals.setdefault(one.stage, []).append(one)

    def improve(self, index: int) -> bool:
        """Put the best clip in a place; whether that is another one."""
        now = self._fitted[index]
        if now.pinned:
            return False
        others = (clip for clip in self._fitted if clip is not now)
        rest = Choice(self._draft.rules, self._draft.objective, others)
        worth = rest.state.gain(now)
        best, best_worth = None, worth + self._arc(index, now) + _EPSILON
        for rival in self._admitted(index, rest):
            fitted = self._at_length(rival, self._lengths[index])
            gain = rest.state.gain(fitted)
            if gain < _LOST * worth or self._edges(fitted) < self._edges(now):
                continue
            total = gain + self._arc(index, fitted)
            if total > best_worth:
                best, best_worth = (rival, fitted), total
        if best is None:
            return False
        self.placed[index] = replace(self.placed[index], clip=best[0])
        self._fitted[index] = best[1]
        self._levels[index] = self._brief.energy.mean(best[1].range)
        return True

    def _admitted(self, index: int, rest: Choice) -> Iterator[Candidate]:
        """Clips that could stand in a place without a change of the story's order or of any length."""
        now, act = self.placed[index].clip, self.placed[index].act
        act_before = [item.clip.range.start for item in self.placed[:index] if item.act == act]
        act_after = [item.clip.range.start for item in self.placed[index + 1 :] if item.act == act]
        earliest = max(act_before, default=-1)
        latest = min(act_after, default=self._brief.analysis.media.frame_count)
        length = self._lengths[index]
        for one in self._rivals.get(now.stage, ())[:_RIVALS]:
            fits = one.shortest <= length <= one.longest and one.inner_cuts <= now.inner_cuts
            if fits and earliest < one.range.start < latest and rest.allows(one):
                yield one

    def _arc(self, index: int, clip: Candidate) -> float:
        """What the trailer's intensity is worth with a clip in a place."""
        levels = [*self._levels[:index], self._brief.energy.mean(clip.range), *self._levels[index + 1 :]]
        return _INTENSITY * (intensity(levels, self._lengths) or 0.0)

    def _edges(self, clip: Candidate) -> int:
        return (clip.range.start in self._cuts) + (clip.range.end in self._cuts)

    def _at_length(self, one: Candidate, length: int) -> Candidate:
        """A clip at the length that its place has, with what it is worth then; worked out once."""
        key = id(one), length
        if key not in self._known:
            self._known[key] = one if one.pinned else self._cut_to(one, length)
        return self._known[key]

    def _cut_to(self, one: Candidate, length: int) -> Candidate:
        start = one.room.start
        shown = FrameRange(start, start + length)
        if one.slides:
            shown = best_window(one.room, length, self._brief.track)
        fitted = replace(one, range=shown, value=self._brief.track.integral(shown))
        words = words_of(self._brief.analysis, fitted, self._brief.track, self._brief.welcome)
        return replace(fitted, concepts=words)
