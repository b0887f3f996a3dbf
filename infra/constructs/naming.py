"""One name everywhere: a function's folder gives its state, its construct and its metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aws_cdk import Fn, Stack
from constructs import IConstruct

ROOT: Final = Path(__file__).resolve().parents[2]
"""The project's directory, so that synthesis works from anywhere."""


def pascal_case(folder: str) -> str:
    """``score_scenes`` -> ``ScoreScenes``: the ASL state, the placeholder and the construct id."""
    return "".join(word.capitalize() for word in folder.split("_"))


def deployment_of(scope: IConstruct) -> str:
    """Eight hexadecimal digits that one deployed stack keeps, and its next one doesn't share.

    For names that must be given: a stack that is deployed again must not meet what its
    forerunner has left.
    """
    identity = Fn.select(2, Fn.split("/", Stack.of(scope).stack_id))
    return Fn.select(0, Fn.split("-", identity))
