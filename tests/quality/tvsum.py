"""The TVSum annotations and their protocol: 2-second units, 15 percent, every annotator for himself.

Yale Song et al., "TVSum: Summarizing web videos using titles", CVPR 2015: 50 videos in ten
categories, each scored 1 to 5 by 20 people. There are no Rekognition answers for these videos,
so only the planner and priors of position can be judged by them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest

from tests.quality.fixtures import media_of
from tests.quality.fixtures.story import Spec
from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.film.detections import Detections, ShotDetection
from trailer.domain.planning.candidates import Candidate, CutRules
from trailer.domain.planning.objective import build_objective
from trailer.domain.planning.selection import select
from trailer.domain.planning.story import STAGE_ENDS, stage_of
from trailer.domain.taste.profiles import ObjectiveWeights
from trailer.domain.time.timecode import FrameRange

Array = np.ndarray[Any, np.dtype[Any]]

SHARED = Path(os.environ.get("TRAILER_SHARED", Path(__file__).parents[2] / "../shared"))
ANNOTATIONS = SHARED / "samples/tvsum/ydata-tvsum50.mat"
SHARE = 0.15
UNIT = 50
"""Frames of a unit as the planner sees it: two seconds at 25 a second."""


@dataclass(frozen=True)
class Video:
    """One annotated video; rows of ``scores`` are annotators, columns units of two seconds."""

    category: str
    scores: Array

    @property
    def units(self) -> int:
        return int(self.scores.shape[1])

    @property
    def most(self) -> int:
        """Units that a summary may have."""
        return int(SHARE * self.units)


def videos() -> list[Video]:
    """All videos; the test is skipped where the annotations or their reader are missing."""
    if not ANNOTATIONS.is_file():
        pytest.skip("the TVSum annotations (ydata-tvsum50.mat) are not beside this project")
    h5py = pytest.importorskip("h5py", reason="h5py, which reads the TVSum annotations, is not installed")
    with h5py.File(ANNOTATIONS) as file:
        table = file["tvsum50"]
        return [_video(file, table, number) for number in range(table["length"].shape[0])]


def _video(file: Any, table: Any, number: int) -> Video:
    def field(name: str) -> Array:
        found: Array = file[table[name][number, 0]][()]
        return found

    rate = float(field("nframes")[0, 0]) / float(field("length")[0, 0])
    frames, width = field("user_anno"), round(2 * rate)
    count = frames.shape[1] // width
    scores = frames[:, : count * width].reshape(frames.shape[0], count, width).mean(axis=2)
    return Video("".join(map(chr, field("category").ravel())), scores)


def best(scores: Array, most: int) -> Array:
    """The summary of the highest scores; of equal ones the earlier."""
    chosen = np.zeros(len(scores), dtype=bool)
    # Means that are equal in truth differ in their last bit.
    chosen[np.argsort(-scores.round(9), kind="stable")[:most]] = True
    return chosen


def agreement(ours: Array, theirs: Array) -> float:
    """F1 of two summaries."""
    both = int((ours & theirs).sum())
    return 2 * both / (int(ours.sum()) + int(theirs.sum())) if both else 0.0


def people(video: Video) -> list[Array]:
    """What each annotator would show."""
    return [best(scores, video.most) for scores in video.scores]


def mean_agreement(video: Video, ours: Array) -> float:
    return fmean(agreement(ours, theirs) for theirs in people(video))


def planned(film: Analysis, video: Video, relevance: Array, weights: ObjectiveWeights) -> Array:
    """The units that the planner chooses when each has a relevance of 0 to 1."""
    pool = []
    for unit, shot in enumerate(film.shots):
        stage = stage_of(shot.range.start, film.content)
        value = float(relevance[unit]) * UNIT
        scene = film.scene_of_shot[unit]
        pool.append(Candidate(shot.range, shot.range, UNIT, UNIT, False, scene, value, stage))
    rules = CutRules(UNIT, UNIT, UNIT, 2 * UNIT, UNIT, spacing=0, clips_per_scene=len(pool))
    budget = video.most * UNIT
    objective = build_objective(weights, pool, {}, official(), budget)
    choice = select(pool, (), objective, rules, budget)
    ours = np.zeros(video.units, dtype=bool)
    ours[[clip.range.start // UNIT for clip in choice.clips]] = True
    return ours


def film_of(video: Video) -> Analysis:
    """A film of the video's length in which every unit is a shot and nothing is known."""
    shots = tuple(
        ShotDetection(FrameRange(UNIT * unit, UNIT * (unit + 1)), 99.0) for unit in range(video.units)
    )
    spec = Spec("annotated", Fraction(25), 2 * video.units, video.units)
    return analyse("annotated", Detections(frozenset({"segments"}), shots), media_of(spec))


def official() -> tuple[float, ...]:
    """Share of official trailers per part of the story (IPOT, ACM MM 2024)."""
    return (0.169, 0.190, 0.260, 0.198, 0.133, 0.050)


def stage_prior(units: int) -> Array:
    """How densely official trailers draw on each unit's part of the story."""
    edges = [0.0, *map(float, STAGE_ENDS), 1.0]
    density = [share / (end - start) for share, start, end in zip(official(), edges, edges[1:], strict=False)]
    places = (np.arange(units) + 0.5) / units
    return np.array([density[sum(place >= edge for edge in edges[1:-1])] for place in places])
