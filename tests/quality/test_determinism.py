"""The same film and the same wish give the same plan: again, in another order, in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.quality.fixtures import Title, titles
from tests.quality.fixtures.answers import PAGE, Row
from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import get_profile, load_profiles
from trailer.wire.plan import plan_hash
from trailer.wire.rekognition import parse_detections

ROOT = Path(__file__).resolve().parents[2]
RUNS = 20
ITEMS = ("Segments", "Labels", "Faces", "Celebrities", "ModerationLabels")
HASH_EVERY_PLAN = """
from tests.quality.test_determinism import hashes
from tests.quality.fixtures import titles
title = titles()["clip-4min"]
print(*hashes(title, title.analysis()), sep="\\n")
"""


def made_of(title: Title, analysis: Analysis, profile_id: str, seconds: int = 30) -> str:
    request = PlanRequest(int(seconds * title.media.frame_rate))
    return plan_hash(plan_trailer(analysis, get_profile(profile_id), request))


def hashes(title: Title, analysis: Analysis) -> list[str]:
    return [made_of(title, analysis, profile_id) for profile_id in load_profiles()]


def shuffled(pages: list[Row], random: Random) -> list[Row]:
    """The same rows in any order, a few of them twice, cut into pages anew and the pages mixed."""
    items = next(name for name in ITEMS if name in pages[0])
    rows = [row for page in pages for row in page[items]]
    rows += random.sample(rows, min(5, len(rows)))
    random.shuffle(rows)
    found = [{**pages[0], items: rows[start : start + PAGE]} for start in range(0, len(rows), PAGE)]
    random.shuffle(found)
    return found


@pytest.mark.parametrize("name", ["clip-4min", "film-2h"])
def test_twenty_runs_make_one_plan(name: str) -> None:
    title = titles()[name]
    assert len({made_of(title, title.analysis(), "romance") for _ in range(RUNS)}) == 1


def test_twenty_orders_of_the_answers_make_one_plan_per_profile() -> None:
    title = titles()["clip-4min"]
    pages, expected = title.pages(), hashes(title, title.analysis())
    for seed in range(RUNS):
        random = Random(seed)
        mixed = {name: shuffled(pages[name], random) for name in random.sample(sorted(pages), len(pages))}
        found = parse_detections(mixed, frame_rate=title.media.frame_rate)
        assert hashes(title, analyse(title.name, found, title.media)) == expected


def test_all_detectors_of_a_film_may_answer_in_any_order() -> None:
    title = titles()["film-2h"]
    mixed = {name: shuffled(pages, Random(name)) for name, pages in title.pages().items()}
    found = parse_detections(mixed, frame_rate=title.media.frame_rate)
    analysis = analyse(title.name, found, title.media)
    assert made_of(title, analysis, "thriller") == made_of(title, title.analysis(), "thriller")


def test_other_processes_with_other_hash_seeds_make_the_same_plans() -> None:
    title = titles()["clip-4min"]
    expected = hashes(title, title.analysis())
    for seed in ("0", "1", "random"):
        run = subprocess.run(
            [sys.executable, "-c", HASH_EVERY_PLAN],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "layers/core/python"))),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert run.stdout.split() == expected
