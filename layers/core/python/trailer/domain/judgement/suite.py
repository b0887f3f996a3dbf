"""The metric suite of the reference's section 6, in its order, with its targets."""

from __future__ import annotations

from typing import Final

from trailer.domain.judgement import pacing, rules, story, taste, trust, variety
from trailer.domain.judgement.readings import Metric, Target

_NONE: Final = Target(0, 0)
_MEDIA: Final = "needs the rendered trailer as an MP4 with sound"
_SPEECH: Final = "not measurable here, no transcript or captions of the film tell where words are"
_EARLIER: Final = "needs earlier trailers for the same profile, and a limit on what is repeated"
_OTHERS: Final = "needs the trailers of other profiles for the same film"

SUITE: Final = (
    Metric(1, "budget", "Budget", Target(0.98, 1.0), rules.budget, gate=True),
    Metric(
        1,
        "render_length",
        "Frames rendered beyond the plan",
        _NONE,
        trust.render_length,
        gate=True,
        absent=_MEDIA,
    ),
    Metric(2, "clean_cuts", "Clean cut points", Target(1, 1), rules.clean_cuts, gate=True, absent=_SPEECH),
    Metric(2, "shot_cuts", "Cut points on cuts of the film", Target(0.7), rules.shot_cuts),
    Metric(3, "flash_frames", "Clips with flash frames", _NONE, rules.flash_frames, gate=True),
    Metric(4, "technical_leakage", "Frames of credits, black …", _NONE, rules.technical_leakage, gate=True),
    Metric(5, "safety_leakage", "Denied frames", _NONE, rules.safety_leakage, gate=True),
    Metric(6, "spoilers", "Share past 90 %", _NONE, rules.spoilers, gate=True),
    Metric(6, "tail", "Share past 75 %", Target(None, 0.2), rules.tail),
    Metric(7, "stage_distance", "Distance to official stages", Target(None, 0.1), story.stage_distance),
    Metric(8, "relevance_lift", "Relevance lift", Target(3), taste.relevance_lift),
    Metric(8, "attained_relevance", "Relevance by the best frames", Target(), taste.attained_relevance),
    Metric(9, "face_lift", "Expressive face lift", Target(1.5), taste.face_lift),
    Metric(9, "emotion_lift", "Emotion lift", Target(1.5), taste.emotion_lift),
    Metric(9, "action_lift", "Action lift", Target(1.5), taste.action_lift),
    Metric(10, "coverage", "Concept coverage", Target(0.6), taste.coverage),
    Metric(11, "scene_spread", "Scene spread", Target(0.6), story.scene_spread),
    Metric(
        11,
        "cast_recall",
        "Main cast",
        Target(0.8),
        story.cast_recall,
        absent="no known person was recognised in the film",
    ),
    Metric(12, "redundancy", "Redundancy", Target(None, 0.3), variety.redundancy),
    Metric(
        12, "adjacent_redundancy", "Redundancy of neighbours", Target(None, 0.8), variety.adjacent_redundancy
    ),
    Metric(
        13, "mean_distance", "Distance to other profiles", Target(0.6), variety.mean_distance, absent=_OTHERS
    ),
    Metric(
        13,
        "least_distance",
        "Distance to the nearest profile",
        Target(0.3),
        variety.least_distance,
        absent=_OTHERS,
    ),
    Metric(13, "dominance", "Suits its own viewer best", Target(1), variety.dominance, absent=_OTHERS),
    Metric(13, "overlap", "Share shown in earlier trailers", Target(), variety.overlap, absent=_EARLIER),
    Metric(
        13,
        "overlap_beyond",
        "Repeated frames over the limit",
        _NONE,
        variety.overlap_beyond,
        gate=True,
        absent=_EARLIER,
    ),
    Metric(14, "order", "Order of the story", Target(0.6), story.order),
    Metric(14, "inversions", "Inversions inside an act", _NONE, story.inversions),
    Metric(15, "shot_length", "Shot length at pace 2.2 s", Target(1.6, 2.6), pacing.shot_length),
    Metric(15, "shot_variation", "Shot length SD / mean", Target(0.5, 1.2), pacing.shot_variation),
    Metric(15, "acceleration", "Position and clip length", Target(None, -0.5), pacing.acceleration),
    Metric(16, "intensity", "Intensity arc", Target(0.5), story.intensity),
    Metric(17, "cut_words", "Cut words", _NONE, rules.cut_words, gate=True, absent=_SPEECH),
    Metric(17, "talk_length", "Talk clips of 3 to 8 s", Target(0.95), pacing.talk_length, absent=_SPEECH),
    Metric(
        18,
        "optimality",
        "Optimality",
        Target(0.95),
        trust.optimality,
        absent="needs an exact solver",
    ),
    Metric(
        19,
        "agreement",
        "Human agreement",
        Target(0.111),
        trust.agreement,
        absent="needs people's annotations",
    ),
    Metric(
        20,
        "determinism",
        "Different plans of equal runs",
        Target(1, 1),
        trust.determinism,
        gate=True,
        absent="needs repeated runs",
    ),
    Metric(21, "explained", "Explained clips", Target(1, 1), trust.explained),
    Metric(21, "accounted", "Gates and scenes with a code", Target(1, 1), trust.accounted),
    Metric(
        22,
        "instability",
        "Change under noise",
        Target(None, 0.25),
        variety.instability,
        absent="needs plans made under noise",
    ),
    Metric(23, "loudness_error", "Loudness error", Target(None, 1), trust.loudness_error, absent=_MEDIA),
    Metric(23, "true_peak", "True peak", Target(None, -2), trust.true_peak, absent=_MEDIA),
    Metric(23, "loudness_jump", "Loudness jump", Target(None, 8), trust.loudness_jump, absent=_MEDIA),
    Metric(24, "black_in_render", "Black in the render", _NONE, trust.black_in_render, absent=_MEDIA),
)
"""Gates are 1 to 6, 17, 20, and the limit on what is repeated. The share past 75 % (part of 6) is none:
official trailers have 0.18 with a deviation of about 0.1 from title to title."""
