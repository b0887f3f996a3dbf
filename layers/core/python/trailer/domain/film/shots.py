"""A clean list of shots from whatever the shot detector returned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trailer.domain.film.detections import ShotDetection
from trailer.domain.time.timecode import FrameRange


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot of the film. Shots are in order and never overlap; soft transitions leave gaps."""

    index: int
    range: FrameRange
    confidence: float
    """0 to 100; 0 when no detector vouches for it."""


def clean_shots(detected: Iterable[ShotDetection], frame_count: int) -> tuple[Shot, ...]:
    """Order, clip to the film and separate the detected shots.

    Where two shots claim the same frames the later start wins, since a cut is where a
    new shot begins. Without any usable shot the whole film is one.
    """
    film = FrameRange(0, frame_count)
    clipped = [
        (inside, -shot.confidence)
        for shot in detected
        if (inside := shot.range.intersection(film)) is not None
    ]
    clipped.sort(key=lambda one: (one[0].start, one[0].end, one[1]))
    ranges: list[tuple[FrameRange, float]] = []
    for frames, negative in clipped:
        if ranges and ranges[-1][0].start == frames.start:
            longer = max(ranges[-1][0].end, frames.end)
            ranges[-1] = (FrameRange(frames.start, longer), max(ranges[-1][1], -negative))
            continue
        if ranges and ranges[-1][0].end > frames.start:
            previous, confidence = ranges[-1]
            ranges[-1] = (FrameRange(previous.start, frames.start), confidence)
        ranges.append((frames, -negative))
    if not ranges:
        return (Shot(0, film, 0.0),)
    return tuple(Shot(index, frames, confidence) for index, (frames, confidence) in enumerate(ranges))


def cut_rates(shots: Sequence[Shot], window: int) -> tuple[float, ...]:
    """Cuts per ``window`` frames around the middle of each shot.

    A cut is the start of a shot other than the first; the window is centred and
    shortened at the ends of the film.
    """
    starts = [shot.range.start for shot in shots[1:]]
    last = shots[-1].range.end
    first = shots[0].range.start
    rates: list[float] = []
    low = high = 0
    for shot in shots:
        middle = (shot.range.start + shot.range.end) // 2
        left, right = max(first, middle - window // 2), min(last, middle + window // 2)
        while low < len(starts) and starts[low] < left:
            low += 1
        high = max(high, low)
        while high < len(starts) and starts[high] < right:
            high += 1
        rates.append((high - low) * window / max(1, right - left))
    return tuple(rates)
