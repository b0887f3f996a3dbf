"""What a plan is judged with: the film, the viewer, other trailers, and what others measured."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.evidence import Moment
from trailer.domain.numbers import unit
from trailer.domain.planning.ground import showable
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.taste.profiles import ViewerProfile
from trailer.domain.taste.relevance import Opinion, RelevanceTrack, opinions, relevance_track
from trailer.domain.time.ranges import total, union
from trailer.domain.time.timecode import FrameRange

SPOILER_CUT: Final = Fraction(9, 10)

SURE: Final = 0.6
"""Strength of a confidence of 80."""

_SEEN_SHARE: Final = 4
"""A moment is shown when one part in so many of it is: labels are sampled twice a second."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a rendered trailer sounds like."""

    integrated: float
    """LKFS (ITU-R BS.1770)."""
    target: float
    """LKFS that was ordered."""
    true_peak: float
    """dBTP."""
    greatest_jump: float
    """LU of short-term loudness between neighbouring clips, hook and stop left out."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What analysis and plan can't tell; None or empty where nobody measured it."""

    optimum: float | None = None
    """Objective of the plan divided by that of the best or of a bound."""
    human_tau: float | None = None
    """Agreement with annotators, Kendall's tau-b averaged as TVSum does."""
    hashes: tuple[str, ...] = ()
    """Plan hashes of repeated runs: same wish, shuffled detections, other Python."""
    noisy: tuple[TrailerPlan, ...] = ()
    """Plans of the same wish after noise on the confidences."""
    loudness: Loudness | None = None
    black_frames: int | None = None
    """Black frames of the render outside planned dips."""
    rendered_frames: int | None = None
    """Frames of the render."""
    earlier: tuple[TrailerPlan, ...] = ()
    """Earlier trailers of the film for the same profile."""


