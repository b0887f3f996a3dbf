"""Metrics 7, 11, 14 and 16: how the trailer stands to the story."""

from __future__ import annotations

from itertools import pairwise
from math import fsum
from typing import Final

from trailer.domain.judgement.case import Case
from trailer.domain.numbers import kendall, ratio
from trailer.domain.planning.acts import intensity as correlation
from trailer.domain.planning.acts import moment_energy
from trailer.domain.planning.story import STAGE_ENDS

OFFICIAL_STAGES: Final = (0.169, 0.190, 0.260, 0.198, 0.133, 0.049)
"""Shares of official trailers' shots per part of the story (CMTD, 406 trailers; reference §0 no. 3)."""

_CAST: Final = 5


def stage_distance(case: Case) -> float | None:
    """Half the sum of |share of D per part of the story - official share| (reference §6 no. 7)."""
    if not case.frames:
        return None
    content = case.yard.analysis.content
    inner = [float(content.start + content.length * end) for end in STAGE_ENDS]
    shares = []
    for low, high in pairwise([0.0, *inner, float("inf")]):
        frames = fsum(max(0.0, min(high, clip.end) - max(low, clip.start)) for clip in case.clips)
        shares.append(frames / case.frames)
    return fsum(abs(own - official) for own, official in zip(shares, OFFICIAL_STAGES, strict=True)) / 2


def scene_spread(case: Case) -> float | None:
    """Distinct scenes by the smaller of clips and scenes (§6 no. 11)."""
    scenes = {case.yard.scene_at(clip.start) for clip in case.clips}
    return ratio(len(scenes), min(len(case.clips), len(case.yard.analysis.scenes)))


def cast_recall(case: Case) -> float | None:
    """Share of the five people with the most screen time who are in the trailer (§6 no. 11)."""
    main = set(case.yard.cast[:_CAST])
    shown = {
        number
        for clip in case.clips
        for moment in (case.yard.moments_in(clip) if main else ())
        for number, _ in moment.strengths
    }
    return ratio(len(main & shown), len(main))


def order(case: Case) -> float | None:
    """Kendall's tau of trailer position and source time over the clips that are not the hook (§6 no. 14)."""
    starts = [clip.source.start for clip in case.plan.clips if clip.act != "hook"]
    return kendall(range(len(starts)), starts)


def inversions(case: Case) -> float | None:
    """Neighbouring clips of one act that run against the film (§6 no. 14)."""
    pairs = pairwise(case.plan.clips)
    return float(sum(a.act == b.act and a.source.start > b.source.start for a, b in pairs))


def intensity(case: Case) -> float | None:
    """Correlation of the clips' energy with hook 0.7, drop 0.3, rise to 1, stop, button 0.6 (§6 no. 16)."""
    track = case.yard.cue_track("energy", moment_energy)
    levels = [track.integral(clip) / clip.length for clip in case.clips]
    return correlation(levels, [clip.length for clip in case.clips])
