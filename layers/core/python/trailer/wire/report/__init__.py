"""The page that shows why each clip was chosen.

One file that needs nothing else to be read: no script, no font, no style from
elsewhere. Only the trailer's own files, which lie beside it, are referred to,
by relative names. Every word that comes from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence

from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.plan import TrailerPlan
from trailer.wire.report.clips import clip_list
from trailer.wire.report.facts import detectors, downloads, gates, numbers, player, rejected, warnings
from trailer.wire.report.markup import esc
from trailer.wire.report.strip import legend, strip
from trailer.wire.report.style import STYLE

__all__ = ["render_report"]

# No script runs even if an escape were missed; pictures and films come from the page's own folder.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; media-src 'self' file: blob:"


def render_report(plan: TrailerPlan, analysis: Analysis, *, title: str, files: Sequence[str]) -> str:
    """Render the report page of one trailer.

    Args:
        plan: the trailer as it was planned.
        analysis: the film that it was planned from.
        title: name of the film's file, as uploaded.
        files: names of the trailer's files relative to the page, such as
            ``trailer_1080p.mp4``, ``hls/trailer.m3u8`` and ``thumbnail.0000000.jpg``.

    Returns:
        A complete HTML document, the same for the same arguments.
    """
    heading = f"{title}, for {plan.profile_id}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="color-scheme" content="light dark">
<title>{esc(heading)} · trailer report</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<p class="eyebrow">Trailer report</p>
<h1>{esc(title)}</h1>
<p class="sub">cut for the viewer profile <b>{esc(plan.profile_id)}</b>, version {plan.profile_version}</p>
</header>
<main>
{warnings(plan.warnings)}
<section class="stage">
{player(plan, analysis.media, files)}
<div class="files"><h2>Files</h2><ul>{downloads(files)}</ul></div>
</section>
<dl class="numbers">{numbers(plan, analysis)}</dl>
<section><h2>Where the clips come from</h2>
{strip(plan, analysis)}
{legend(plan, analysis)}
</section>
<section><h2>Why these clips</h2>
{clip_list(plan, files)}
</section>
<section><h2>What is never shown</h2>
{gates(plan, analysis)}
</section>
<section><h2>Scenes that were left out</h2>
{rejected(plan, analysis)}
</section>
</main>
<footer><p>{esc(plan.video_id)}</p>{detectors(analysis)}</footer>
</body>
</html>
"""
