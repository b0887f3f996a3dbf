"""What a group of errors means to a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PLATFORM: Final = "The platform team has to act: "
AGAIN: Final = "{again}"
"""In an action: how to start once more, by uploading the film or by asking for the trailer."""


class ErrorClass(StrEnum):
    """Whose matter an error is."""

    FILE = "file"
    """The uploader's: the film."""
    OPTIONS = "options"
    """The uploader's: what was asked for."""
    PERMISSION = "permission"
    """The platform team's: a right or a key."""
    BUSY = "busy"
    """Nobody's: AWS has no room, or failed for a moment; later it works."""
    BUG = "bug"
    """Ours: the code, the deployment, or one of us."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a group of errors means."""

    error_class: ErrorClass
    sentence: str
    """Goes before the error's own message; empty where that is a sentence for people already."""
    action: str
    """What to do; may contain ``AGAIN``."""
    names: str
    """Error names, separated by white space."""
    texts: tuple[str, ...] = ()
    """Words in the message of an error whose name says nothing."""
