"""Who makes the copy of a content that Rekognition reads; films with equal bytes share it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProxyState(StrEnum):
    """What is known of a copy."""

    MAKING = "MAKING"
    """It is being made, or its maker came to an end before it looked at it."""
    WHOLE = "WHOLE"
    """It shows its content."""
    SPOILED = "SPOILED"
    """It shows another film, which was uploaded under the name of the maker's."""


@dataclass(frozen=True, slots=True)
class ProxyClaim:
    """One film's claim to make, and pay for, a copy."""

    key: str
    """Where the copy is or will be in the results bucket."""
    video_id: str
    execution_id: str
    """The maker's execution: as long as it runs, the copy may still come."""
    claimed_at: str
    """ISO 8601, UTC."""
    state: ProxyState = ProxyState.MAKING
