"""Metrics 18 to 21, 23 and 24: what repeated runs, optima, people and the render say."""

from __future__ import annotations

from trailer.domain.film.gates import TECHNICAL_CUES
from trailer.domain.judgement.case import Case
from trailer.domain.numbers import ratio

_SUM_TOLERANCE = 1e-9


def optimality(case: Case) -> float | None:
    """F(plan) by F of the optimum or of a bound of it (reference §6 no. 18)."""
    return case.measured.optimum


def agreement(case: Case) -> float | None:
    """Kendall's tau-b with each annotator, averaged per video, then over videos (§6 no. 19)."""
    return case.measured.human_tau


def determinism(case: Case) -> float | None:
    """Different plan hashes among repeated runs, shuffled input and other Pythons (§6 no. 20)."""
    return float(len(set(case.measured.hashes))) if len(case.measured.hashes) > 1 else None


def explained(case: Case) -> float | None:
    """Share of clips with a positive cue and parts that add up to the score within 1e-9 (§6 no. 21)."""
    clips = case.plan.clips
    good = [
        clip
        for clip in clips
        if clip.reasons
        and any(part > 0 for part in clip.parts.values())
        and abs(sum(clip.parts.values()) - clip.score) <= _SUM_TOLERANCE
    ]
    return ratio(len(good), len(clips))


def accounted(case: Case) -> float | None:
    """Share of the film's gates and unused scenes that the plan names with a code (§6 no. 21)."""
    analysis = case.yard.analysis
    wanted: set[tuple[str, object]] = {
        ("gate", cue.kind) for cue in analysis.cues if cue.kind in TECHNICAL_CUES and cue.kind != "Content"
    }
    shown = {scene for clip in case.clips for scene in case.yard.scenes_in(clip)}
    wanted |= {("scene", scene.index) for number, scene in enumerate(analysis.scenes) if number not in shown}
    named: set[tuple[str, object]] = {("gate", gate.code) for gate in case.plan.gates}
    named |= {("scene", item.scene) for item in case.plan.rejected if item.code}
    return ratio(len(wanted & named), len(wanted))


def loudness_error(case: Case) -> float | None:
    """Distance in LU of the render's integrated loudness (BS.1770) from the ordered one (§6 no. 23)."""
    loudness = case.measured.loudness
    return None if loudness is None else abs(loudness.integrated - loudness.target)


def true_peak(case: Case) -> float | None:
    """True peak of the render in dBTP (§6 no. 23)."""
    return None if case.measured.loudness is None else case.measured.loudness.true_peak


def loudness_jump(case: Case) -> float | None:
    """Greatest jump of short-term loudness between neighbouring clips in LU (§6 no. 23)."""
    return None if case.measured.loudness is None else case.measured.loudness.greatest_jump


def render_length(case: Case) -> float | None:
    """Frames of the render less those of the plan (§6 no. 1; the reference allows one)."""
    rendered = case.measured.rendered_frames
    return None if rendered is None else float(rendered - case.frames)


def black_in_render(case: Case) -> float | None:
    """Black frames of the render outside planned dips (§6 no. 24)."""
    return None if case.measured.black_frames is None else float(case.measured.black_frames)
