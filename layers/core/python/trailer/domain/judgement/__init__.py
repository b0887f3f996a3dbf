"""The judge: how good a trailer plan is, in numbers, for any film and any plan.

The suite follows section 6 of the evidence behind the planner. It computes from analysis and plan
alone; what needs the rendered film, repeated runs or people is handed in or named as unmeasured.
"""

from trailer.domain.judgement.baselines import BASELINES, RANDOM_SEEDS, Rivals, as_plan
from trailer.domain.judgement.case import Loudness, Measurements, Yardstick
from trailer.domain.judgement.judging import SCORE_WEIGHTS, judge
from trailer.domain.judgement.readings import Judgement, Metric, Reading, Target, Verdict
from trailer.domain.judgement.suite import SUITE
from trailer.domain.judgement.variety import Separation, distance, separation

__all__ = [
    "BASELINES",
    "RANDOM_SEEDS",
    "SCORE_WEIGHTS",
    "SUITE",
    "Judgement",
    "Loudness",
    "Measurements",
    "Metric",
    "Reading",
    "Rivals",
    "Separation",
    "Target",
    "Verdict",
    "Yardstick",
    "as_plan",
    "distance",
    "judge",
    "separation",
]
