"""The words of a plan: why a clip is in, and what the plan had to do without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.candidates import Candidate
from trailer.domain.planning.plan import Act
from trailer.domain.taste.profiles import ViewerProfile
from trailer.domain.taste.relevance import RelevanceTrack
from trailer.domain.taste.vocabulary import ENERGY_CUES, MEASURED_ENERGY_CUES

_MOST_REASONS: Final = 3

_ACT_REASONS: Final[Mapping[Act, str]] = {
    "hook": "opens the trailer: the strongest moment of the film's first half",
    "setup": "shows where the story starts",
    "conflict": "carries the story on",
    "montage": "among the liveliest of the later story",
    "button": "closes the trailer on a calm strong moment",
}

_CUE_WORDS: Final = {
    "faces": "large faces",
    "two_shot": "two people face each other",
    "speech": "people talk",
    "energy:cut_rate": "the pace of the cutting suits",
    "energy:brightness": "bright pictures",
    "energy:darkness": "dark pictures",
    "energy:sharpness": "sharp pictures",
}


def reasons(clip: Candidate, act: Act, parts: Mapping[str, float]) -> tuple[str, ...]:
    """Up to three cues that speak most for a clip, then its place in the trailer."""
    speaking = sorted(((-part, name) for name, part in parts.items() if part > 0))[:_MOST_REASONS]
    words = [f"{_spoken(name)} (+{-negative:.2f})" for negative, name in speaking]
    if clip.pinned:
        words.insert(0, "pinned by the request")
    return (*words, _ACT_REASONS[act])


def _spoken(name: str) -> str:
    if name in _CUE_WORDS:
        return _CUE_WORDS[name]
    kind, _, word = name.partition(":")
    return {"label": f"shows {word}", "emotion": f"a face is {word.lower()}"}.get(kind, f"{kind} {word}")


def _unknown_wishes(profile: ViewerProfile, missing: Mapping[str, str]) -> list[str]:
    """What a profile weighs that a missing detector would have told, in words."""
    wishes: dict[str, dict[str, object]] = {
        "labels": {"things and places": profile.labels or profile.categories},
        "faces": {"faces": profile.faces or profile.two_shot, "emotions": profile.emotions},
        "celebrities": {"celebrities": profile.celebrities},
        "moderation": {"sensitive content": profile.moderation},
        "speech": {"people who talk": profile.speech},
    }
    return [words for name in sorted(missing) for words, weighs in wishes.get(name, {}).items() if weighs]


def plan_warnings(
    analysis: Analysis, profile: ViewerProfile, track: RelevanceTrack, frames: int, max_frames: int
) -> tuple[str, ...]:
    """What the viewer of a plan should know about its foundations."""
    sentences = list(analysis.warnings)
    unmeasured = [
        name for name in ENERGY_CUES if profile.energy.get(name) and name not in MEASURED_ENERGY_CUES
    ]
    if unmeasured:
        sentences.append(f"The profile also weighs {' and '.join(unmeasured)}, which no detector measures.")
    if unknown := _unknown_wishes(profile, analysis.missing):
        sentences.append(
            f"The profile looks for {' and '.join(unknown)}, which are unknown in this film because their "
            "detector failed; they count neither for nor against a scene."
        )
    if not any(track.scores):
        known = "Nothing that is known of this film" if analysis.missing else "Nothing in this film"
        sentences.append(f"{known} speaks to this profile, so its trailer is spread evenly over the story.")
    if frames < max_frames:
        sentences.append(
            f"The trailer has {frames} of the {max_frames} frames that it may have, because no more "
            "material may be shown."
        )
    return tuple(sentences)
