"""Executions that end from outside still get their terminal record.

No Catch sees an execution that runs out of time as a whole, is stopped by a
person, breaks with an error that ``States.ALL`` does not match
(``States.Runtime``, ``States.DataLimitExceeded``), or fails while it records why.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.python_function import PythonFunction
from infra.constructs.workflow import StateMachine


class EndedExecutions(Construct):
    """Sends every execution that did not succeed to RecordFailure, where the first outcome stands."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        machines: Sequence[StateMachine],
        record_failure: PythonFunction,
        dead_letters: sqs.IQueue,
    ) -> None:
        super().__init__(scope, id_)
        for machine in machines:
            name = machine.node.id
            events.Rule(
                self,
                name,
                description=f"An execution of {name} did not succeed",
                event_pattern=events.EventPattern(
                    source=["aws.states"],
                    detail_type=["Step Functions Execution Status Change"],
                    detail={
                        "stateMachineArn": [machine.machine.state_machine_arn],
                        "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                    },
                ),
                targets=[
                    targets.LambdaFunction(
                        record_failure.function, event=_as_state_input(name), dead_letter_queue=dead_letters
                    )
                ],
            )


def _as_state_input(workflow: str) -> events.RuleTargetInput:
    """The parameters of the RecordFailure state; ``input`` is JSON text, as the event has it."""
    return events.RuleTargetInput.from_object(
        {
            "workflow": workflow,
            "input": events.EventField.from_path("$.detail.input"),
            "executionId": events.EventField.from_path("$.detail.executionArn"),
            "error": {
                "Error": events.EventField.from_path("$.detail.status"),
                "Cause": "The execution was stopped, ran out of time or broke before it could record why.",
            },
        }
    )
