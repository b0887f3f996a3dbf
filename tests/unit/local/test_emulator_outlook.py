"""What an execution will call, read from its definition, so that it is warm when it is called."""

import json
from pathlib import Path
from typing import Any

from local.emulator.states.outlook import Outlook

WORKFLOWS = Path(__file__).parents[3] / "infra" / "workflows"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine"


def workflow(name: str) -> dict[str, Any]:
    """One of our own definitions, with an ARN for each placeholder."""
    text = (WORKFLOWS / f"{name}.asl.json").read_text()
    for placeholder in {part.split("}", 1)[0] for part in text.split("${")[1:]}:
        arn = f"{MACHINE}:make_trailer" if "StateMachine" in placeholder else f"{FUNCTION}:{placeholder}"
        text = text.replace(f"${{{placeholder}}}", arn)
    machine: dict[str, Any] = json.loads(text)
    return machine


def machine_of(arn: str) -> dict[str, Any]:
    return workflow(arn.rpartition(":")[2])


def test_a_film_s_functions_come_in_the_order_of_the_work() -> None:
    """The trailers' functions are among them, and what only an error calls is not."""
    found = Outlook(machine_of, [f"{FUNCTION}:ResumeDetection"]).functions(workflow("analyse_video"))
    names = [arn.rpartition(":")[2] for arn in found]
    assert sorted(names) == sorted(set(names))
    assert "RecordFailure" not in names
    in_order = [
        *("RegisterVideo", "ProbeVideo", "StartDetection", "ResumeDetection", "CollectDetection"),
        *("ScoreScenes", "PlanTrailer", "PublishTrailer", "CompleteVideo"),
    ]
    assert [name for name in names if name in in_order] == in_order


def test_a_machine_that_starts_itself_has_an_end() -> None:
    machine = {
        "StartAt": "Again",
        "States": {
            "Again": {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Parameters": {"StateMachineArn": f"{MACHINE}:itself"},
                "Next": "Call",
            },
            "Call": {"Type": "Task", "Resource": f"{FUNCTION}:f", "End": True},
        },
    }
    assert Outlook(lambda _: machine, []).functions(machine) == [f"{FUNCTION}:f"]


def test_a_machine_that_is_not_there_has_no_functions() -> None:
    machine = workflow("analyse_video")
    assert f"{FUNCTION}:PlanTrailer" not in Outlook(lambda _: None, []).functions(machine)
