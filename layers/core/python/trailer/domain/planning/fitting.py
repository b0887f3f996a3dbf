"""Clips at the lengths that they get, and the clips that could stand in for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from trailer.domain.planning.acts import Placed
from trailer.domain.planning.brief import Brief
from trailer.domain.planning.candidates import Candidate, best_window
from trailer.domain.planning.drafting import Draft
from trailer.domain.planning.pacing import Bounds, allocate
from trailer.domain.planning.pool import words_of
from trailer.domain.planning.selection import Choice
from trailer.domain.time.timecode import FrameRange

INTENSITY: Final = 0.06
"""What a correlation of 1 with the wished intensity is worth, in the unit of the objective."""


class Fitting:
    """The clips of a draft at whatever lengths they may get, each worked out once.

    Args:
        brief: what the plan is made from.
        draft: what could be chosen from, and by which rules.
    """

    def __init__(self, brief: Brief, draft: Draft) -> None:
        self.brief = brief
        self.draft = draft
        shots = brief.analysis.shots
        self._cuts = {frame for shot in shots for frame in (shot.range.start, shot.range.end)}
        self._known: dict[tuple[int, int], Candidate] = {}
        self._rivals: dict[int, list[Candidate]] = {}
        for one in sorted(draft.pool, key=lambda one: (-round(one.value / one.cost, 9), one.range)):
            self._rivals.setdefault(one.stage, []).append(one)

    def lengths(self, placed: Sequence[Placed]) -> list[int]:
        """Frames of each clip in trailer order, along the arc."""
        clips = [item.clip for item in placed]
        bounds = [
            Bounds(
                clip.shortest,
                clip.longest,
                clip.room.start + clip.longest in self._cuts or clip.longest == clip.room.length,
            )
            for clip in clips
        ]
        stages = [clip.stage for clip in clips]
        return allocate(bounds, self.brief.request.max_frames, stages, self.draft.objective.quotas)

    def at_length(self, one: Candidate, length: int) -> Candidate:
        """A clip at the length that its place has, with what it is worth then; pins stay."""
        key = id(one), length
        if key not in self._known:
            self._known[key] = one if one.pinned else self._cut_to(one, length)
        return self._known[key]

    def edges(self, clip: Candidate) -> int:
        """How many edges of a clip lie on cuts of the film."""
        return (clip.range.start in self._cuts) + (clip.range.end in self._cuts)

    def rivals(self, placed: Sequence[Placed], index: int, rest: Choice, most: int) -> Iterator[Candidate]:
        """The densest clips of the same part that could stand in a place and keep the story's order.

        Args:
            placed: the clips in trailer order.
            index: the place.
            rest: the clips of the other places.
            most: so many of the part are looked at.
        """
        now, act = placed[index].clip, placed[index].act
        act_before = [item.clip.range.start for item in placed[:index] if item.act == act]
        act_after = [item.clip.range.start for item in placed[index + 1 :] if item.act == act]
        earliest = max(act_before, default=-1)
        latest = min(act_after, default=self.brief.analysis.media.frame_count)
        for one in self._rivals.get(now.stage, ())[:most]:
            fits = one.inner_cuts <= now.inner_cuts and earliest < one.range.start < latest
            if fits and rest.allows(one):
                yield one

    def _cut_to(self, one: Candidate, length: int) -> Candidate:
        start = one.room.start
        shown = FrameRange(start, start + length)
        if one.slides:
            shown = best_window(one.room, length, self.brief.track)
        fitted = replace(one, range=shown, value=self.brief.track.integral(shown))
        words = words_of(self.brief.analysis, fitted, self.brief.track, self.brief.welcome)
        return replace(fitted, concepts=words)
