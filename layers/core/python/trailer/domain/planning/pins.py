"""Pins: ranges that the uploader wants in the trailer whatever their score."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.candidates import Candidate, CutRules
from trailer.domain.planning.ground import BAN, SPOILER, Ground
from trailer.domain.planning.story import stage_of
from trailer.domain.taste.relevance import RelevanceTrack
from trailer.domain.time.ranges import covering, union
from trailer.domain.time.timecode import FrameRange, to_timecode
from trailer.errors import InfeasiblePlanError

_WHY: Final = {
    BAN: "which is banned by the same request",
    SPOILER: "which is too near to the ending to be shown",
}


def pinned_clips(
    analysis: Analysis, pins: Iterable[FrameRange], ground: Ground, rules: CutRules, track: RelevanceTrack
) -> list[Candidate]:
    """One fixed clip for each pin; pins that touch are one clip.

    A pin is widened to the shortest clip, and to a cut that it nearly reaches, where the hard
    rules leave room for that.

    Raises:
        InfeasiblePlanError: a pin lies outside the film or in frames that are never shown.
    """
    clips = []
    for pin in union(_widened(analysis, pin, ground, rules) for pin in pins):
        clips.append(
            Candidate(
                range=pin,
                room=pin,
                shortest=pin.length,
                longest=pin.length,
                slides=False,
                scene=scene_at(analysis, pin.start),
                value=track.integral(pin),
                stage=stage_of(pin.start, analysis.content),
                pinned=True,
            )
        )
    return clips


def scene_at(analysis: Analysis, frame: int) -> int:
    """Index of the scene that a frame is in; in a gap, of the one before."""
    index = bisect_right(analysis.scenes, frame, key=lambda scene: scene.range.start) - 1
    return max(0, index)


def _widened(analysis: Analysis, pin: FrameRange, ground: Ground, rules: CutRules) -> FrameRange:
    rate = analysis.media.frame_rate
    spoken = f"The pin from {to_timecode(pin.start, rate)} to {to_timecode(pin.end, rate)}"
    if pin.end > analysis.media.frame_count:
        raise InfeasiblePlanError(f"{spoken} reaches beyond the film, which has {_length(analysis)} seconds.")
    allowed = covering(ground.eligible, pin.start)
    if allowed is None or not allowed.contains(pin):
        code = ground.obstacle(pin) or "unshown"
        why = _WHY.get(code, f"which is never shown ({code})")
        raise InfeasiblePlanError(f"{spoken} covers material {why}.")
    start, end = _to_cut(analysis, pin.start, rules, -1), _to_cut(analysis, pin.end, rules, 1)
    missing = rules.shortest - (end - start)
    if missing > 0:
        end = min(allowed.end, end + missing)
        start = max(allowed.start, min(start, end - rules.shortest))
    widened = FrameRange(max(allowed.start, start), min(allowed.end, end))
    widened = _to_silence(analysis, widened, allowed, rules)
    if widened.length < rules.shortest:
        raise InfeasiblePlanError(
            f"{spoken} lies in a stretch of {allowed.length} frames between material that is never shown; "
            f"a clip has at least {rules.shortest}."
        )
    return widened


def _to_silence(analysis: Analysis, pin: FrameRange, allowed: FrameRange, rules: CutRules) -> FrameRange:
    """Move edges outwards, by up to two seconds, to where they cut no word; else leave them as pinned."""
    speech, most = analysis.speech, 2 * rules.spacing
    if speech is None:
        return pin
    start = speech.starts.last(max(allowed.start, pin.start - most), pin.start)
    end = speech.ends.first(pin.end, min(allowed.end, pin.end + most))
    return FrameRange(pin.start if start is None else start, pin.end if end is None else end)


def _length(analysis: Analysis) -> float:
    return round(float(analysis.media.duration), 2)


def _to_cut(analysis: Analysis, frame: int, rules: CutRules, direction: int) -> int:
    """Move an edge outwards so that the pin shows at least a visible part of the shot at its edge."""
    inside = frame if direction < 0 else frame - 1
    shots = analysis.shots
    index = bisect_right(shots, inside, key=lambda shot: shot.range.start) - 1
    if index < 0 or inside >= shots[index].range.end:
        return frame
    own = shots[index].range
    if direction < 0:
        return frame if own.end - frame >= rules.part else max(own.start, own.end - rules.part)
    return frame if frame - own.start >= rules.part else min(own.end, own.start + rules.part)
