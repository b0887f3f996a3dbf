"""What stands for what: the colours and names of acts and of the parts of a score."""

from __future__ import annotations

import re
from typing import Final

from trailer.domain.planning.plan import ACTS

PART_KINDS: Final = {
    "label": "what is seen",
    "emotion": "what faces show",
    "celebrity": "who is seen",
    "face": "faces",
    "style": "how it is filmed and cut",
}

_SEEN: Final = {"category": "label", "moderation": "label"}
_FACE_CUES: Final = frozenset({"faces", "two_shot", "expressive"})


def part_kind(name: str) -> str:
    """The group of a score's part: ``label:Car`` is a label, ``faces`` a face cue, all else is style."""
    kind, colon, _ = name.partition(":")
    kind = _SEEN.get(kind, kind)
    if colon and kind in PART_KINDS:
        return kind
    return "face" if name.rpartition(":")[2] in _FACE_CUES else "style"


def part_label(name: str) -> str:
    """A part's name for people: ``label:Car`` is Car, ``cut_rate`` is cut rate."""
    kind, colon, rest = name.partition(":")
    text = rest if colon and rest else kind
    return (text if kind == "celebrity" else text.replace("_", " ").capitalize()) or name


def gate_label(code: str) -> str:
    """A gate's code for people: ``EndCredits`` is End credits, ``Moderation:Violence`` keeps its class."""
    kind, colon, rest = code.partition(":")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()
    return f"{words}: {rest}" if colon else words


def act_class(act: str) -> str:
    """CSS class of an act; one that we don't know gets a neutral colour."""
    return f"act-{act}" if act in ACTS else "act-other"
