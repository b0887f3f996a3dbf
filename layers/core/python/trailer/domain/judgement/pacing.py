"""Metric 15: the rhythm of the cut, against that of official trailers."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Final

from trailer.domain.judgement.case import Case, shared_frames
from trailer.domain.numbers import mean, ratio, spearman, variation
from trailer.domain.time.ranges import union
from trailer.domain.time.timecode import FrameRange

NATURAL_CLIP_SECONDS: Final = Fraction(22, 10)
"""Mean clip length for which the reference gives its targets (2.0 to 2.4 s)."""

TALK_SECONDS: Final = (3, 8)
PAUSE_SECONDS: Final = Fraction(3, 10)
_ARC_SHARE: Final = 0.92
"""Part of the trailer in which clips get shorter; then come the stop and the button."""


def shot_length(case: Case) -> float | None:
    """Seconds per shot, inner cuts counted, times 2.2 s by the profile's mean clip (reference §6 no. 15)."""
    lengths = _shots(case)
    average = mean(lengths)
    scale = NATURAL_CLIP_SECONDS / case.yard.profile.pace.mean / case.yard.analysis.media.frame_rate
    return None if average is None else average * float(scale)


def shot_variation(case: Case) -> float | None:
    """Standard deviation by mean of the lengths of the shots, cuts inside clips counted (§6 no. 15)."""
    return variation([float(length) for length in _shots(case)])


def acceleration(case: Case) -> float | None:
    """Spearman's rho of position and length of the clips over the first 92 % of the trailer (§6 no. 15)."""
    positions, lengths, position = [], [], 0
    for clip in case.clips:
        if position + clip.length / 2 <= _ARC_SHARE * case.frames:
            positions.append(float(position))
            lengths.append(float(clip.length))
        position += clip.length
    return spearman(positions, lengths)


def talk_length(case: Case) -> float | None:
    """Share of the clips in which people talk half of the time or more that last 3 to 8 s (§6 no. 17).

    A pause of less than 0.3 s belongs to the talk.
    """
    words, rate = case.yard.analysis.words, case.yard.analysis.media.frame_rate
    if words is None:
        return None
    pause = ceil(PAUSE_SECONDS * rate)
    said = union(FrameRange(word.start, word.end + pause) for word in words)
    phrases = [FrameRange(one.start, one.end - pause) for one in said]
    talk = [clip.length / rate for clip in case.clips if 2 * shared_frames([clip], phrases) >= clip.length]
    low, high = TALK_SECONDS
    return ratio(sum(low <= seconds <= high for seconds in talk), len(talk))


def _shots(case: Case) -> list[int]:
    return [length for clip in case.clips for length in case.yard.shots_in(clip)]
