"""Viewer profiles: what somebody likes to see, as weights on words that Rekognition emits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Any, Final

from trailer.domain.film.detections import EMOTIONS
from trailer.domain.taste import vocabulary
from trailer.errors import InvalidProfileError, UnknownProfileError

MAX_WEIGHT: Final = 1.5
STAGES: Final = 6
"""Parts of the story that ``stage_quota`` speaks of; see ``planning.story.STAGE_ENDS``."""
GATE_WEIGHT: Final = -1.5
"""A moderation class with this weight is never shown; a milder negative weight only counts against."""
SHORTEST_CLIP_SECONDS: Final = Fraction(4, 5)

_FIELDS: Final = frozenset(
    {
        "id",
        "version",
        "title",
        "pace",
        "categories",
        "labels",
        "emotions",
        "celebrities",
        "moderation",
        "energy",
        "faces",
        "two_shot",
        "speech",
        "stage_quota",
        "spoiler_cut",
        "objective",
    }
)
_ID_LENGTH: Final = 39
"""With a dash and a SHA-1 in hexadecimal it makes the 80 characters of an execution's name."""
_REQUIRED: Final = ("id", "version", "pace", "stage_quota", "objective")


@dataclass(frozen=True, slots=True)
class Pace:
    """Clip lengths in seconds."""

    mean: Fraction
    shortest: Fraction
    longest: Fraction


@dataclass(frozen=True, slots=True)
class ObjectiveWeights:
    """How much each aim of the planner counts."""

    relevance: float
    coverage: float
    diversity: float
    stage: float
    rise: float = 0.0
    """Of calm early in the story and liveliness late."""


@dataclass(frozen=True, slots=True)
class ViewerProfile:
    """A viewer's taste. Weights lie in [-1.5, 1.5]; what is absent has weight 0."""

    id: str
    version: int
    title: str
    pace: Pace
    categories: Mapping[str, float]
    """Label category to weight; speaks for labels that neither they nor their ancestors are weighed."""
    labels: Mapping[str, float]
    emotions: Mapping[str, float]
    celebrities: Mapping[str, float]
    """Name to weight; "*" is everybody else."""
    moderation: Mapping[str, float]
    """Class in lower case to weight; "*" is every other class; -1.5 keeps the class out."""
    energy: Mapping[str, float]
    faces: float
    two_shot: float
    speech: float
    """Of people talking; counts where a transcript or captions tell."""
    stage_quota: tuple[float, ...]
    """Wished share of the trailer per part of the story; sums to 1."""
    spoiler_cut: Fraction
    objective: ObjectiveWeights


@cache
def load_profiles() -> dict[str, ViewerProfile]:
    """The built-in profiles by id, sorted by id."""
    folder = files("trailer") / "profiles"
    documents = (
        json.loads(entry.read_text(encoding="utf-8"), parse_float=str)
        for entry in folder.iterdir()
        if entry.name.endswith(".json") and entry.name != "vocabulary.json"
    )
    profiles = (parse_profile(document) for document in documents)
    return {profile.id: profile for profile in sorted(profiles, key=lambda profile: profile.id)}


def get_profile(profile_id: str) -> ViewerProfile:
    """A built-in profile.

    Raises:
        UnknownProfileError: no such profile; the message lists those that exist.
    """
    profiles = load_profiles()
    if profile_id not in profiles:
        raise UnknownProfileError(
            f"There is no viewer profile {profile_id[:60]!r}. Available are {', '.join(profiles)}."
        )
    return profiles[profile_id]


def parse_profile(document: Mapping[str, Any]) -> ViewerProfile:
    """Read and check a profile.

    Raises:
        InvalidProfileError: an unknown field, a number out of bounds, or a word that Rekognition
            never emits; the message names the word and the nearest one that it does emit.
    """
    if not isinstance(document, Mapping):
        raise InvalidProfileError("A viewer profile is a JSON object.")
    unknown = sorted(set(document) - _FIELDS)
    missing = [name for name in _REQUIRED if name not in document]
    if unknown or missing:
        raise InvalidProfileError(
            f"A viewer profile has the fields {', '.join(sorted(_FIELDS))}; "
            f"unknown: {', '.join(unknown) or 'none'}; missing: {', '.join(missing) or 'none'}."
        )
    return ViewerProfile(
        id=_identifier(document["id"]),
        version=_version(document["version"]),
        title=str(document.get("title") or document["id"]),
        pace=_pace(document["pace"]),
        categories=_weights(document, "categories", vocabulary.categories()),
        labels=_weights(document, "labels", vocabulary.labels()),
        emotions=_weights(document, "emotions", EMOTIONS),
        celebrities=_weights(document, "celebrities", None),
        moderation=_moderation(document),
        energy=_weights(document, "energy", vocabulary.ENERGY_CUES),
        faces=_weight(document.get("faces", 0), "faces"),
        two_shot=_weight(document.get("two_shot", 0), "two_shot"),
        speech=_weight(document.get("speech", 0), "speech"),
        stage_quota=_quota(document["stage_quota"]),
        spoiler_cut=_spoiler_cut(document.get("spoiler_cut", "0.90")),
        objective=_objective(document["objective"]),
    )


