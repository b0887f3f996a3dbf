"""One name everywhere: a function's folder gives its state, its construct and its metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
"""The project's directory, so that synthesis works from anywhere."""


def pascal_case(folder: str) -> str:
    """``score_scenes`` -> ``ScoreScenes``: the ASL state, the placeholder and the construct id."""
    return "".join(word.capitalize() for word in folder.split("_"))
