"""The frames that a trailer may be cut from: the hard rules of film, profile and request together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.gates import spoiler_start
from trailer.domain.planning.plan import GateSummary
from trailer.domain.taste.profiles import GATE_WEIGHT, ViewerProfile
from trailer.domain.time.ranges import subtract, total, union
from trailer.domain.time.timecode import FrameRange

SPOILER: Final = "Spoiler"
BAN: Final = "Ban"
OUTSIDE: Final = "OutsideContent"

_MODERATION_CONFIDENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What may be shown, and what may not with the reasons."""

    eligible: tuple[FrameRange, ...]
    """Sorted and disjoint."""
    gates: tuple[tuple[str, FrameRange], ...]
    """Code and range of everything kept out, sorted; ranges of different codes may overlap."""
    spoiler_start: int

    def summary(self) -> tuple[GateSummary, ...]:
        """Frames kept out per code."""
        by_code: dict[str, list[FrameRange]] = {}
        for code, frames in self.gates:
            by_code.setdefault(code, []).append(frames)
        return tuple(
            GateSummary(code, len(ranges), total(union(ranges))) for code, ranges in sorted(by_code.items())
        )

    def obstacle(self, frames: FrameRange) -> str | None:
        """Code of a gate that a range runs into; None when all of it may be shown."""
        return next((code for code, gate in self.gates if gate.overlaps(frames)), None)


def showable(
    analysis: Analysis, profile: ViewerProfile, bans: Iterable[FrameRange], spoiler_cut: Fraction
) -> Ground:
    """Take all hard rules away from the film.

    Args:
        analysis: the film.
        profile: its moderation weights of -1.5 keep classes out; its own spoiler cut counts too.
        bans: ranges that the uploader does not want shown.
        spoiler_cut: share of the content after which nothing is shown.
    """
    film = analysis.media.whole
    spoiled_from = spoiler_start(analysis.content, min(spoiler_cut, profile.spoiler_cut))
    gates = [(gate.code, gate.range) for gate in analysis.gates]
    gates += [(BAN, inside) for ban in bans if (inside := ban.intersection(film)) is not None]
    gates += _moderation(analysis, profile)
    if spoiled_from < film.end:
        gates.append((SPOILER, FrameRange(spoiled_from, film.end)))
    if analysis.content.start > 0:
        gates.append((OUTSIDE, FrameRange(0, analysis.content.start)))
    removed = [frames for _, frames in gates]
    return Ground(subtract((film,), removed), tuple(sorted(gates)), spoiled_from)


def _moderation(analysis: Analysis, profile: ViewerProfile) -> list[tuple[str, FrameRange]]:
    found = []
    for item in analysis.sensitive:
        names = (item.name.lower(), item.parent.lower(), "*")
        weight = next((profile.moderation[name] for name in names if name in profile.moderation), 0.0)
        if weight <= GATE_WEIGHT and item.confidence >= _MODERATION_CONFIDENCE:
            found.append((f"Moderation:{item.name}", item.range))
    return found


def gated_share(ranges: Sequence[FrameRange], frames: FrameRange) -> Fraction:
    """How much of a range lies in other ranges, 0 to 1."""
    inside = [shared for other in ranges if (shared := other.intersection(frames)) is not None]
    return Fraction(total(union(inside)), frames.length)
