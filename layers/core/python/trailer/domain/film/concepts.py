"""Concepts: what can be seen in a film, from labels to people, each counted once.

Evidence and plans know a concept by its number in the film; numbers are looked up and compared
faster than names, and that is done a million times for a long film.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trailer.domain.film.detections import EMOTIONS, Detections, LabelDetection, ModerationDetection


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that can be present: a label, an emotion, a celebrity or a moderation class."""

    kind: str
    """"label", "emotion", "celebrity" or "moderation"."""
    name: str
    parents: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    rarity: float = 1.0
    """0 for a label that is everywhere in this film, towards 1 for one seen once."""

    @property
    def key(self) -> str:
        """The name that the catalogue and the explanations use, such as "label:Car"."""
        return f"{self.kind}:{self.name}"


class Lexicon:
    """All that the findings of a film name, by small numbers in the order of kinds and names."""

    def __init__(self, detections: Detections) -> None:
        self.ancestors, self._categories = _taxonomy(detections.labels)
        """Of each label, those that the detector puts above it."""
        self._parents = _moderation_parents(detections.moderation)
        named = {
            "celebrity": {found.name for found in detections.celebrities},
            "emotion": EMOTIONS,
            "label": self.ancestors,
            "moderation": {found.name for found in detections.moderation},
        }
        self._keys = [(kind, name) for kind, names in named.items() for name in sorted(names)]
        self.celebrities = self._numbers("celebrity")
        self.emotions = self._numbers("emotion")
        self.labels = self._numbers("label")
        self.moderation = self._numbers("moderation")

    def _numbers(self, kind: str) -> dict[str, int]:
        return {name: number for number, (own, name) in enumerate(self._keys) if own == kind}

    def concepts(self, numbers: Iterable[int], rarity: Mapping[int, float]) -> tuple[Concept, ...]:
        """The concepts of some numbers; ``rarity`` has that of labels."""
        return tuple(self._concept(number, rarity) for number in numbers)

    def _concept(self, number: int, rarity: Mapping[int, float]) -> Concept:
        kind, name = self._keys[number]
        if kind == "label":
            above = tuple(sorted(self.ancestors[name]))
            return Concept(kind, name, above, self._categories[name], rarity[number])
        return Concept(kind, name, self._parents.get(name, ()) if kind == "moderation" else ())


def _taxonomy(
    labels: Iterable[LabelDetection],
) -> tuple[dict[str, frozenset[str]], dict[str, tuple[str, ...]]]:
    """Ancestors and categories of each label, united over all detections of the film."""
    told = {(label.name, label.parents, label.categories) for label in labels}
    ancestors: dict[str, set[str]] = {}
    categories: dict[str, set[str]] = {}
    for name, above, own in told:
        ancestors.setdefault(name, set()).update(above)
        categories.setdefault(name, set()).update(own)
    return (
        {name: frozenset(above) - {name} for name, above in ancestors.items()},
        {name: tuple(sorted(own)) for name, own in categories.items()},
    )


def _moderation_parents(moderation: Iterable[ModerationDetection]) -> dict[str, tuple[str, ...]]:
    return {d.name: (d.parent,) for d in sorted(moderation) if d.parent}
