"""Faults strike the deployed stack where the plan says, and a film comes through them; `make chaos` does the rest."""

from collections import Counter
from typing import Any

import pytest

from local.supervisor import Environment
from tests.chaos.deployed.evidence import Evidence, Expectation
from tests.chaos.deployed.films import WISHES
from tests.chaos.deployed.stack import Stack
from tests.chaos.films import Film
from tests.chaos.world import Upload

FAULTS = (
    {"fault": "answer-lost", "function": "register_video", "api": "dynamodb.PutItem", "nth": 1},
    {"fault": "throttled", "function": "start_detection", "api": "rekognition.StartLabelDetection", "nth": 1},
    {"fault": "kill-during", "function": "collect_detection", "api": "s3.PutObject", "nth": 1},
    {"fault": "kill-after", "function": "probe_video", "api": "mediaconvert.Probe", "nth": 1},
    {"fault": "function-unavailable", "function": "plan_trailer", "nth": 1},
    {"fault": "duplicated", "carrier": "completion", "nth": 1},
    {"fault": "render-answer-lost", "nth": 1},
)
"""One of each kind of hook: at the three servers, at a function's death, at an invocation, on the way."""


@pytest.fixture
def stack(environment: Environment, deployment: Any) -> Stack:
    return Stack(environment.state_dir, environment)


def test_a_film_comes_through_faults_of_every_kind(stack: Stack, short_film: Any) -> None:
    mark = stack.mark()
    stack.plan(*FAULTS)

    content = short_film.path.read_bytes() + b"\0\0\0\x0efreefaults"
    version = stack.upload("faults/film.mp4", content, WISHES)

    uploads = [Upload(Film("faults/film.mp4", "faults"), version, 0.0)]
    assert stack.wait(lambda: not stack.running() and Evidence(stack, uploads).settled)
    struck = Counter(line["fault"] for line in stack.journal(mark) if line["what"] == "fault")
    assert struck == Counter(rule["fault"] for rule in FAULTS)
    assert Evidence(stack, uploads).violations(Expectation()) == []
    stack.plan()
