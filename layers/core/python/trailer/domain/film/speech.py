"""Where people talk, and where a clip may be cut without cutting a word.

A spoken unit is what nobody may cut into: a word of a transcript, or a whole caption, which does
not tell where its words are. Between units there is a gap of speech from 120 ms after one to 80 ms
before the next; a cut of the film itself may come nearer, as its editor wanted it there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Final

from trailer.domain.film.detections import MillisecondSpan
from trailer.domain.time.ranges import covering, subtract, total, union
from trailer.domain.time.timecode import FrameRange

BEFORE_WORD_SECONDS: Final = Fraction(80, 1000)
AFTER_WORD_SECONDS: Final = Fraction(120, 1000)
TALK_SECONDS: Final = (3, 8)
"""How long a clip lasts in which people talk: less is no sentence, more is a scene."""
TALK_SHARE: Final = Fraction(1, 2)
"""Share of a clip from which on it is one in which people talk."""

LONGEST_UNIT_SECONDS: Final = 15
"""No word and no caption lasts longer; what does is a mistake of the transcript."""
_MOST_OF_A_FILM: Final = Fraction(19, 20)
_FOREIGN_SHARE: Final = Fraction(1, 10)
_PAUSE_SECONDS: Final = Fraction(3, 10)
"""A shorter silence between words belongs to the phrase."""
_VISIBLE_SECONDS: Final = Fraction(1, 2)
"""The least that a clip shows of a shot that it cuts into; less would be a flash."""


def spoken_frames(
    spans: Sequence[MillisecondSpan], rate: Fraction, frame_count: int
) -> tuple[tuple[FrameRange, ...] | None, tuple[str, ...]]:
    """Every frame that spoken units touch, as sorted ranges that do not overlap.

    Returns:
        The ranges, and sentences about what is not believed. The ranges are None when that is all of
        it: a transcript that leaves no silence would forbid every cut, and one that goes on after
        the film is another film's.
    """
    inside, late, endless = [], 0, 0
    for span in spans:
        start = floor(span.start * rate / 1000)
        frames = FrameRange(start, max(start + 1, ceil(span.end * rate / 1000)))
        if frames.start >= frame_count:
            late += 1
        elif frames.length > LONGEST_UNIT_SECONDS * rate:
            endless += 1
        else:
            inside.append(FrameRange(start, min(frames.end, frame_count)))
    if late > _FOREIGN_SHARE * len(spans):
        return None, (f"{late} of {len(spans)} times of the transcript lie after the film; it is not used.",)
    words = _apart(inside)
    if total(union(words)) > _MOST_OF_A_FILM * frame_count:
        return None, ("The transcript leaves hardly any silence in the film; it is not used.",)
    if endless:
        told = f"{endless} words or captions last longer than {LONGEST_UNIT_SECONDS} seconds"
        return words, (f"{told}; they are not believed.",)
    return words, ()


def _apart(units: Iterable[FrameRange]) -> tuple[FrameRange, ...]:
    """Units that overlap become one; units that only touch stay two."""
    apart: list[FrameRange] = []
    for frames in sorted(units):
        if apart and frames.start < apart[-1].end:
            apart[-1] = FrameRange(apart[-1].start, max(apart[-1].end, frames.end))
        else:
            apart.append(frames)
    return tuple(apart)


@dataclass(frozen=True, slots=True)
class Openings:
    """The frames at which a clip may begin, or those at which it may end; a film's last is its length."""

    ranges: tuple[FrameRange, ...]
    """Sorted; they neither overlap nor touch."""

    def allows(self, frame: int) -> bool:
        """Whether a frame is one of them."""
        return covering(self.ranges, frame) is not None

    def first(self, low: int, high: int) -> int | None:
        """The first of them from ``low`` to ``high``, both included."""
        index = bisect_right(self.ranges, low, key=lambda one: one.end)
        if index == len(self.ranges) or self.ranges[index].start > high:
            return None
        found = max(low, self.ranges[index].start)
        return found if found <= high else None

    def last(self, low: int, high: int) -> int | None:
        """The last of them from ``low`` to ``high``, both included."""
        index = bisect_right(self.ranges, high, key=lambda one: one.start) - 1
        if index < 0 or self.ranges[index].end <= low:
            return None
        found = min(high, self.ranges[index].end - 1)
        return found if found >= low else None

    def nearest(self, frame: int, low: int, high: int) -> int | None:
        """The one from ``low`` to ``high`` that is nearest to a frame; of two the earlier."""
        if low > high:
            return None
        inside = min(high, max(low, frame))
        found = [one for one in (self.last(low, inside), self.first(inside, high)) if one is not None]
        return min(found, key=lambda one: (abs(one - frame), one), default=None)

    def between(self, low: int, high: int) -> list[FrameRange]:
        """The stretches of them from ``low`` to ``high``, both included, in order."""
        index = bisect_right(self.ranges, low, key=lambda one: one.end)
        found = []
        while index < len(self.ranges) and self.ranges[index].start <= high:
            one = self.ranges[index]
            if low <= high:
                found.append(FrameRange(max(low, one.start), min(high + 1, one.end)))
            index += 1
        return found


