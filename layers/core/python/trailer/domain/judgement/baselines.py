"""What a planner has to beat: five simple ways of making a trailer, as pure functions.

Random, uniform and top-k are helped: they know the hard rules and take showable frames only.
The other two are rivals and choose as they would, without our gates. All fill the budget
exactly where the film allows it, and show their clips in film order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from math import ceil
from random import Random
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.judgement.case import Yardstick
from trailer.domain.numbers import dot, unit
from trailer.domain.planning.plan import Clip, TrailerPlan
from trailer.domain.taste.profiles import SHORTEST_CLIP_SECONDS
from trailer.domain.time.ranges import union
from trailer.domain.time.timecode import FrameRange

RANDOM_SEEDS: Final = 50
BASELINES: Final = ("random", "uniform", "top-k", "similarity", "thirds")

_BREAKS: Final = frozenset({"ColorBars", "BlackFrames", "StudioLogo", "Slate"})
_SIMILAR: Final = 0.8
_REACH_SECONDS: Final = 180
_BLOCK_SECONDS: Final = (10, 20)
_SCORES: Final = (0.60, 0.98)
_TAG_BONUS: Final = 0.1
_THIRDS: Final = (0.3, 0.4, 0.3)


class Rivals:
    """The baselines on one film; what does not depend on the viewer is computed once."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

    def plans(
        self, yard: Yardstick, max_frames: int, seeds: int = RANDOM_SEEDS
    ) -> dict[str, list[TrailerPlan]]:
        """Plans per baseline: one of each, and ``seeds`` of the random one."""
        chosen = {
            "random": [random_clips(yard, max_frames, seed) for seed in range(seeds)],
            "uniform": [uniform_clips(yard, max_frames)],
            "top-k": [self.confident_shots(yard, max_frames)],
            "similarity": [self.similar_scenes(max_frames)],
            "thirds": [thirds(yard, max_frames)],
        }
        return {name: [as_plan(yard, clips, max_frames) for clips in drawn] for name, drawn in chosen.items()}

    def confident_shots(self, yard: Yardstick, max_frames: int) -> list[FrameRange]:
        """Top-k: whole showable shots by their mean label confidence, the last one cut to fit."""
        shots = self.analysis.shots
        ranked = sorted(range(len(shots)), key=lambda index: (-self._confidence[index], index))
        shortest = ceil(SHORTEST_CLIP_SECONDS * self.analysis.media.frame_rate)
        parts = (
            part
            for index in ranked
            for part in _shown(yard.eligible, shots[index].range)
            if part.length >= shortest
        )
        return _filled(parts, max_frames)

    def similar_scenes(self, max_frames: int) -> list[FrameRange]:
        """Media2Cloud's scenes (shots of similarity 0.80 within 3 minutes), the most confident first."""
        shots = self.analysis.shots
        ranked = []
        for first, end in self._similar:
            frames = [shot.range.length for shot in shots[first:end]]
            weighed = sum(self._confidence[i] * shots[i].range.length for i in range(first, end))
            whole = FrameRange(shots[first].range.start, shots[end - 1].range.end)
            ranked.append((-weighed / sum(frames), whole))
        return _filled((scene for _, scene in sorted(ranked)), max_frames)

    @cached_property
    def _confidence(self) -> list[float]:
        """Mean strength of the labels of each shot; 0 without labels."""
        means = []
        for moments in self.analysis.moments_of_shot:
            found = [
                value
                for moment in moments
                for number, value in moment.strengths
                if self.analysis.concepts[number].kind == "label"
            ]
            means.append(sum(found) / len(found) if found else 0.0)
        return means

    @cached_property
    def _vectors(self) -> list[dict[str, float]]:
        concepts = self.analysis.concepts
        vectors = []
        for moments in self.analysis.moments_of_shot:
            found: dict[str, float] = {}
            for moment in moments:
                for number, value in moment.strengths:
                    if concepts[number].kind == "label":
                        found[concepts[number].name] = max(value, found.get(concepts[number].name, 0.0))
            vectors.append(unit(found))
        return vectors

    @cached_property
    def _similar(self) -> list[tuple[int, int]]:
        """First and end shot of each group; a shot like an earlier one draws in all between them."""
        shots, reach = self.analysis.shots, _REACH_SECONDS * self.analysis.media.frame_rate
        breaks = union(cue.range for cue in self.analysis.cues if cue.kind in _BREAKS)
        groups: list[tuple[int, int]] = []
        first = furthest = 0
        for index, shot in enumerate(shots):
            if index > furthest:
                groups.append((first, index))
                first = furthest = index
            other = furthest + 1
            while other < len(shots) and shots[other].range.start - shot.range.start <= reach:
                if any(shot.range.start < gap.start <= shots[other].range.start for gap in breaks):
                    break
                if dot(self._vectors[index], self._vectors[other]) >= _SIMILAR:
                    furthest = other
                other += 1
        groups.append((first, len(shots)))
        return groups