class Yardstick:
    """What all plans of one film for one profile are measured against; made once, used often."""

    def __init__(self, analysis: Analysis, profile: ViewerProfile) -> None:
        self.analysis = analysis
        self.profile = profile

    @cached_property
    def eligible(self) -> tuple[FrameRange, ...]:
        """Frames that a trailer may show, sorted and disjoint."""
        return showable(self.analysis, self.profile, (), SPOILER_CUT).eligible

    @cached_property
    def track(self) -> RelevanceTrack:
        """Relevance along the film."""
        return relevance_track(self.analysis, self.profile)

    @cached_property
    def opinion_of(self) -> Mapping[int, Opinion]:
        """The profile's opinion on the film's concepts, by index."""
        return opinions(self.analysis.concepts, self.profile)

    @cached_property
    def boundaries(self) -> list[int]:
        """Sorted frames at which a shot starts or has just ended."""
        return sorted({edge for shot in self.analysis.shots for edge in (shot.range.start, shot.range.end)})

    @cached_property
    def forbidden(self) -> tuple[FrameRange, ...]:
        """Technical cues with one frame on both sides."""
        end = self.analysis.media.frame_count
        return union(
            FrameRange(max(0, cue.range.start - 1), min(end, cue.range.end + 1))
            for cue in self.analysis.cues
            if cue.kind != "Content"
        )

    @cached_property
    def _averages(self) -> dict[str, float | None]:
        return {}

    def average(self, name: str, track: RelevanceTrack) -> float | None:
        """Mean of a track over the eligible frames; ``name`` keeps it for the next plan."""
        if name not in self._averages:
            frames = total(self.eligible)
            whole = sum(track.integral(own) for own in self.eligible)
            self._averages[name] = whole / frames if frames else None
        return self._averages[name]

    @cached_property
    def _tracks(self) -> dict[str, RelevanceTrack]:
        return {}

    def cue_track(self, name: str, level: Callable[[Moment], float]) -> RelevanceTrack:
        """Any level of the moments as a track, kept by name."""
        if name not in self._tracks:
            moments = self.analysis.moments
            self._tracks[name] = RelevanceTrack(moments, tuple(level(one) for one in moments), ())
        return self._tracks[name]

    @cached_property
    def cast(self) -> tuple[int, ...]:
        """Recognised people by index of their concept, those with the most screen time first."""
        people = {index for index, one in enumerate(self.analysis.concepts) if one.kind == "celebrity"}
        time: Counter[int] = Counter()
        for moment in self.analysis.moments if people else ():
            for number, _ in moment.strengths:
                if number in people:
                    time[number] += moment.range.length
        return tuple(sorted(time, key=lambda number: (-time[number], number)))

    @cached_property
    def measured_cues(self) -> frozenset[str]:
        """Names of the cues that any moment of the film has."""
        return frozenset(name for moment in self.analysis.moments for name in moment.cues)

    @cached_property
    def density(self) -> list[tuple[float, int]]:
        """Relevance and eligible frames of each moment, the most relevant first."""
        found = []
        for frames in self.eligible:
            for index in self.track.overlapping(frames):
                inside = self.analysis.moments[index].range.intersection(frames)
                if inside is not None:
                    found.append((self.track.scores[index], inside.length))
        return sorted(found, reverse=True)

    @cached_property
    def sure_words(self) -> dict[int, float]:
        """Concept index to weight of each welcome word that the eligible film shows at 80 or more."""
        found = {
            word for own in self.eligible for moment in self.moments_in(own) for word in self.sure(moment)
        }
        return {word: self.opinion_of[word].weight for word in sorted(found)}

    def sure(self, moment: Moment) -> list[int]:
        """Welcome words of a moment that were seen with a confidence of 80 or more."""
        return [
            word
            for word, value in moment.strengths
            if value >= SURE and word in self.opinion_of and self.opinion_of[word].weight > 0
        ]

    def shots_in(self, frames: FrameRange) -> list[int]:
        """Lengths of the uninterrupted pictures of a range: its frames divided at the starts of shots."""
        shots = self.analysis.shots
        index = bisect_right(shots, frames.start, key=lambda shot: shot.range.start)
        edges = [frames.start]
        while index < len(shots) and shots[index].range.start < frames.end:
            edges.append(shots[index].range.start)
            index += 1
        edges.append(frames.end)
        return [end - start for start, end in pairwise(edges)]

    def moments_in(self, frames: FrameRange) -> list[Moment]:
        """Moments of which a range shows at least a quarter, or the one it shows most of."""
        shown: list[tuple[int, Moment]] = []
        for index in self.track.overlapping(frames):
            own = self.analysis.moments[index]
            shared = own.range.intersection(frames)
            if shared is not None:
                shown.append((shared.length, own))
        enough = [own for shared, own in shown if _SEEN_SHARE * shared >= own.range.length]
        return enough or [own for _, own in sorted(shown, key=lambda pair: -pair[0])[:1]]

    def labels_in(self, frames: FrameRange) -> dict[str, float]:
        """Unit vector of a range: per label its greatest strength times its rarity in the film."""
        found: dict[str, float] = {}
        for moment in self.moments_in(frames):
            for number, value in moment.strengths:
                concept = self.analysis.concepts[number]
                if concept.kind == "label":
                    found[concept.name] = max(found.get(concept.name, 0.0), value * concept.rarity)
        return unit(found)

    def scene_at(self, frame: int) -> int:
        """Index of the scene that a frame lies in; in a gap, of the one before."""
        scenes = self.analysis.scenes
        return max(0, bisect_right(scenes, frame, key=lambda scene: scene.range.start) - 1)

    def scenes_in(self, frames: FrameRange) -> list[int]:
        """Positions of the scenes that share frames with a range."""
        scenes = self.analysis.scenes
        end = bisect_left(scenes, frames.end, key=lambda scene: scene.range.start)
        return [
            number
            for number in range(self.scene_at(frames.start), end)
            if scenes[number].range.overlaps(frames)
        ]


@dataclass(frozen=True)
class Case:
    """One plan before the judge."""

    yard: Yardstick
    plan: TrailerPlan
    others: Mapping[str, TrailerPlan] = field(default_factory=dict)
    """Trailers of the same film and length for other profiles, by profile id."""
    measured: Measurements = field(default_factory=Measurements)

    @cached_property
    def clips(self) -> tuple[FrameRange, ...]:
        """The clips' sources in trailer order."""
        return tuple(clip.source for clip in self.plan.clips)

    @cached_property
    def frames(self) -> int:
        """Length of the trailer in frames."""
        return sum(clip.length for clip in self.clips)

    @cached_property
    def labels(self) -> tuple[Mapping[str, float], ...]:
        """Label vector of each clip."""
        return tuple(self.yard.labels_in(clip) for clip in self.clips)

    def average(self, track: RelevanceTrack) -> float | None:
        """Mean of a track over the trailer."""
        return sum(track.integral(clip) for clip in self.clips) / self.frames if self.frames else None


def shared_frames(clips: Sequence[FrameRange], ranges: Sequence[FrameRange]) -> int:
    """Frames of the clips that lie in sorted, disjoint ranges."""
    found = 0
    for clip in clips:
        index = max(0, bisect_right(ranges, clip.start, key=lambda one: one.start) - 1)
        while index < len(ranges) and ranges[index].start < clip.end:
            inside = ranges[index].intersection(clip)
            found += inside.length if inside is not None else 0
            index += 1
    return found
