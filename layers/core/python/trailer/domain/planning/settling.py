"""The last step of cutting where people talk: every clip on its nearest silence, and the sum to the frame.

Which silence each clip takes is an exact dynamic program over the frames that the choices before it
are off the wished lengths. Without speech nothing is settled, for every length is allowed then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trailer.domain.film.speech import Speech
from trailer.domain.planning.candidates import Candidate
from trailer.domain.time.timecode import FrameRange

_OPTIONS: Final = 10
"""Windows of a clip that are weighed, each of another length: so many cheap ones, and as many others
from all along the costs, for where gaps are rare the cheap ones are all in one gap."""
_SLACK_SECONDS: Final = 5
"""How far the lengths so far may be off together, so that later clips can make up for it."""
_SNIPPET: Final = 1e3
"""Cost of talk that is too short to be understood, or too long."""
_CUT_WORD: Final = 1e6
_INSIDE_SHOT: Final = 2.0
"""Cost of an edge that is no cut of the film; ten frames off a wish of fifty cost as much."""


@dataclass(frozen=True, slots=True)
class _Option:
    window: FrameRange
    cost: float


def settled(
    wished: Sequence[FrameRange], clips: Sequence[Candidate], speech: Speech, budget: int, second: int
) -> list[FrameRange]:
    """The ranges of all clips, none of which cuts a word, together as long as the budget where possible.

    Args:
        wished: range of each clip as the arc of the trailer wants it.
        clips: that they were cut from, in the same order; their rooms are kept to.
        speech: of the film.
        budget: frames that the ranges shall have together; never exceeded where that is possible.
        second: frames of about a second.
    """
    options = [_options(frames, clip, speech) for frames, clip in zip(wished, clips, strict=True)]
    slack = _SLACK_SECONDS * second
    aim = budget - sum(frames.length for frames in wished)
    # Frames off the wished lengths to the least cost of being so far off, and the choice that led there.
    ways: list[dict[int, tuple[float, int]]] = [{0: (0.0, -1)}]
    for frames, own in zip(wished, options, strict=True):
        onward: dict[int, tuple[float, int]] = {}
        for off, (cost, _) in sorted(ways[-1].items()):
            for index, option in enumerate(own):
                there = off + option.window.length - frames.length
                spent = cost + option.cost
                if abs(there) <= slack and (there not in onward or spent < onward[there][0] - 1e-9):
                    onward[there] = (spent, index)
        ways.append(onward or {off: (cost, 0) for off, (cost, _) in ways[-1].items()})
    return _backward(ways, options, wished, aim)


def _backward(
    ways: Sequence[dict[int, tuple[float, int]]],
    options: Sequence[Sequence[_Option]],
    wished: Sequence[FrameRange],
    aim: int,
) -> list[FrameRange]:
    """The choices that end nearest to the aim without passing it, the cheapest of them."""
    off = max(ways[-1], key=lambda there: (there <= aim, -abs(aim - there)))
    chosen: list[FrameRange] = []
    for index in range(len(options) - 1, -1, -1):
        _, choice = ways[index + 1][off]
        window = options[index][choice].window
        chosen.append(window)
        off -= window.length - wished[index].length
    return chosen[::-1]


def _options(wished: FrameRange, clip: Candidate, speech: Speech) -> list[_Option]:
    """Windows that a clip may become, with what each costs, the cheapest first; one of each length."""
    if clip.pinned:
        return [_Option(wished, 0.0)]
    best: dict[int, _Option] = {}
    for window in _windows(wished, clip, speech):
        option = _Option(window, _cost(window, wished, speech))
        if window.length not in best or option.cost < best[window.length].cost:
            best[window.length] = option
    by_cost = sorted(best, key=lambda length: (round(best[length].cost, 9), length))
    others = by_cost[_OPTIONS:]
    weighed = by_cost[:_OPTIONS] + others[:: max(1, len(others) // _OPTIONS)]
    return [best[length] for length in weighed] or [_Option(wished, _CUT_WORD)]


def _windows(wished: FrameRange, clip: Candidate, speech: Speech) -> list[FrameRange]:
    room = clip.room
    starts = {wished.start}
    if clip.slides:
        starts |= set(speech.cuts_between(room.start, room.end - clip.shortest))
        for own in speech.starts.between(room.start, room.end - clip.shortest):
            starts |= {own.start, own.end - 1, min(own.end - 1, max(own.start, wished.start))}
    found = [
        own
        for own in (wished, clip.range)
        if speech.silences.allows(own.start) and speech.silences.allows(own.end)
    ]
    for start in sorted(starts):
        if not speech.silences.allows(start):
            continue
        low, high = start + clip.shortest, min(room.end, start + clip.longest)
        found += [FrameRange(start, end) for end in speech.cuts_between(low, high)]
        for own in speech.ends.between(low, high):
            found += [FrameRange(start, end) for end in _near(own, start + wished.length)]
    return found


def _near(own: FrameRange, end: int) -> range:
    """The frames of a stretch nearest to one, at most as many on each side as are weighed."""
    inside = min(own.end - 1, max(own.start, end))
    return range(max(own.start, inside - _OPTIONS), min(own.end, inside + _OPTIONS + 1))


def _cost(window: FrameRange, wished: FrameRange, speech: Speech) -> float:
    fewest, most = speech.talk_frames
    off = (window.length - wished.length) ** 2 / wished.length
    moved = abs(window.start - wished.start) / wished.length
    inside = 2 - speech.edges_on_cuts(window)
    snippet = not fewest <= window.length <= most and speech.is_talk(window)
    return off + moved + _INSIDE_SHOT * inside + (_SNIPPET if snippet else 0.0)
