"""A plan reads back exactly, and its hash is the plan's and nothing else's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.quality.titles import title
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.planning.planner import plan_trailer
from trailer.domain.taste.profiles import get_profile
from trailer.wire.plan import dump_plan, load_plan, plan_hash

ROOT = Path(__file__).parents[3]


def plan() -> TrailerPlan:
    return plan_trailer(title(6, 200), get_profile("romance"), PlanRequest(500))


def test_a_plan_reads_back_exactly() -> None:
    one = plan()
    assert load_plan(json.loads(json.dumps(dump_plan(one)))) == one


def test_a_plan_says_its_length() -> None:
    assert dump_plan(plan())["frames"] == 500


def test_the_hash_changes_with_a_frame() -> None:
    one = plan()
    moved = replace(one, clips=(replace(one.clips[0], source=one.clips[0].source.shift(1)), *one.clips[1:]))
    assert plan_hash(moved) != plan_hash(one)


def test_the_hash_does_not_depend_on_the_process() -> None:
    code = (
        "from tests.unit.wire.test_plan import plan\n"
        "from trailer.wire.plan import plan_hash\n"
        "import sys; sys.stdout.write(plan_hash(plan()))"
    )
    path = os.pathsep.join([str(ROOT), str(ROOT / "layers/core/python")])
    for seed in ("1", "2"):
        env = dict(os.environ) | {"PYTHONHASHSEED": seed, "PYTHONPATH": path}
        run = subprocess.run(
            [sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert run.stdout == plan_hash(plan())


def test_a_plan_of_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="schema version None"):
        load_plan({})
