"""Executions that end from outside still get their terminal record.

No Catch sees an execution that runs out of time as a whole, is stopped by a
person, breaks with an error that ``States.ALL`` does not match
(``States.Runtime``, ``States.DataLimitExceeded``), or fails while it records why.
Step Functions sends the event of such an end on a best-effort basis, so a tick
looks for records that stand still, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.access import count_cost, query_index, use_table
from infra.constructs.python_function import FunctionDefaults, PythonFunction
from infra.constructs.queues import dead_letter_queue
from infra.constructs.ticks import tick
from infra.constructs.workflow import StateMachine, allow_asking


class EndedExecutions(Construct):
    """Sends every execution that did not succeed to CloseRecords, where the first outcome stands.

    Attributes:
        close_records: by event and by tick.
        dead_letters: ended executions whose record could not be written.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        defaults: FunctionDefaults,
        machines: Sequence[StateMachine],
        catalogue: dynamodb.ITableV2,
        jobs: dynamodb.ITableV2,
        results: s3.IBucket,
        outcomes: sns.ITopic,
        look_every: Duration,
    ) -> None:
        super().__init__(scope, id_)
        self.close_records = PythonFunction(
            self, folder="close_records", defaults=defaults, timeout=Duration.seconds(60)
        )
        # What RecordFailure and CompleteVideo may: it does their work where they could not.
        use_table(self.close_records, catalogue, "PutItem")
        query_index(self.close_records, catalogue, "byStatus")
        count_cost(self.close_records, catalogue, jobs, results)
        self.close_records.allow("sns:Publish", on=[outcomes.topic_arn])

        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        self.close_records.function.configure_async_invoke(
            on_failure=destinations.SqsDestination(self.dead_letters), retry_attempts=2
        )
        for machine in machines:
            allow_asking(self.close_records, machine)
            self._listen(machine)
        tick(
            self,
            "Tick",
            self.close_records.function,
            every=look_every,
            description="Closes records whose execution is over",
            dead_letters=self.dead_letters,
        )

    def _listen(self, machine: StateMachine) -> None:
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
                    self.close_records.function,
                    event=events.RuleTargetInput.from_object(
                        {
                            "workflow": name,
                            "executionId": events.EventField.from_path("$.detail.executionArn"),
                        }
                    ),
                    dead_letter_queue=self.dead_letters,
                )
            ],
        )
