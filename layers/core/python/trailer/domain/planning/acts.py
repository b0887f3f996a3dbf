"""The order of the clips: hook, setup, conflict, montage, button.

Inside each act the clips follow the film. Acts are given by position in the film and energy
alone; nothing is learned from other trailers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from trailer.domain.film.evidence import Moment
from trailer.domain.numbers import kendall, pearson
from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.pacing import arc
from trailer.domain.planning.plan import Act
from trailer.domain.planning.story import between
from trailer.domain.taste.relevance import RelevanceTrack
from trailer.domain.time.timecode import FrameRange

INTENSITY: Final = ((0.0, 0.7), (0.08, 0.7), (0.12, 0.3), (0.9, 1.0), (0.93, 0.3), (0.96, 0.6), (1.0, 0.6))
"""Wished energy at positions in the trailer: hook, drop, rise, stop, button (reference §6 no. 16)."""

_SHARES: Final = ((0.3, 0.4), (0.25, 0.3), (0.4, 0.3), (0.2, 0.5))
"""Of the clips between hook and button: how many set up, and how many make the montage."""
_PULLS: Final = (0.0, 0.5, 1.1, 2.0, 3.0, 6.0)
"""How far its rank by energy moves a clip towards the montage, against its rank in the film."""
_LEAST_ORDER: Final = 0.6
"""Kendall's tau between trailer and film, hook aside, below which the story would be lost (§6 no. 14)."""


_LASTING: Final = 0.3
"""What a button that can last as long as wished is worth, against relevance and calm."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A chosen clip with its act."""

    clip: Candidate
    act: Act


def moment_energy(moment: Moment) -> float:
    """How lively a moment is, 0 to 1, from how fast it is cut and how expressive its faces are."""
    return 0.7 * moment.cues.get("cut_rate", 0.5) + 0.3 * moment.cues.get("expressive", 0.0)


def energy_track(moments: Sequence[Moment]) -> RelevanceTrack:
    """The energy along the film."""
    return RelevanceTrack(tuple(moments), tuple(moment_energy(moment) for moment in moments), ())


def arrangements(
    clips: Sequence[Candidate], energy: RelevanceTrack, content: FrameRange
) -> Iterator[list[Placed]]:
    """Orders of the chosen clips that tell the story, the one nearest to the film first.

    The hook is the most relevant clip of the film's first half, the button the most relevant
    calm one of what remains in the second; the rest is split by position and energy, in several
    ways. Orders that leave the film's by more than the least order allows are left out, but for
    the first.
    """
    film_order = sorted(clips, key=lambda clip: clip.range)
    hook = _hook(film_order, content)
    rest = [clip for clip in film_order if clip is not hook]
    button = _button(rest, energy) if rest else None
    middle = [clip for clip in rest if clip is not button]
    end = [] if button is None else [Placed(button, "button")]
    levels = [energy.mean(clip.range) for clip in middle]
    seen: set[tuple[int, ...]] = set()
    for pull in _PULLS:
        for shares in _SHARES:
            rising = _rising(middle, levels, pull, shares)
            key = tuple(item.clip.range.start for item in rising)
            order = kendall(range(len(key) + len(end)), [*key, *(item.clip.range.start for item in end)])
            if key not in seen and (not seen or order is None or order >= _LEAST_ORDER):
                yield [Placed(hook, "hook"), *rising, *end]
            seen.add(key)


def intensity(levels: Sequence[float], lengths: Sequence[int]) -> float | None:
    """Correlation of the clips' energy with the wished one at the middles of clips so long.

    None for fewer than three clips, or where all have the same energy.
    """
    whole, position, wished = sum(lengths), 0, []
    for length in lengths:
        wished.append(wished_energy((position + length / 2) / whole))
        position += length
    return pearson(levels, wished)


def wished_energy(position: float) -> float:
    """The energy that a trailer wants at a position (0 to 1), linear between the corners."""
    return between(INTENSITY, position)


def _density(clip: Candidate) -> float:
    return round(clip.value / clip.cost, 9)


def _hook(film_order: Sequence[Candidate], content: FrameRange) -> Candidate:
    half = (content.start + content.end) // 2
    early = [clip for clip in film_order if clip.range.start < half] or list(film_order)
    return max(early, key=lambda clip: (_density(clip), -clip.range.start))


def _button(rest: Sequence[Candidate], energy: RelevanceTrack) -> Candidate:
    """Relevant, calm, and with room for the last breath that the arc gives it."""
    late = rest[len(rest) // 2 :]
    breath = arc(1, 2) * sum(clip.cost for clip in rest) / len(rest)

    def fitness(clip: Candidate) -> float:
        lasting = min(1.0, clip.longest / breath)
        return round(_density(clip) - 0.5 * energy.mean(clip.range) + _LASTING * lasting, 9)

    return max(late, key=lambda clip: (fitness(clip), clip.range.start))


def _rising(
    middle: Sequence[Candidate], levels: Sequence[float], pull: float, shares: tuple[float, float]
) -> list[Placed]:
    """Early and calm clips set up, late and lively ones make the montage; each act in film order."""
    lively = sorted(range(len(middle)), key=lambda i: (round(levels[i], 9), i))
    place = {index: index + pull * rank for rank, index in enumerate(lively)}
    rising = sorted(place, key=lambda index: (round(place[index], 9), index))
    setup_end = round(shares[0] * len(middle))
    montage_start = len(middle) - round(shares[1] * len(middle))
    acts: tuple[tuple[Act, list[int]], ...] = (
        ("setup", rising[:setup_end]),
        ("conflict", rising[setup_end:montage_start]),
        ("montage", rising[montage_start:]),
    )
    return [Placed(middle[index], act) for act, indexes in acts for index in sorted(indexes)]
