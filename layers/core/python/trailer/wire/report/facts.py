"""What surrounds the clips: numbers at a glance, files, gates, scenes that were left out, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.media import SourceMedia
from trailer.domain.film.scenes import Scene
from trailer.domain.planning.plan import RejectedScene, TrailerPlan
from trailer.domain.time.timecode import seconds
from trailer.wire.report.clips import thumbnails
from trailer.wire.report.markup import clock, esc, href, percent, plural, span
from trailer.wire.report.palette import gate_label, part_label

_CODE_MEANING: Final = {
    "gated": "Never shown: credits, black, logos, bars or denied content",
    "spoiler": "Too near to the ending",
    "banned": "Banned by the request",
    "too_short": "Too short to be cut from",
    "reused": "Shown in an earlier trailer for this profile",
    "low_relevance": "Says little to this profile",
    "redundant": "Too much like a scene that is in",
    "no_budget": "Good, but the trailer was full",
}
_EDITOR_FILES: Final = (
    ("trailer.edl", "Edit list, CMX 3600"),
    ("trailer.otio", "OpenTimelineIO"),
    ("plan.json", "Plan with every score"),
)
_OPEN_UP_TO: Final = 12
"""Scenes of one rejection code that are shown unfolded."""
_SCENE_WORDS: Final = 3


def numbers(plan: TrailerPlan, analysis: Analysis) -> str:
    """The trailer in six numbers; a variant has a seventh."""
    rate = plan.frame_rate
    length, limit = seconds(plan.frames, rate), seconds(plan.max_frames, rate)
    used = len({clip.scene for clip in plan.clips})
    average = sum(clip.score * clip.source.length for clip in plan.clips) / max(1, plan.frames)
    shown = Fraction(plan.frames, analysis.media.frame_count)
    facts: tuple[tuple[str, str, str], ...] = (
        ("Length", f"{float(length):.2f} s", f"{plan.frames} of at most {plan.max_frames} frames"),
        ("Limit used", percent(round(length / limit, 3)), f"of {float(limit):.2f} s"),
        ("Clips", str(len(plan.clips)), f"{clock(length / max(1, len(plan.clips)))} each on average"),
        ("Scenes", str(used), f"of {plural(len(analysis.scenes), 'scene')} in the film"),
        ("Mean score", f"{average:.3f}", "of at most 1, by length"),
        ("Gives away", percent(round(shown, 4)), f"of {clock(analysis.media.duration)} of film"),
    )
    facts += _repeats(plan)
    return "".join(
        f"<div><dt>{esc(name)}</dt><dd>{esc(value)}</dd><dd class='soft'>{esc(detail)}</dd></div>"
        for name, value, detail in facts
    )


def _repeats(plan: TrailerPlan) -> tuple[tuple[str, str, str], ...]:
    """How much of a variant was in earlier trailers; nothing where that was not limited."""
    if plan.overlap is None:
        return ()
    repeated = Fraction(plan.overlap.frames, max(1, plan.frames))
    versions = ", ".join(map(str, plan.overlap.versions))
    most = percent(round(Fraction(plan.overlap.limit, plan.max_frames), 3))
    return (("Repeats", percent(round(repeated, 3)), f"of version {versions}, at most {most}"),)


def player(plan: TrailerPlan, media: SourceMedia, files: Sequence[str]) -> str:
    """The trailer itself: the largest rendition up to 1080, which every browser plays without effort."""
    movies = sorted((name for name in files if name.endswith(".mp4")), key=_short_side, reverse=True)
    playlists = [name for name in files if name.endswith(".m3u8")]
    best = next((name for name in movies if _short_side(name) <= 1080), movies[-1] if movies else None)
    pictures = thumbnails(plan, files)
    top = max(pictures, key=lambda number: plan.clips[number - 1].score, default=None)
    poster = f' poster="{esc(href(pictures[top]))}"' if top is not None else ""
    sources = ""
    if best:
        sources += f'<source src="{esc(href(best))}" type="video/mp4">'
    for playlist in playlists:
        sources += f'<source src="{esc(href(playlist))}" type="application/vnd.apple.mpegurl">'
    if not sources:
        return '<div class="player empty">No rendered file was named.</div>'
    shape = f' style="aspect-ratio:{media.width}/{media.height}"'
    return f'<video class="player"{shape} controls playsinline preload="metadata"{poster}>{sources}</video>'


def downloads(files: Sequence[str]) -> str:
    """Links to the renditions, the stream and what an editor needs; all beside this page."""
    movies = sorted((name for name in files if name.endswith(".mp4")), key=_short_side, reverse=True)
    links = [(name, f"MP4, {_short_side(name)}p") for name in movies]
    links += [(name, "HLS stream") for name in files if name.endswith(".m3u8")]
    links += _EDITOR_FILES
    return "".join(
        f'<li><a href="{esc(href(name))}">{esc(name)}</a><span class="soft">{esc(what)}</span></li>'
        for name, what in links
    )


def warnings(texts: Iterable[str]) -> str:
    """What the trailer had to do without, first on the page; nothing where there is nothing to say."""
    items = "".join(f"<li>{esc(text)}</li>" for text in texts)
    return f'<section class="warnings"><h2>Please note</h2><ul>{items}</ul></section>' if items else ""


def gates(plan: TrailerPlan, analysis: Analysis) -> str:
    """How much of the film the hard rules kept out, largest first."""
    if not plan.gates:
        return '<p class="soft">No hard rule kept any part of this film out.</p>'
    whole = analysis.media.frame_count
    rows = "".join(
        f"<tr><th>{esc(gate_label(gate.code))}</th><td class='num'>{plural(gate.ranges, 'range')}</td>"
        f"<td class='num'>{clock(seconds(gate.frames, plan.frame_rate))}</td>"
        f"<td class='share'><div class='bar'><div class='fill gate-fill' "
        f"style='width:{percent(min(1.0, gate.frames / whole))}'></div></div></td>"
        f"<td class='num'>{percent(round(Fraction(gate.frames, whole), 3))}</td></tr>"
        for gate in sorted(plan.gates, key=lambda gate: (-gate.frames, gate.code))
    )
    return f"<table class='gates'><tbody>{rows}</tbody></table>"


def rejected(plan: TrailerPlan, analysis: Analysis) -> str:
    """The scenes that are not in the trailer, by reason code, in the order of the film."""
    if not plan.rejected:
        return '<p class="soft">Every scene of the film is in the trailer.</p>'
    by_code: dict[str, list[RejectedScene]] = {}
    for scene in plan.rejected:
        by_code.setdefault(scene.code, []).append(scene)
    return "".join(
        _rejections(code, scenes, plan, analysis)
        for code, scenes in sorted(by_code.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    )


def _rejections(code: str, scenes: list[RejectedScene], plan: TrailerPlan, analysis: Analysis) -> str:
    known = {scene.index: scene for scene in analysis.scenes}
    rarity = {concept.key: concept.rarity for concept in analysis.concepts}
    details = {each.detail for each in scenes}
    meaning = _CODE_MEANING.get(code, "")
    if len(details) == 1 < len(scenes):
        # Said once, not beside each scene.
        meaning = details.pop()
    rows = "".join(
        f"<tr><th>Scene {each.scene}</th>{_place(known.get(each.scene), rarity, plan.frame_rate)}"
        f"<td>{esc(each.detail) if details else ''}</td></tr>"
        for each in scenes
    )
    unfolded = " open" if len(scenes) <= _OPEN_UP_TO else ""
    count = f"<span class='count'>{plural(len(scenes), 'scene')}</span>"
    return (
        f"<details{unfolded}><summary><code>{esc(code)}</code> {esc(meaning)}{count}</summary>"
        f"<table class='rejected'><tbody>{rows}</tbody></table></details>"
    )


def _place(scene: Scene | None, rarity: Mapping[str, float], rate: Fraction) -> str:
    """Where a scene is and what is most its own in it: strong there, rare in the film."""
    if scene is None:
        return "<td></td><td></td>"
    ranked = sorted(scene.concepts, key=lambda key: (-scene.concepts[key] * rarity.get(key, 0.0), key))
    words = ", ".join(part_label(key) for key in ranked[:_SCENE_WORDS])
    return f"<td class='times'>{span(scene.range, rate)}</td><td class='soft'>{esc(words)}</td>"


def detectors(analysis: Analysis) -> str:
    """Which detectors the film was looked at with; one that is missing is said to be missing."""
    names = ", ".join(name for name, ran in analysis.detectors.items() if ran) or "none"
    absent = ", ".join(name for name, ran in analysis.detectors.items() if not ran)
    return f"<p>Detectors: {esc(names)}{esc(f'; not run: {absent}' if absent else '')}</p>"


def _short_side(name: str) -> int:
    digits = name.rpartition("_")[2].removesuffix("p.mp4")
    return int(digits) if digits.isdecimal() else 0
