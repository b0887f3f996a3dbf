"""Metrics 8 to 10: whether the trailer shows what its viewer wants to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trailer.domain.film.evidence import Moment
from trailer.domain.judgement.case import Case
from trailer.domain.numbers import ratio

COUNTS: Final = 0.3
"""Weight from which a cue's density is judged."""


def relevance_lift(case: Case) -> float | None:
    """Mean r_p over the plan by mean r_p over the eligible film (reference §6 no. 8)."""
    return _lift(case, "relevance", None)


def attained_relevance(case: Case) -> float | None:
    """Relevance of the plan by that of the D most relevant eligible frames (ours, beside §6 no. 8).

    No cut reaches 1, for the best frames lie scattered; it tells how much of a missed lift the
    film itself does not allow.
    """
    if not case.frames:
        return None
    track, left, best = case.yard.track, case.frames, 0.0
    for score, frames in case.yard.density:
        taken = min(left, frames)
        best += score * taken
        left -= taken
        if left == 0:
            break
    return ratio(sum(track.integral(clip) for clip in case.clips), best)


def face_lift(case: Case) -> float | None:
    """Lift of expressive faces, for profiles that weigh faces above 0.3 (§6 no. 9)."""
    if case.yard.profile.faces <= COUNTS:
        return None
    return _lift(case, "expressive", lambda moment: moment.cues.get("expressive", 0.0))


def emotion_lift(case: Case) -> float | None:
    """Lift of the weighted emotions that the profile weighs above 0.3 (§6 no. 9)."""
    concepts, weights = case.yard.analysis.concepts, case.yard.profile.emotions
    liked = {
        index: weights[concept.name]
        for index, concept in enumerate(concepts)
        if concept.kind == "emotion" and weights.get(concept.name, 0.0) > COUNTS
    }
    if not liked:
        return None
    return _lift(
        case,
        "emotion",
        lambda moment: sum(liked[number] * value for number, value in moment.strengths if number in liked),
    )


def action_lift(case: Case) -> float | None:
    """Lift of the rank of motion, else of cut rate, for profiles that weigh it above 0.3 (§6 no. 9)."""
    cue = next((name for name in ("motion", "cut_rate") if name in case.yard.measured_cues), "")
    if case.yard.profile.energy.get(cue, 0.0) <= COUNTS:
        return None
    return _lift(case, cue, lambda moment: moment.cues.get(cue, 0.0))


def coverage(case: Case) -> float | None:
    """Weight of the welcome words seen at 80 or more, plan by eligible film (§6 no. 10)."""
    yard = case.yard
    there = yard.sure_words
    shown = {word for clip in case.clips for moment in yard.moments_in(clip) for word in yard.sure(moment)}
    return ratio(sum(there[word] for word in sorted(shown & set(there))), sum(there.values()))


def _lift(case: Case, name: str, level: Callable[[Moment], float] | None) -> float | None:
    track = case.yard.track if level is None else case.yard.cue_track(name, level)
    whole, own = case.yard.average(name, track), case.average(track)
    return None if whole is None or own is None else ratio(own, whole)
