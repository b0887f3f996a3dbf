"""The picture of the cut: the whole film above, the trailer below, a ribbon for each clip."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.time.timecode import FrameRange, seconds
from trailer.wire.report.markup import clock, esc, percent, span
from trailer.wire.report.palette import act_class

_WIDTH = 1000
_LANE = 34
_DROP = 96
_LEAST = 1.6
"""Narrowest mark, in thousandths of the picture: a second of a long film would vanish."""


def strip(plan: TrailerPlan, analysis: Analysis) -> str:
    """Draw the film's scenes and gates, the trailer's clips and where each comes from."""
    count = analysis.media.frame_count
    height = 2 * _LANE + _DROP
    shapes = [
        *_scenes(plan, analysis),
        *_spoilers(plan, count),
        *_gates(plan, analysis),
        *_ribbons(plan, count),
    ]
    return (
        '<figure class="strip">'
        f'<div class="strip-label"><b>The film</b><span>{clock(analysis.media.duration)}</span></div>'
        f'<svg viewBox="0 0 {_WIDTH} {height}" preserveAspectRatio="none" role="img" '
        'aria-label="Where in the film the clips of the trailer come from">'
        f"{_PATTERN}{''.join(shapes)}</svg>"
        f'<div class="strip-label"><b>The trailer</b>'
        f"<span>{clock(seconds(plan.frames, plan.frame_rate))}</span></div>"
        "</figure>"
    )


_PATTERN = (
    '<defs><pattern id="gated" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="7" height="7" class="gate-ground"/>'
    '<rect width="2.4" height="7" class="gate-line"/></pattern></defs>'
)


def _scenes(plan: TrailerPlan, analysis: Analysis) -> Iterable[str]:
    used = {clip.scene for clip in plan.clips}
    count = analysis.media.frame_count
    for scene in analysis.scenes:
        kind = "used" if scene.index in used else "even" if scene.index % 2 == 0 else "odd"
        title = f"Scene {scene.index} · {clock(seconds(scene.range.length, plan.frame_rate))}"
        yield _block(scene.range, count, f"scene scene-{kind}", title)


def _gates(plan: TrailerPlan, analysis: Analysis) -> Iterable[str]:
    """Technical cues, and sensitive content where this profile's rules kept it out."""
    count = analysis.media.frame_count
    for gate in analysis.gates:
        yield _block(gate.range, count, "gate", f"Never shown: {gate.code}")
    denied = {gate.code for gate in plan.gates}
    for found in analysis.sensitive:
        if denied & {f"Moderation:{found.name}", f"Moderation:{found.parent}"}:
            yield _block(found.range, count, "gate", f"Never shown: {found.name}")


def _spoilers(plan: TrailerPlan, count: int) -> Iterable[str]:
    if plan.spoiler_start is not None and plan.spoiler_start < count:
        kept = FrameRange(max(0, plan.spoiler_start), count)
        yield _block(kept, count, "spoiler", "Never shown: too near to the ending")


def _ribbons(plan: TrailerPlan, count: int) -> Iterable[str]:
    """A mark in the film, one in the trailer, and the ribbon between them."""
    at = 0
    for number, clip in enumerate(plan.clips, start=1):
        above = _extent(clip.source.start, clip.source.end, count)
        below = _extent(at, at + clip.source.length, plan.frames)
        at += clip.source.length
        top, bottom = _LANE, _LANE + _DROP
        middle = (top + bottom) / 2
        ribbon = (
            f"M{above[0]:.2f} {top}C{above[0]:.2f} {middle} {below[0]:.2f} {middle} {below[0]:.2f} {bottom}"
            f"H{below[1]:.2f}C{below[1]:.2f} {middle} {above[1]:.2f} {middle} {above[1]:.2f} {top}Z"
        )
        title = f"Clip {number} · {clip.act} · scene {clip.scene}"
        yield (
            f'<g class="{act_class(clip.act)}"><title>{esc(title)}</title>'
            f'<path class="ribbon" d="{ribbon}"/>{_rect(above, 0, "mark")}{_rect(below, bottom, "cut")}</g>'
        )


def _block(frames: FrameRange, count: int, css: str, title: str) -> str:
    left, right = _extent(frames.start, frames.end, count)
    return (
        f'<rect class="{css}" x="{left:.2f}" y="0" width="{right - left:.2f}" height="{_LANE}">'
        f"<title>{esc(title)}</title></rect>"
    )


def _rect(extent: tuple[float, float], y: float, css: str) -> str:
    return (
        f'<rect class="{css}" x="{extent[0]:.2f}" y="{y}" width="{extent[1] - extent[0]:.2f}" '
        f'height="{_LANE}"/>'
    )


def _extent(start: int, end: int, whole: int) -> tuple[float, float]:
    """Left and right edge in the picture, at least ``_LEAST`` wide and inside it."""
    left = _WIDTH * start / whole
    width = max(_LEAST, _WIDTH * (end - start) / whole)
    left = min(left, _WIDTH - width)
    return left, left + width


def legend(plan: TrailerPlan, analysis: Analysis) -> str:
    """What the colours of the strip mean, with the length of each."""
    length: dict[str, int] = {}
    for clip in plan.clips:
        length[clip.act] = length.get(clip.act, 0) + clip.source.length
    acts = "".join(
        f'<li><i class="dot {act_class(act)}"></i><b>{esc(act)}</b> '
        f"{clock(seconds(frames, plan.frame_rate))} "
        f'<span class="soft">{percent(round(Fraction(frames, plan.frames), 2))}</span></li>'
        for act, frames in length.items()
    )
    hidden = '<li><i class="dot dot-gate"></i>gated: never shown</li>' if plan.gates else ""
    if plan.spoiler_start is not None:
        start = FrameRange(plan.spoiler_start, plan.spoiler_start + 1)
        first = span(start, plan.frame_rate).partition('<span class="to">')[0]
        hidden += f'<li><i class="dot dot-spoiler"></i>ending: never shown from {first}</li>'
    return f'<ul class="legend">{acts}{hidden}</ul>'
