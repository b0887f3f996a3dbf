"""The words that Rekognition can say, so that a profile can be refused for a word it never says.

Emotions are told by ``film.detections``. Categories, moderation classes and
labels are in ``profiles/vocabulary.json``, each list with its source. The label list holds
names that a source vouches for, not all of Rekognition's roughly 3,000.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Final

ENERGY_CUES: Final = ("motion", "loudness", "cut_rate", "brightness", "darkness", "sharpness")
"""What a profile may weigh under "energy"."""

MEASURED_ENERGY_CUES: Final = ("cut_rate", "brightness", "darkness", "sharpness")
"""Those that today's detectors can tell; motion and loudness need the picture and the sound."""


@cache
def _document() -> Mapping[str, Any]:
    text = (files("trailer") / "profiles" / "vocabulary.json").read_text(encoding="utf-8")
    document: Mapping[str, Any] = json.loads(text)
    return document


@cache
def categories() -> frozenset[str]:
    """Label categories of label model 3.0."""
    return frozenset(_document()["categories"]["names"])


@cache
def labels() -> frozenset[str]:
    """Label names that a source vouches for."""
    return frozenset(name for source in _document()["labels"] for name in source["names"])


@cache
def moderation_classes() -> frozenset[str]:
    """Moderation classes of model 7, in lower case because the casing varies between answers."""
    return frozenset(name.lower() for name in _document()["moderation"]["names"])


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The known word most like a wrong one, ignoring case; None when nothing is like it."""
    by_lower = {known.lower(): known for known in sorted(words)}
    match = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[match[0]] if match else None
