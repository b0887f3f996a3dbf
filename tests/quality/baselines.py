"""What the planner has to beat, given every advantage: only showable frames, whole budget."""

from __future__ import annotations

from collections.abc import Iterable

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.detections import LabelDetection
from trailer.domain.time.ranges import total
from trailer.domain.time.timecode import FrameRange, milliseconds_to_frame


def uniform(eligible: Iterable[FrameRange], budget: int, clip: int) -> set[int]:
    """Clips of one length at equal distances over the showable frames."""
    frames = [frame for own in eligible for frame in range(own.start, own.end)]
    count = max(1, budget // clip)
    chosen: set[int] = set()
    for index in range(count):
        start = (2 * index + 1) * len(frames) // (2 * count) - clip // 2
        chosen.update(frames[max(0, start) : max(0, start) + clip])
    return chosen


def top_by_confidence(
    analysis: Analysis, labels: Iterable[LabelDetection], eligible: tuple[FrameRange, ...], budget: int
) -> set[int]:
    """Whole shots in the order of their mean label confidence, the last one cut to fit."""
    confidences: dict[int, list[float]] = {}
    shots = analysis.shots
    starts = [shot.range.start for shot in shots]
    for label in labels:
        frame = milliseconds_to_frame(label.span.start, analysis.media.frame_rate)
        index = max((i for i in (_at(starts, frame),) if i >= 0), default=-1)
        if index >= 0 and frame < shots[index].range.end:
            confidences.setdefault(index, []).append(label.confidence)
    order = sorted(confidences, key=lambda i: (-sum(confidences[i]) / len(confidences[i]), i))
    chosen: set[int] = set()
    for index in order:
        own = [part for frames in eligible if (part := frames.intersection(shots[index].range)) is not None]
        if total(own) < 20:
            continue
        for part in own:
            chosen.update(range(part.start, min(part.end, part.start + budget - len(chosen))))
        if len(chosen) >= budget:
            break
    return chosen


def _at(starts: list[int], frame: int) -> int:
    from bisect import bisect_right

    return bisect_right(starts, frame) - 1
