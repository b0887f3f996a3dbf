"""Small words of HTML: nothing reaches the page but through ``esc`` or ``href``."""

from __future__ import annotations

import html
from fractions import Fraction
from urllib.parse import quote

from trailer.domain.time.timecode import FrameRange, to_timecode


def esc(value: object) -> str:
    """Any value as text or attribute value that can't end its element."""
    return html.escape(str(value), quote=True)


def href(name: str) -> str:
    """A file name relative to the page as a URL: no scheme, no query, no fragment can come out of it."""
    return quote("./" + name.lstrip("/"), safe="/.")


def percent(part: Fraction | float) -> str:
    """A share as CSS or text, with as many digits as can be seen."""
    return f"{float(part) * 100:.3f}".rstrip("0").rstrip(".") + "%"


def clock(seconds: Fraction) -> str:
    """Running time as people say it: 9.2 s, 1:32, 1:04:09."""
    if seconds < 60:
        return f"{float(seconds):.1f} s"
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def span(frames: FrameRange, rate: Fraction) -> str:
    """First and last timecode of a range; the last is inclusive, as a viewer stops on it."""
    first, last = to_timecode(frames.start, rate), to_timecode(frames.end - 1, rate)
    return f'<span class="tc">{esc(first)}</span><span class="to">–</span><span class="tc">{esc(last)}</span>'


def plural(count: int, noun: str) -> str:
    """1 clip, 2 clips."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}".replace(",", " ")
