"""Whose fault a failed Rekognition job is, read from the only thing that tells: free text.

AWS lists neither codes nor sentences for ``StatusMessage``. What is known from
reports, and what the local Rekognition says, names the thing that was wrong
with the video. A message that names nothing of the kind is no verdict on the
film: the service may have failed, and a later attempt may succeed.
"""

from __future__ import annotations

import re
from typing import Final

from trailer.errors import DetectionFailedError, TrailerError, UnreadableVideoError

_ABOUT_THE_FILM: Final = re.compile(
    r"codec|container|corrupt|damaged|truncated|cut short|decoded|encrypted"
    r"|(unsupported|invalid|unknown)( \w+)? (format|video|file)"
    r"|no video|no frame|not an? (mp4|mov|video)|is empty|too large|longer than",
    re.IGNORECASE,
)
_ABOUT_THE_SERVICE: Final = re.compile(
    r"internal|service|server|time(d)? ?out|try again|access|permission", re.IGNORECASE
)


def blamed(status_message: str) -> type[TrailerError]:
    """The error that a failed job's ``StatusMessage`` stands for."""
    if _ABOUT_THE_FILM.search(status_message) and not _ABOUT_THE_SERVICE.search(status_message):
        return UnreadableVideoError
    return DetectionFailedError
