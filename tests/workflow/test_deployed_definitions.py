"""The files as deployed: every placeholder filled with what it names, every call granted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.infra.synthesis import Template
from tests.workflow.definitions import MACHINES, WORKFLOWS, State, states

CASES = [
    (machine, state)
    for machine in sorted(MACHINES)
    for state in states(machine)
    if state.body["Type"] == "Task"
]
SYNCHRONOUS_RULES = {
    "mediaconvert:createJob.sync": "StepFunctionsGetEventsForMediaConvertJobRule",
    "states:startExecution.sync:2": "StepFunctionsGetEventsForStepFunctionsExecutionRule",
}


def _machine(pipeline: Template, name: str) -> dict[str, Any]:
    return pipeline.resources("AWS::StepFunctions::StateMachine")[f"Workflow/{name}/StateMachine"]


def _placeholders(machine: str) -> set[str]:
    return set(re.findall(r"\$\{(\w+)\}", (WORKFLOWS / MACHINES[machine]).read_text(encoding="utf-8")))


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_the_file_is_deployed_as_it_is(pipeline: Template, machine: str) -> None:
    deployed = _machine(pipeline, machine)["DefinitionString"]
    assert deployed == (WORKFLOWS / MACHINES[machine]).read_text(encoding="utf-8")


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_every_placeholder_gets_what_it_names(pipeline: Template, machine: str) -> None:
    filled = {
        name: pipeline.readable(value)
        for name, value in _machine(pipeline, machine)["DefinitionSubstitutions"].items()
    }
    assert set(filled) == _placeholders(machine)
    special = {
        "RenderRoleArn": "Rendering/Role.Arn",
        "MakeTrailerStateMachineArn": "Workflow/MakeTrailer/StateMachine",
    }
    for name, value in filled.items():
        assert value == special.get(name, value)
        if name not in special:
            assert value.endswith(f"/{name}/Function.Arn")


@pytest.mark.parametrize(("machine", "state"), CASES, ids=[f"{m}.{s.name}" for m, s in CASES])
def test_the_role_may_do_what_the_state_calls(pipeline: Template, machine: str, state: State) -> None:
    rights = pipeline.rights(f"Workflow/{machine}/Role")
    filled = _machine(pipeline, machine)["DefinitionSubstitutions"]
    for action, resource in _needed(state, lambda name: pipeline.readable(filled[name])):
        assert (action, resource) in rights


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_the_role_may_invoke_no_other_function(pipeline: Template, machine: str) -> None:
    invoked = {
        resource
        for action, resource in pipeline.rights(f"Workflow/{machine}/Role")
        if action == "lambda:InvokeFunction"
    }
    functions = {name for name in _placeholders(machine) if not name.endswith("Arn")}
    assert {resource.split("/")[-2] for resource in invoked} == functions


@pytest.mark.parametrize("state", [state for _, state in CASES], ids=[f"{m}.{s.name}" for m, s in CASES])
def test_a_function_gives_up_before_its_state(pipeline: Template, state: State) -> None:
    """Then the retry sees the function's own error and no second copy works beside the first."""
    for path, function in pipeline.resources("AWS::Lambda::Function").items():
        if path.endswith(f"/{state.name}/Function"):
            assert function["Timeout"] < state.body["TimeoutSeconds"]


def _needed(state: State, value_of: Any) -> list[tuple[str, str]]:
    resource, parameters = state.body["Resource"], state.body["Parameters"]
    call = resource.removeprefix("arn:aws:states:::")
    if resource.startswith("${"):
        return [("lambda:InvokeFunction", value_of(resource[2:-1]))]
    if call.startswith("lambda:invoke"):
        return [("lambda:InvokeFunction", value_of(parameters["FunctionName"][2:-1]))]
    rule = f"arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/{SYNCHRONOUS_RULES[call]}"
    managed = [(f"events:{action}", rule) for action in ("PutTargets", "PutRule", "DescribeRule")]
    if call == "mediaconvert:createJob.sync":
        jobs = [(f"mediaconvert:{action}", "*") for action in ("CreateJob", "GetJob", "CancelJob")]
        tags = (
            "mediaconvert:TagResource",
            "arn:<AWS::Partition>:mediaconvert:<AWS::Region>:<AWS::AccountId>:jobs/*",
        )
        return [*managed, *jobs, tags, ("iam:PassRole", value_of(parameters["Role"][2:-1]))]
    child = value_of(parameters["StateMachineArn"][2:-1])
    executions = f"arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:{child}.Name:*"
    return [
        *managed,
        ("states:StartExecution", child),
        ("states:DescribeExecution", executions),
        ("states:StopExecution", executions),
    ]
