"""The clips one by one: picture, place, score with its parts, and the reasons in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from trailer.domain.planning.plan import Clip, TrailerPlan
from trailer.domain.time.timecode import FrameRange, seconds
from trailer.wire.mediaconvert import thumbnail_interval
from trailer.wire.report.markup import clock, esc, href, percent, span
from trailer.wire.report.palette import PART_KINDS, act_class, part_kind, part_label

_THUMBNAIL = re.compile(r"(?:.*/)?thumbnail\.(\d{7})\.jpg")
_SHOWN_PARTS = 4


def clip_list(plan: TrailerPlan, files: Iterable[str]) -> str:
    """One row per clip, in trailer order."""
    pictures = thumbnails(plan, files)
    best = max((clip.score for clip in plan.clips), default=0.0)
    rows = []
    at = 0
    for number, clip in enumerate(plan.clips, start=1):
        shown = FrameRange(at, at + clip.source.length)
        at = shown.end
        rows.append(_row(plan, number, shown, picture=pictures.get(number), best=best))
    return (
        '<table class="clips"><thead><tr><th>Clip</th><th>In the film</th><th>In the trailer</th>'
        f"<th>Why it was chosen</th><th>Score</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"{part_legend(plan.clips)}"
    )


def thumbnails(plan: TrailerPlan, files: Iterable[str]) -> dict[int, str]:
    """The first thumbnail that falls into each clip, by the clip's number from 1."""
    every = thumbnail_interval(plan)
    frames = sorted(
        (int(match.group(1)) * every, name)
        for name in files
        if (match := _THUMBNAIL.fullmatch(name)) is not None
    )
    found: dict[int, str] = {}
    at = 0
    for number, clip in enumerate(plan.clips, start=1):
        end = at + clip.source.length
        name = next((name for frame, name in frames if at <= frame < end), None)
        if name is not None:
            found[number] = name
        at = end
    return found


def part_legend(clips: Sequence[Clip]) -> str:
    """The colours of the score bars, only those that occur."""
    kinds = {part_kind(name) for clip in clips for name in clip.parts}
    items = "".join(
        f'<li><i class="dot part-{kind}"></i>{esc(meaning)}</li>'
        for kind, meaning in PART_KINDS.items()
        if kind in kinds
    )
    scale = '<li class="soft">a bar is as long as its score against the best clip</li>'
    return f'<ul class="legend">{items}{scale}</ul>' if items else ""


def score_bar(parts: Mapping[str, float], score: float, best: float) -> str:
    """A bar as long as the score against the best one, divided into its parts, largest first."""
    gains = _ordered({name: value for name, value in parts.items() if value > 0})
    whole = sum(value for _, value in gains)
    length = percent(min(1.0, score / best)) if best > 0 else "0%"
    pieces = "".join(
        f'<i class="part-{part_kind(name)}" style="width:{percent(value / whole)}" '
        f'title="{esc(part_label(name))} {value:.3f}"></i>'
        for name, value in gains
    )
    return f'<div class="bar"><div class="fill" style="width:{length}">{pieces}</div></div>'


def part_words(parts: Mapping[str, float]) -> str:
    """The largest parts in words and numbers, the rest added up, so that the sum is the score."""
    ordered = _ordered(parts)
    shown, rest = ordered[:_SHOWN_PARTS], ordered[_SHOWN_PARTS:]
    if len(rest) == 1:
        shown, rest = ordered, []
    items = [(part_label(name), value, part_kind(name)) for name, value in shown]
    if rest:
        items.append((f"{len(rest)} more", sum(value for _, value in rest), "rest"))
    return "".join(
        f'<li><i class="dot part-{kind}"></i>{esc(label)} <span class="num">{value:+.3f}</span></li>'
        for label, value, kind in items
    )


def _row(plan: TrailerPlan, number: int, shown: FrameRange, *, picture: str | None, best: float) -> str:
    clip, rate = plan.clips[number - 1], plan.frame_rate
    length = f"{clock(seconds(clip.source.length, rate))} · {clip.source.length} frames"
    image = (
        f'<img src="{esc(href(picture))}" alt="Clip {number}" loading="lazy">'
        if picture
        else '<div class="no-picture" aria-hidden="true"></div>'
    )
    reasons = "".join(f"<li>{esc(reason)}</li>" for reason in clip.reasons)
    return (
        f'<tr id="clip-{number}" class="{act_class(clip.act)}">'
        f'<td class="who"><div class="still">{image}<span class="badge">{number}</span></div></td>'
        f'<td class="where"><span class="chip">{esc(clip.act)}</span>'
        f'<div class="times">{span(clip.source, rate)}</div><div class="soft">scene {clip.scene}</div></td>'
        f'<td class="when"><div class="times">{span(shown, rate)}</div>'
        f'<div class="soft">{length}</div></td>'
        f'<td class="why"><ul>{reasons}</ul></td>'
        f'<td class="score"><b class="num">{clip.score:.3f}</b>{score_bar(clip.parts, clip.score, best)}'
        f'<ul class="parts">{part_words(clip.parts)}</ul></td></tr>'
    )


def _ordered(parts: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(parts.items(), key=lambda part: (-abs(part[1]), part[0]))
