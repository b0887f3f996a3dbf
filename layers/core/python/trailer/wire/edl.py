"""The plan as a CMX 3600 edit decision list, which every editing program reads.

Only cuts, one event per clip. Source and record ends are exclusive, as CMX has
them and as our ranges are. The record side starts at zero, like the rendered
file, so that a timecode in the list is a place in the trailer.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from trailer.domain.planning.plan import Clip, TrailerPlan
from trailer.domain.time.timecode import is_drop_frame_rate, to_timecode

_REEL_LENGTH: Final = 8
_TITLE_LENGTH: Final = 70


def to_edl(plan: TrailerPlan, title: str, *, audio: bool = True) -> str:
    """Write the plan as CMX 3600 text.

    Args:
        plan: the clips, in trailer order.
        title: file name of the source; an editing program relinks by it.
        audio: whether events carry both sound channels beside the picture.

    Returns:
        Lines ending in a line feed. The fixed fields are ASCII; comments keep
        the title's own letters.
    """
    drop_frame = is_drop_frame_rate(plan.frame_rate)
    lines = [
        f"TITLE: {_ascii(title)[:_TITLE_LENGTH] or 'TRAILER'}",
        f"FCM: {'DROP FRAME' if drop_frame else 'NON-DROP FRAME'}",
        "",
    ]
    record = 0
    for number, clip in enumerate(plan.clips, start=1):
        lines += _event(plan, clip, number, record, title=title, channels="AA/V" if audio else "V")
        record += clip.source.length
    return "\n".join(lines) + "\n"


def reel_name(title: str) -> str:
    """Up to eight capitals and digits from a title, as CMX allows; ``AX`` (no reel) where none are left."""
    return re.sub(r"[^A-Z0-9]", "", _ascii(title.rpartition(".")[0] or title).upper())[:_REEL_LENGTH] or "AX"


def _event(
    plan: TrailerPlan, clip: Clip, number: int, record: int, *, title: str, channels: str
) -> list[str]:
    frames = (clip.source.start, clip.source.end, record, record + clip.source.length)
    times = " ".join(to_timecode(frame, plan.frame_rate) for frame in frames)
    return [
        f"{number:03d}  {reel_name(title):<{_REEL_LENGTH}} {channels:<5} C        {times}",
        f"* FROM CLIP NAME: {_one_line(title)}",
        f"* COMMENT: SCENE {clip.scene} {clip.act.upper()} SCORE {clip.score:.3f}",
        *(f"* COMMENT: {_one_line(reason)}" for reason in clip.reasons),
        "",
    ]


def _one_line(text: str) -> str:
    """A line break inside a comment would be read as an event."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _ascii(text: str) -> str:
    return _one_line(unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode())
