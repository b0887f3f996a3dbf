"""A request for a trailer is done once, however often it arrives."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.requests import start_once
from cli.errors import UsageError

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:MakeTrailer"


class _AlreadyExistsError(Exception):
    pass


class StepFunctions:
    """Names as Step Functions keeps them: running with the same input is the same, else refused."""

    exceptions = SimpleNamespace(ExecutionAlreadyExists=_AlreadyExistsError)

    def __init__(self) -> None:
        self.inputs: dict[str, str] = {}
        self.closed: set[str] = set()

    def start_execution(self, **given: str) -> dict[str, str]:
        arn = f"{given['stateMachineArn'].replace(':stateMachine:', ':execution:')}:{given['name']}"
        if self.inputs.setdefault(arn, given["input"]) != given["input"] or arn in self.closed:
            raise _AlreadyExistsError
        return {"executionArn": arn}

    def describe_execution(self, executionArn: str) -> dict[str, str]:
        return {"input": self.inputs[executionArn]}


@pytest.fixture
def service() -> StepFunctions:
    return StepFunctions()


@pytest.fixture
def deployment(service: StepFunctions) -> Any:
    return SimpleNamespace(stepfunctions=service, outputs={"MakeTrailerStateMachineArn": MACHINE})


def test_a_start_whose_answer_was_lost_makes_no_second_trailer(
    deployment: Any, service: StepFunctions
) -> None:
    first = start_once(deployment, "film-1", "romance", {"max-duration": "20"}, "monday")
    assert start_once(deployment, "film-1", "romance", {"max-duration": "20"}, "monday") == first
    service.closed.add(first)
    assert start_once(deployment, "film-1", "romance", {"max-duration": "20"}, "monday") == first
    assert [json.loads(text)["options"] for text in service.inputs.values()] == [{"max-duration": "20"}]


def test_one_request_for_two_profiles_is_two_trailers(deployment: Any, service: StepFunctions) -> None:
    start_once(deployment, "film-1", "romance", {}, "monday")
    start_once(deployment, "film-1", "comedy", {}, "monday")
    assert len(service.inputs) == 2


def test_a_name_that_was_used_for_another_wish_is_told(deployment: Any) -> None:
    start_once(deployment, "film-1", "romance", {}, "monday")
    with pytest.raises(UsageError, match="monday was made before with other wishes"):
        start_once(deployment, "film-2", "romance", {}, "monday")