class Speech:
    """The speech of one film, to ask where it may be cut.

    A clip that cuts into a shot shows half a second of it, so a clip begins on a cut of the film or
    well before one, and ends on a cut or well after one; the same frames are found for every clip.

    Args:
        words: spoken units, sorted, not overlapping.
        cuts: first frames of shots and frames after their last.
        rate: frames per second.
        frame_count: of the film.
    """

    def __init__(
        self, words: Sequence[FrameRange], cuts: Iterable[int], rate: Fraction, frame_count: int
    ) -> None:
        self.words = tuple(words)
        self._rate = rate
        pause = ceil(_PAUSE_SECONDS * rate)
        joined = union(FrameRange(word.start, word.end + pause) for word in words)
        self.phrases = tuple(FrameRange(one.start, one.end - pause) for one in joined)
        """Words with the short silences between them; sorted and disjoint."""
        self._starts = [one.start for one in self.phrases]
        edges = sorted({*cuts, 0, frame_count})
        self._cuts = [cut for cut in edges if not self.interrupts(cut)]
        gaps = subtract((FrameRange(0, frame_count + 1),), self._guarded())
        silent = [FrameRange(cut, cut + 1) for cut in self._cuts]
        part = ceil(_VISIBLE_SECONDS * rate)
        early = [FrameRange(max(0, cut - part + 1), cut) for cut in edges if cut > 0 and part > 1]
        late = [FrameRange(cut + 1, cut + part) for cut in edges if part > 1]
        self.silences = Openings(union([*gaps, *silent]))
        """Where a cut divides no speech, whatever it does to a shot."""
        self.starts = Openings(union([*subtract(gaps, early), *silent]))
        self.ends = Openings(union([*subtract(gaps, late), *silent]))

    def _guarded(self) -> list[FrameRange]:
        """The spoken units with the frames around them that belong to no gap of speech."""
        before, after = BEFORE_WORD_SECONDS * self._rate, AFTER_WORD_SECONDS * self._rate
        return [
            FrameRange(max(0, floor(word.start - before) + 1), ceil(word.end + after)) for word in self.words
        ]

    def interrupts(self, frame: int) -> bool:
        """Whether a cut before a frame divides a spoken unit."""
        index = bisect_right(self.words, frame, key=lambda word: word.end)
        return index < len(self.words) and self.words[index].start < frame

    def cuts_between(self, low: int, high: int) -> list[int]:
        """Cuts of the film from ``low`` to ``high``, both included, that divide no speech."""
        return self._cuts[bisect_left(self._cuts, low) : bisect_right(self._cuts, high)]

    def edges_on_cuts(self, frames: FrameRange) -> int:
        """How many of a range's two edges are cuts of the film."""
        return sum(bool(self.cuts_between(edge, edge)) for edge in (frames.start, frames.end))

    def spoken(self, frames: FrameRange) -> int:
        """Frames of a range in which somebody talks, short pauses included."""
        index = max(0, bisect_right(self._starts, frames.start) - 1)
        count = 0
        while index < len(self.phrases) and self._starts[index] < frames.end:
            inside = self.phrases[index].intersection(frames)
            count += inside.length if inside is not None else 0
            index += 1
        return count

    def is_near(self, frames: FrameRange) -> bool:
        """Whether somebody talks in a range or within a second of it."""
        second = ceil(self._rate)
        return self.spoken(FrameRange(max(0, frames.start - second), frames.end + second)) > 0

    def is_talk(self, frames: FrameRange) -> bool:
        """Whether people talk for at least half of a range."""
        return self.spoken(frames) >= TALK_SHARE * frames.length

    @property
    def talk_frames(self) -> tuple[int, int]:
        """Fewest and most frames of a clip in which people talk."""
        return ceil(TALK_SECONDS[0] * self._rate), floor(TALK_SECONDS[1] * self._rate)
