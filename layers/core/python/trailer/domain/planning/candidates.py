"""What a clip may be cut from: runs of whole shots, and the best windows of long ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.shots import Shot
from trailer.domain.numbers import rounded
from trailer.domain.planning.story import Tempo
from trailer.domain.taste.profiles import SHORTEST_CLIP_SECONDS, Pace
from trailer.domain.taste.relevance import RelevanceTrack
from trailer.domain.time.timecode import FrameRange

FLASH_FRAMES: Final = 6
"""Fewer frames of a shot at the edge of a clip that also shows another shot are a flash."""

NO_LOOK: Final = -1
"""Of a clip of which no label tells what it shows."""

_PART_SECONDS: Final = Fraction(1, 2)
_MOST_SHOTS: Final = 6
_CUT_CHARGE: Final = 14
"""A cut inside a clip is charged as one in so many parts of the mean length."""
_EDGE_WORTH: Final = 0.75
"""A window at an edge of its room, which saves a cut inside a shot, wins with this share of the best."""


@dataclass(frozen=True, slots=True)
class CutRules:
    """Lengths in frames that clips obey; looser rules are tried when a film is too short for these."""

    shortest: int
    mean: int
    longest: int
    long_shot: int
    """A shot at least this long may be cut inside."""
    part: int
    """The least that a clip shows of a shot that it cuts into: less would be a flash."""
    spacing: int
    """Frames between clips of neighbouring material."""
    clips_per_scene: int
    repeats_looks: bool = False
    """Whether two clips may show the same."""
    reusable: int = 0
    """Frames of earlier trailers that the clips may show together; only clips that show some are asked."""
    tempo: Tempo | None = None
    """How the wished length changes along the film; None where it does not."""
    _charges: dict[int, tuple[Candidate, int]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """Of each candidate by its identity, worked out once; the candidate is kept, so that it stays its own."""

    def wished(self, frame: int) -> int:
        """Frames that a clip from a frame of the film is cut to, where its shot allows that."""
        return self.mean if self.tempo is None else max(self.shortest, self.tempo.length(frame, self.mean))

    def charge(self, candidate: Candidate) -> int:
        """Frames that a clip takes from the budget when clips are chosen.

        A clip shorter than three quarters of the mean is charged as if it were that long, or
        the shortest shots, which are the densest, would always win and set the pace. Each cut
        inside a clip is charged too, for packed shots make the trailer faster than its pace.
        """
        known = self._charges.get(id(candidate))
        if known is None:
            known = self._charges[id(candidate)] = candidate, self._charged(candidate)
        return known[1]

    def _charged(self, candidate: Candidate) -> int:
        if candidate.pinned:
            return candidate.cost
        floor = self.wished(candidate.range.start) * 3 // 4
        return max(candidate.cost, floor) + candidate.inner_cuts * self.mean // _CUT_CHARGE

    @classmethod
    def of(cls, pace: Pace, rate: Fraction, tempo: Tempo | None = None) -> CutRules:
        """The rules that a profile's pace asks for."""
        return cls(
            shortest=ceil(max(pace.shortest, SHORTEST_CLIP_SECONDS) * rate),
            mean=ceil(pace.mean * rate),
            longest=ceil(pace.longest * rate),
            long_shot=ceil(2 * SHORTEST_CLIP_SECONDS * rate),
            part=ceil(_PART_SECONDS * rate),
            spacing=ceil(rate),
            clips_per_scene=3,
            tempo=tempo,
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of one shot that may be shown."""

    range: FrameRange
    shot: int
    scene: int
    divisible: bool
    """Whether a clip may start or end inside."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible clip. Every length from ``shortest`` to ``longest`` frames is allowed."""

    range: FrameRange
    """The clip at its natural length; selection judges this."""
    room: FrameRange
    """Where the clip stays whatever its length becomes; rooms of chosen clips never overlap."""
    shortest: int
    longest: int
    slides: bool
    """Whether the clip may start anywhere in its room; else it starts where the room starts."""
    scene: int
    value: float = 0.0
    """Integral of the relevance over ``range``, in frames."""
    stage: int = 0
    concepts: Mapping[str, float] = field(default_factory=dict)
    """Welcome words of the profile that it shows, with the strength 0 to 1."""
    pinned: bool = False
    inner_cuts: int = 0
    """Cuts of the film inside the clip."""
    reused: int = 0
    """Frames of earlier trailers that it shows at most, at whatever length; 0 where that does not matter."""
    look: int = NO_LOOK
    """What it shows, by number; clips of one scene whose labels are the same share it."""
    rising: float = 0.0
    """How far its energy is that of its place in the story, 0 to 1: calm early, lively late."""

    @property
    def cost(self) -> int:
        """Frames at its natural length."""
        return self.range.length


def pieces(analysis: Analysis, eligible: Sequence[FrameRange], rules: CutRules) -> tuple[Piece, ...]:
    """The showable parts of all shots, in order; ``eligible`` is sorted and disjoint."""
    found: list[Piece] = []
    position = 0
    for shot in analysis.shots:
        own = _without_soft_edges(shot, analysis.shots)
        while position < len(eligible) and eligible[position].end <= shot.range.start:
            position += 1
        index = position
        while own is not None and index < len(eligible) and eligible[index].start < own.end:
            shown = own.intersection(eligible[index])
            if shown is not None:
                divisible = shot.range.length >= rules.long_shot
                found.append(Piece(shown, shot.index, analysis.scene_of_shot[shot.index], divisible))
            index += 1
    return tuple(found)


def _without_soft_edges(shot: Shot, shots: Sequence[Shot]) -> FrameRange | None:
    """A shot less one frame on each side where a soft transition, left out by the detector, touches it."""
    before = shots[shot.index - 1] if shot.index > 0 else None
    after = shots[shot.index + 1] if shot.index + 1 < len(shots) else None
    start = shot.range.start + (before is not None and before.range.end < shot.range.start)
    end = shot.range.end - (after is not None and shot.range.end < after.range.start)
    if start == shot.range.start and end == shot.range.end:
        return shot.range
    return FrameRange(start, end) if start < end else None


def candidates(parts: Sequence[Piece], rules: CutRules, track: RelevanceTrack) -> tuple[Candidate, ...]:
    """All clips that the rules allow to be cut from the pieces, in order of their start."""
    found: list[Candidate] = []
    for index, piece in enumerate(parts):
        if piece.divisible and piece.range.length >= rules.shortest:
            found.extend(_windows(piece, rules, track))
        elif rules.shortest <= piece.range.length <= rules.longest:
            found.append(_whole(piece, track))
        found.extend(_runs(parts, index, rules, track))
    return tuple(found)


def _whole(piece: Piece, track: RelevanceTrack) -> Candidate:
    length = piece.range.length
    value = track.integral(piece.range)
    return Candidate(piece.range, piece.range, length, length, False, piece.scene, value)


def _windows(piece: Piece, rules: CutRules, track: RelevanceTrack) -> Iterator[Candidate]:
    """The best window of each stretch of a long shot; a shot of ordinary length is one stretch."""
    count = max(1, piece.range.length // (2 * rules.longest))
    start, length = piece.range.start, piece.range.length
    edges = [start + length * part // count for part in range(count + 1)]
    for first, end in pairwise(edges):
        room = FrameRange(first, end)
        longest = min(rules.longest, room.length)
        wish = rules.wished(first)
        natural = longest if longest <= wish * 2 else max(rules.shortest, wish)
        best = best_window(room, natural, track)
        yield Candidate(best, room, rules.shortest, longest, True, piece.scene, track.integral(best))


def _runs(parts: Sequence[Piece], first: int, rules: CutRules, track: RelevanceTrack) -> Iterator[Candidate]:
    """Whole consecutive shots of one scene from a piece on, until the mean length is reached."""
    start, scene = parts[first].range.start, parts[first].scene
    if parts[first].range.length < FLASH_FRAMES:
        return
    wish = 0
    for last in range(first + 1, min(len(parts), first + _MOST_SHOTS)):
        previous, piece = parts[last - 1], parts[last]
        before = previous.range.end - start
        joined = before + start == piece.range.start and piece.scene == scene
        if not joined or before + rules.part > rules.longest:
            return
        wish = wish or rules.wished(start)
        if before >= wish:
            return
        if piece.range.length < FLASH_FRAMES:
            continue
        whole = piece.range.end - start
        shortest = before + min(rules.part, piece.range.length) if piece.divisible else whole
        shortest, longest = max(rules.shortest, shortest), min(rules.longest, whole)
        if shortest > longest:
            continue
        natural = longest if longest <= wish * 3 // 2 else max(shortest, wish)
        best = FrameRange(start, start + natural)
        room = FrameRange(start, start + longest)
        yield Candidate(
            range=best,
            room=room,
            shortest=shortest,
            longest=longest,
            slides=False,
            scene=scene,
            value=track.integral(best),
            inner_cuts=last - first,
        )


def best_window(room: FrameRange, length: int, track: RelevanceTrack) -> FrameRange:
    """The window of a length with the most relevance; an edge of the room wins when nearly as good."""
    if length == room.length:
        return room
    starts = {room.start, room.end - length}
    for index in track.overlapping(room):
        moment = track.moments[index].range
        starts.update({moment.start, moment.end - length})
    allowed = sorted(start for start in starts if room.start <= start <= room.end - length)
    value = {start: track.between(start, start + length) for start in allowed}
    best = max(allowed, key=lambda start: (rounded(value[start], 9), -start))
    for edge in (room.start, room.end - length):
        if value[edge] >= _EDGE_WORTH * value[best]:
            return FrameRange(edge, edge + length)
    return FrameRange(best, best + length)
