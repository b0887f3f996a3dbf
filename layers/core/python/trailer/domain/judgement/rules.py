"""Metrics 1 to 6 and 17: the rules that a trailer must not break."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction
from math import ceil
from typing import Final

from trailer.domain.judgement.case import SPOILER_CUT, Case, shared_frames
from trailer.domain.numbers import ratio
from trailer.domain.taste.profiles import GATE_WEIGHT
from trailer.domain.time.ranges import union
from trailer.domain.time.timecode import FrameRange

FLASH_FRAMES: Final = 6
SAFETY_CONFIDENCE: Final = 60.0
_TAIL: Final = Fraction(3, 4)
_BEFORE_WORD_SECONDS: Final = Fraction(80, 1000)
_AFTER_WORD_SECONDS: Final = Fraction(120, 1000)


def budget(case: Case) -> float | None:
    """D / B, the trailer's frames by the frames it may have (reference §6 no. 1)."""
    return ratio(case.frames, case.plan.max_frames)


def clean_cuts(case: Case) -> float | None:
    """Share of the 2n cut points within 1 frame of a shot boundary, or in a gap of speech (§6 no. 2).

    A gap of speech begins 120 ms after a word and ends 80 ms before the next.
    """
    points = _cut_points(case)
    loose = [point for point in points if not _on_boundary(case, point)]
    if loose and case.yard.analysis.words is None:
        return None
    return ratio(len(points) - sum(_in_speech(case, point) for point in loose), len(points))


def shot_cuts(case: Case) -> float | None:
    """Share of the 2n cut points within 1 frame of a shot boundary (§6 no. 2, the pure share)."""
    points = _cut_points(case)
    return ratio(sum(_on_boundary(case, point) for point in points), len(points))


def flash_frames(case: Case) -> float | None:
    """Clips that show fewer than 6 frames of a neighbouring shot at an edge (§6 no. 3)."""
    return float(sum(_flashes(case, clip) for clip in case.clips))


def technical_leakage(case: Case) -> float | None:
    """Frames of the plan in technical cues other than Content, each 1 frame wider (§6 no. 4)."""
    return float(shared_frames(case.clips, case.yard.forbidden))


def safety_leakage(case: Case) -> float | None:
    """Frames within 0.5 s of a denied moderation finding of at least 60 (§6 no. 5)."""
    denied = []
    weights = case.yard.profile.moderation
    for item in case.yard.analysis.sensitive:
        names = (item.name.lower(), item.parent.lower(), "*")
        weight = next((weights[name] for name in names if name in weights), 0.0)
        if weight <= GATE_WEIGHT and item.confidence >= SAFETY_CONFIDENCE:
            denied.append(item.range)
    return float(shared_frames(case.clips, union(denied)))


def spoilers(case: Case) -> float | None:
    """Share of D from beyond 0.90 of the content C (§6 no. 6)."""
    return _share_beyond(case, SPOILER_CUT)


def tail(case: Case) -> float | None:
    """Share of D from beyond 0.75 of the content C; official trailers have 0.18 (§6 no. 6)."""
    return _share_beyond(case, _TAIL)


def cut_words(case: Case) -> float | None:
    """Words cut in the middle by words touched (§6 no. 17)."""
    if case.yard.analysis.words is None:
        return None
    touched = {word for clip in case.clips for word in _words_in(case, clip)}
    cut = [word for word in touched if not any(clip.contains(word) for clip in case.clips)]
    return len(cut) / len(touched) if touched else 0.0


def _cut_points(case: Case) -> list[int]:
    return [edge for clip in case.clips for edge in (clip.start, clip.end)]


def _on_boundary(case: Case, frame: int) -> bool:
    edges = case.yard.boundaries
    index = bisect_left(edges, frame - 1)
    return index < len(edges) and edges[index] <= frame + 1


def _in_speech(case: Case, frame: int) -> bool:
    rate = case.yard.analysis.media.frame_rate
    before, after = _BEFORE_WORD_SECONDS * rate, _AFTER_WORD_SECONDS * rate
    second = ceil(rate)
    near = _words_in(case, FrameRange(max(0, frame - second), frame + second))
    return any(word.start - before < frame < word.end + after for word in near)


def _words_in(case: Case, frames: FrameRange) -> list[FrameRange]:
    """Spoken words that share a frame with a range."""
    words = case.yard.analysis.words or ()
    index = bisect_right(words, frames.start, key=lambda word: word.end)
    found = []
    while index < len(words) and words[index].start < frames.end:
        found.append(words[index])
        index += 1
    return found


def _flashes(case: Case, clip: FrameRange) -> bool:
    edges = case.yard.shots_in(clip)
    return len(edges) > 1 and min(edges[0], edges[-1]) < FLASH_FRAMES


def _share_beyond(case: Case, cut: Fraction) -> float | None:
    content = case.yard.analysis.content
    first = content.start + content.length * cut
    late = [clip.end - max(first, Fraction(clip.start)) for clip in case.clips]
    return ratio(float(sum(frames for frames in late if frames > 0)), case.frames)
