"""Candidates for films that have hardly more material than the trailer needs.

A chain is a whole unbroken stretch of showable material. It may become as short as any
clip and as long as itself, so whatever may be shown can be used up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from trailer.domain.planning.candidates import Candidate, CutRules, Piece
from trailer.domain.taste.relevance import RelevanceTrack
from trailer.domain.time.ranges import covering
from trailer.domain.time.timecode import FrameRange


def chains(parts: Sequence[Piece], rules: CutRules, track: RelevanceTrack) -> tuple[Candidate, ...]:
    """One candidate for each unbroken stretch of pieces that holds the shortest clip."""
    found = []
    for stretch, scene in _stretches(parts):
        if stretch.length < rules.shortest:
            continue
        natural = FrameRange(stretch.start, stretch.start + min(stretch.length, rules.longest))
        found.append(
            Candidate(
                range=natural,
                room=stretch,
                shortest=rules.shortest,
                longest=min(stretch.length, rules.longest),
                slides=True,
                scene=scene,
                value=track.integral(natural),
            )
        )
    return tuple(found)


def _stretches(parts: Sequence[Piece]) -> Iterator[tuple[FrameRange, int]]:
    start = 0
    for index, piece in enumerate(parts):
        last = index + 1 == len(parts)
        if last or parts[index + 1].range.start != piece.range.end:
            yield FrameRange(parts[start].range.start, piece.range.end), parts[start].scene
            start = index + 1


def stretched(clips: Sequence[Candidate], eligible: Sequence[FrameRange], missing: int) -> list[Candidate]:
    """Let clips grow into showable frames after them that no other clip needs.

    The clips with the most room go first; together they gain ``missing`` frames at most.
    """
    order = sorted(clips, key=lambda clip: clip.room)
    free: dict[FrameRange, int] = {}
    for index, clip in enumerate(order):
        own = covering(eligible, clip.room.end - 1)
        limit = own.end if own is not None else clip.room.end
        if index + 1 < len(order):
            limit = min(limit, order[index + 1].room.start)
        free[clip.room] = max(0, limit - clip.room.end)
    grown = {}
    for clip in sorted(order, key=lambda clip: (-free[clip.room], clip.room)):
        frames = min(missing, free[clip.room])
        missing -= frames
        room = FrameRange(clip.room.start, clip.room.end + frames)
        longest = min(room.length, clip.longest + frames)
        grown[clip.room] = replace(clip, room=room, longest=longest, slides=clip.slides and not frames)
    return [grown[clip.room] for clip in clips]
