"""From chosen clips to exact ranges: their order, their lengths, their edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailer.domain.numbers import variation
from trailer.domain.planning.acts import Placed, arrangements, intensity
from trailer.domain.planning.brief import Brief
from trailer.domain.planning.candidates import best_window
from trailer.domain.planning.drafting import Draft
from trailer.domain.planning.exchanging import exchanged
from trailer.domain.planning.fitting import Fitting
from trailer.domain.planning.flashes import Cuts
from trailer.domain.planning.settling import settled
from trailer.domain.planning.varying import varied
from trailer.domain.time.timecode import FrameRange

_VARIED: Final = 0.6
"""Variation of clip lengths, standard deviation by mean, beyond which more is no better."""


def arranged(brief: Brief, draft: Draft) -> tuple[list[Placed], list[int]]:
    """Of several orders the one whose energy follows the arc best, with the length of each clip.

    Then a short trailer gets clips that vary more, and each place the clip that is worth most at
    just its length.
    """
    fitting = Fitting(brief, draft)
    level = {id(clip): brief.energy.mean(clip.range) for clip in draft.clips}
    best: tuple[float, list[Placed], list[int]] | None = None
    for placed in arrangements(draft.clips, brief.energy, brief.analysis.content):
        lengths = fitting.lengths(placed)
        fit = intensity([level[id(item.clip)] for item in placed], lengths) or 0.0
        fit = round(fit + 2 * min(_VARIED, variation(lengths) or 0.0), 6)
        if best is None or fit > best[0]:
            best = fit, placed, lengths
    assert best is not None
    placed, lengths = varied(fitting, best[1], best[2])
    return exchanged(fitting, placed, lengths), lengths


def cut(brief: Brief, placed: Sequence[Placed], lengths: Sequence[int]) -> list[FrameRange]:
    """The exact range of each clip."""
    cuts = {frame for shot in brief.analysis.shots for frame in (shot.range.start, shot.range.end)}
    clips = [item.clip for item in placed]
    wished = [
        best_window(clip.room, length, brief.track)
        if clip.slides
        else FrameRange(clip.room.start, clip.room.start + length)
        for clip, length in zip(clips, lengths, strict=True)
    ]
    steady = Cuts(cuts).settled(wished, clips, brief.rules.shortest)
    speech = brief.analysis.speech
    if speech is None:
        return steady
    return settled(steady, clips, speech, brief.request.max_frames, brief.rules.spacing)
