"""Variants: how much of a trailer may repeat the earlier trailers of the same film for the same profile.

Frames of earlier versions are a resource with a hard limit. Material is offered twice: stretches that
are new throughout, and stretches that touch what was shown, each charged with all that it could repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from trailer.domain.planning.candidates import Candidate
from trailer.domain.time.ranges import subtract, total, union
from trailer.domain.time.timecode import FrameRange
from trailer.errors import InfeasiblePlanError


@dataclass(frozen=True, slots=True)
class Reuse:
    """The trailers that a new one shall differ from, and by how much."""

    versions: tuple[int, ...]
    """Of the earlier trailers, ascending; not empty."""
    shown: tuple[FrameRange, ...]
    """Frames of the film that they show, sorted and disjoint."""
    share: Fraction
    """Of the frames that the new trailer may have, at most so much from earlier ones; 0 to 1."""

    def limit(self, max_frames: int) -> int:
        """Frames of earlier trailers that one of so many frames may show."""
        return int(self.share * max_frames)

    def repeated(self, frames: FrameRange) -> int:
        """Frames of a range that an earlier trailer shows."""
        return total(inside for one in self.shown if (inside := one.intersection(frames)) is not None)


def earlier_trailers(versions: Iterable[tuple[int, Iterable[FrameRange]]], share: Fraction) -> Reuse | None:
    """What earlier versions showed; None where there are none, for then nothing is repeated."""
    listed = sorted((version, tuple(clips)) for version, clips in versions)
    if not listed:
        return None
    return Reuse(
        tuple(version for version, _ in listed), union(clip for _, clips in listed for clip in clips), share
    )


def offered(
    free: Sequence[FrameRange],
    reuse: Reuse | None,
    limit: int,
    cut: Callable[[Sequence[FrameRange]], Sequence[Candidate]],
) -> list[Candidate]:
    """Candidates of the showable frames, with what each may repeat.

    Args:
        free: what may be shown, sorted and disjoint.
        reuse: what was shown; None offers everything as it is.
        limit: frames that may be repeated.
        cut: makes candidates from stretches.
    """
    if reuse is None:
        return list(cut(free))
    found = list(cut(subtract(free, reuse.shown)))
    if limit > 0:
        charged = (replace(one, reused=reuse.repeated(one.room)) for one in cut(free))
        found += [one for one in charged if 0 < one.reused <= limit]
    return sorted(found, key=lambda one: (one.room, one.range, one.reused))


def refuse(reuse: Reuse, max_frames: int, reached: int, rate: Fraction) -> InfeasiblePlanError:
    """The error for a trailer that can't be filled without repeating more than it may."""
    versions = ", ".join(map(str, reuse.versions))
    needed = min(Fraction(1), Fraction(ceil(10 * (reuse.share + 1 - Fraction(reached, max_frames))), 10))
    return InfeasiblePlanError(
        f"At most {_percent(reuse.share)} of this trailer may repeat the earlier ones (version {versions}), "
        f"and then it fills only {float(reached / rate):.1f} of {float(max_frames / rate):.1f} seconds. "
        f"Allow an overlap of about {_percent(needed)}, or ask for {int(reached / rate)} seconds."
    )


def refuse_pins(reuse: Reuse, repeated: int, max_frames: int) -> InfeasiblePlanError:
    """The error for pins that repeat more than the whole trailer may."""
    return InfeasiblePlanError(
        f"The pins repeat {repeated} frames of earlier trailers; with an overlap of at most "
        f"{_percent(reuse.share)} the trailer may repeat {reuse.limit(max_frames)}."
    )


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.0f} %"
