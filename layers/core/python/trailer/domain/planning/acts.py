"""The order of the clips: hook, setup, conflict, montage, button.

Inside each act the clips follow the film. Acts are given by position in the film and energy
alone; nothing is learned from other trailers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Final

from trailer.domain.film.evidence import Moment
from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.plan import Act
from trailer.domain.taste.relevance import RelevanceTrack
from trailer.domain.time.timecode import FrameRange

_SETUP_SHARE: Final = 0.3
_MONTAGE_SHARE: Final = 0.4
_ENERGY_PULL: Final = 1.1
"""How far its rank by energy moves a clip towards the montage, against its rank in the film.

More would follow the rising arc of official trailers more closely, and the story less.
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """A chosen clip with its act."""

    clip: Candidate
    act: Act


def energy(moment: Moment) -> float:
    """How lively a moment is, 0 to 1, from how fast it is cut and how expressive its faces are."""
    return 0.7 * moment.cues.get("cut_rate", 0.5) + 0.3 * moment.cues.get("expressive", 0.0)


def arrange(clips: Sequence[Candidate], track: RelevanceTrack, content: FrameRange) -> list[Placed]:
    """Put the chosen clips into trailer order.

    The hook is the most relevant clip of the film's first half, the button the most relevant
    calm one of what remains in the second; the rest is split by position and energy.
    """
    film_order = sorted(clips, key=lambda clip: clip.range)
    hook = _hook(film_order, content)
    rest = [clip for clip in film_order if clip is not hook]
    button = _button(rest, track) if rest else None
    middle = [clip for clip in rest if clip is not button]
    placed = [Placed(hook, "hook"), *_rising(middle, track)]
    if button is not None:
        placed.append(Placed(button, "button"))
    return placed


def _density(clip: Candidate) -> float:
    return round(clip.value / clip.cost, 9)


def _hook(film_order: Sequence[Candidate], content: FrameRange) -> Candidate:
    half = (content.start + content.end) // 2
    early = [clip for clip in film_order if clip.range.start < half] or list(film_order)
    return max(early, key=lambda clip: (_density(clip), -clip.range.start))


def _button(rest: Sequence[Candidate], track: RelevanceTrack) -> Candidate:
    late = rest[len(rest) // 2 :]
    return max(
        late,
        key=lambda clip: (round(_density(clip) - 0.5 * _energy(clip, track), 9), clip.range.start),
    )


def _rising(middle: Sequence[Candidate], track: RelevanceTrack) -> list[Placed]:
    """Early and calm clips set up, late and lively ones make the montage; each act in film order."""
    last = max(1, len(middle) - 1)
    lively = sorted(range(len(middle)), key=lambda i: (round(_energy(middle[i], track), 9), i))
    pull = {index: index + _ENERGY_PULL * rank for rank, index in enumerate(lively)}
    rising = sorted(pull, key=lambda index: (round(pull[index] / last, 9), index))
    setup_end = round(_SETUP_SHARE * len(middle))
    montage_start = len(middle) - round(_MONTAGE_SHARE * len(middle))
    acts: tuple[tuple[Act, list[int]], ...] = (
        ("setup", rising[:setup_end]),
        ("conflict", rising[setup_end:montage_start]),
        ("montage", rising[montage_start:]),
    )
    return [Placed(middle[index], act) for act, indexes in acts for index in sorted(indexes)]


def _energy(clip: Candidate, track: RelevanceTrack) -> float:
    """Mean energy over the clip's natural length."""
    shown = [
        (part.length, energy(moment))
        for index in track.overlapping(clip.range)
        if (part := (moment := track.moments[index]).range.intersection(clip.range)) is not None
    ]
    total = sum(length for length, _ in shown)
    return fsum(length * level for length, level in shown) / total if total else 0.0
