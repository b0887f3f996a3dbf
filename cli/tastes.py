"""Viewer profiles in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from trailer.domain.taste.profiles import ViewerProfile

_SUMMARISED: Final = 6


def describe(profile: ViewerProfile) -> list[tuple[str, str, str]]:
    """Every weight of a profile as (kind, word, weight), the strongest of each kind first."""
    rows = []
    for kind, weights in (
        ("label", profile.labels),
        ("category", profile.categories),
        ("emotion", profile.emotions),
        ("celebrity", profile.celebrities),
        ("moderation", profile.moderation),
        ("energy", profile.energy),
        ("framing", {"faces": profile.faces, "two people": profile.two_shot}),
        ("sound", {"people who talk": profile.speech}),
    ):
        ranked = sorted(weights.items(), key=lambda item: (-abs(item[1]), item[0]))
        rows += [(kind, word, f"{weight:+.2f}") for word, weight in ranked if weight]
    pace = profile.pace
    rows.append(
        (
            "pace",
            "seconds a clip",
            f"{float(pace.shortest):g}–{float(pace.longest):g}, mean {float(pace.mean):g}",
        )
    )
    rows.append(("spoilers", "never shown after", f"{float(profile.spoiler_cut):.0%} of the film"))
    return rows


def summarise(profile: ViewerProfile) -> str:
    """The words that a profile likes best, strongest first; an emotion and a label may be one word."""
    weights: dict[str, float] = {}
    for words in (profile.labels, profile.categories, profile.emotions):
        for word, weight in words.items():
            name = word.lower()
            weights[name] = max(weight, weights.get(name, 0.0))
    liked = sorted(
        (word for word, weight in weights.items() if weight > 0), key=lambda word: (-weights[word], word)
    )
    return ", ".join(liked[:_SUMMARISED])