def _identifier(value: Any) -> str:
    plain = isinstance(value, str) and value.replace("_", "a").isalnum() and value.isascii()
    if not plain or value != value.lower() or len(value) > _ID_LENGTH:
        raise InvalidProfileError(
            f"A profile id is up to {_ID_LENGTH} lower-case letters, digits and '_', not {value!r}."
        )
    return str(value)


def _version(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidProfileError(f"A profile version is a whole number from 1, not {value!r}.")
    return value


def _number(value: Any, name: str) -> float:
    try:
        number = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number):
        raise InvalidProfileError(f"{name} in a viewer profile is a number, not {value!r}.")
    return number


def _weight(value: Any, name: str) -> float:
    weight = _number(value, name)
    if abs(weight) > MAX_WEIGHT:
        raise InvalidProfileError(
            f"The weight of {name} is {weight}; allowed is from {-MAX_WEIGHT} to {MAX_WEIGHT}."
        )
    return weight


def _weights(document: Mapping[str, Any], field: str, words: Iterable[str] | None) -> dict[str, float]:
    """A field of word to weight, its words checked; None allows any word."""
    given = document.get(field, {})
    if not isinstance(given, Mapping):
        raise InvalidProfileError(f"{field} in a viewer profile maps words to weights.")
    known = None if words is None else frozenset(words)
    for word in given:
        if known is not None and word not in known:
            raise InvalidProfileError(_refusal(field, word, known))
    return {word: _weight(given[word], f"{word!r} in {field}") for word in sorted(given)}


def _refusal(field: str, word: str, known: frozenset[str]) -> str:
    match = vocabulary.nearest(word, known)
    if match is not None:
        hint = f"the nearest known word is {match!r}"
    elif len(known) <= 10:
        hint = f"allowed are {', '.join(sorted(known))}"
    else:
        hint = "no known word is near"
    return f"{word!r} in {field} is not a word that Rekognition is known to emit; {hint}."


def _moderation(document: Mapping[str, Any]) -> dict[str, float]:
    given = document.get("moderation", {})
    if not isinstance(given, Mapping):
        raise InvalidProfileError("moderation in a viewer profile maps class names to weights.")
    lower = {"moderation": {str(name).lower(): weight for name, weight in given.items()}}
    return _weights(lower, "moderation", vocabulary.moderation_classes() | {"*"})


def _pace(value: Any) -> Pace:
    fields = ("mean_clip_s", "min_s", "max_s")
    if not isinstance(value, Mapping) or set(value) != set(fields):
        raise InvalidProfileError(f"pace in a viewer profile has exactly {', '.join(fields)}.")
    mean, shortest, longest = (_seconds(value[name], name) for name in fields)
    if not SHORTEST_CLIP_SECONDS <= shortest <= mean <= longest <= 30:
        raise InvalidProfileError(
            f"pace needs 0.8 <= min_s <= mean_clip_s <= max_s <= 30, and has {float(shortest)}, "
            f"{float(mean)}, {float(longest)}."
        )
    return Pace(mean, shortest, longest)


def _seconds(value: Any, name: str) -> Fraction:
    _number(value, name)
    return Fraction(str(value))


def _quota(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list | tuple) or len(value) != STAGES:
        raise InvalidProfileError(f"stage_quota has {STAGES} shares, one for each part of the story.")
    quota = tuple(_number(share, "stage_quota") for share in value)
    if min(quota) < 0 or abs(sum(quota) - 1) > 1e-6:
        raise InvalidProfileError(
            f"The shares of stage_quota are not negative and sum to 1, not {sum(quota)}."
        )
    return quota


def _spoiler_cut(value: Any) -> Fraction:
    cut = _seconds(value, "spoiler_cut")
    if not 0 < cut <= 1:
        raise InvalidProfileError(f"spoiler_cut is a share of the story above 0 and up to 1, not {value}.")
    return cut


def _objective(value: Any) -> ObjectiveWeights:
    fields = ("relevance", "coverage", "diversity", "stage", "rise")
    if not isinstance(value, Mapping) or {*value, "rise"} != set(fields):
        raise InvalidProfileError(
            f"objective in a viewer profile has exactly {', '.join(fields)}; without rise it is 0."
        )
    weights = [_number(value.get(name, 0), name) for name in fields]
    if min(weights) < 0 or weights[0] <= 0:
        raise InvalidProfileError("The weights of objective are not negative, and relevance counts.")
    return ObjectiveWeights(*weights)