def random_clips(yard: Yardstick, max_frames: int, seed: int) -> list[FrameRange]:
    """Clips of the profile's mean length at random showable places; a seed draws alike for every profile."""
    length = _clip_length(yard)
    slots = [
        FrameRange(start, start + length)
        for own in yard.eligible
        for start in range(own.start, own.end - length + 1, length)
    ]
    count = min(len(slots), -(-max_frames // length))
    return _filled(Random(seed).sample(slots, count), max_frames)


def uniform_clips(yard: Yardstick, max_frames: int) -> list[FrameRange]:
    """Clips of the profile's mean length at equal distances over the showable frames."""
    length = _clip_length(yard)
    ends = list(accumulate(own.length for own in yard.eligible))
    count = max(1, round(max_frames / length))
    found: list[FrameRange] = []
    for index in range(count if ends else 0):
        place = (2 * index + 1) * ends[-1] // (2 * count)
        own = yard.eligible[bisect_right(ends, place)]
        start = own.end - (ends[bisect_right(ends, place)] - place)
        start = max(own.start, min(start, own.end - length))
        taken = found[-1].end if found else 0
        if max(start, taken) < own.end:
            found.append(FrameRange(max(start, taken), min(own.end, max(start, taken) + length)))
    return _filled(found, max_frames)


def thirds(yard: Yardstick, max_frames: int, seed: int = 0) -> list[FrameRange]:
    """PTS-like: blocks of 10-20 s, a random score and a bonus for the profile's tags, 30/40/30 by third."""
    random = Random(seed)
    film = yard.analysis.media.whole
    rate = yard.analysis.media.frame_rate
    scored: list[list[tuple[float, FrameRange]]] = [[], [], []]
    start = 0
    while start < film.end:
        block = FrameRange(start, min(film.end, start + int(random.uniform(*_BLOCK_SECONDS) * rate) + 1))
        score = random.uniform(*_SCORES) + _TAG_BONUS * _tagged(yard, block)
        scored[min(2, 3 * start // film.end)].append((-score, block))
        start = block.end
    found: list[FrameRange] = []
    for share, blocks in zip(_THIRDS, scored, strict=True):
        found += _filled((block for _, block in sorted(blocks)), int(share * max_frames))
    return found


def _tagged(yard: Yardstick, block: FrameRange) -> bool:
    wanted = {name for name, weight in yard.profile.labels.items() if weight > 0}
    return any(
        yard.analysis.concepts[number].name in wanted
        for moment in yard.moments_in(block)
        for number, _ in moment.strengths
    )


def _clip_length(yard: Yardstick) -> int:
    return ceil(yard.profile.pace.mean * yard.analysis.media.frame_rate)


def _shown(eligible: Sequence[FrameRange], frames: FrameRange) -> list[FrameRange]:
    index = max(0, bisect_right(eligible, frames.start, key=lambda one: one.start) - 1)
    found = []
    while index < len(eligible) and eligible[index].start < frames.end:
        part = eligible[index].intersection(frames)
        if part is not None:
            found.append(part)
        index += 1
    return found


def _filled(ranges: Iterable[FrameRange], max_frames: int) -> list[FrameRange]:
    """The first ranges that fit, the last one cut short, in film order."""
    found, left = [], max_frames
    for frames in ranges:
        if left <= 0:
            break
        found.append(FrameRange(frames.start, frames.start + min(left, frames.length)))
        left -= found[-1].length
    return sorted(found)


def as_plan(yard: Yardstick, clips: Iterable[FrameRange], max_frames: int) -> TrailerPlan:
    """Clips in trailer order as a plan that explains nothing."""
    none: Mapping[str, float] = {}
    return TrailerPlan(
        video_id=yard.analysis.video_id,
        profile_id=yard.profile.id,
        profile_version=yard.profile.version,
        frame_rate=yard.analysis.media.frame_rate,
        max_frames=max_frames,
        clips=tuple(Clip(own, yard.scene_at(own.start), "conflict", 0.0, none, ()) for own in clips),
    )
