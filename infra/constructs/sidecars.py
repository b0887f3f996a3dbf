"""Options that were laid beside a film count, whichever of the two came first."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.access import read_films, use_table
from infra.constructs.ingest import SIDECAR
from infra.constructs.python_function import FunctionDefaults, PythonFunction
from infra.constructs.queues import dead_letter_queue
from trailer import settings


class Sidecars(Construct):
    """Sends every ``<name>.trailer.json`` that arrives to ApplySidecar.

    Attributes:
        apply_sidecar: no state machine retries it.
        dead_letters: sidecars that could not be applied.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        defaults: FunctionDefaults,
        films: s3.IBucket,
        catalogue: dynamodb.ITableV2,
        make_trailer: sfn.IStateMachine,
        outcomes: sns.ITopic,
    ) -> None:
        super().__init__(scope, id_)
        self.apply_sidecar = PythonFunction(
            self, folder="apply_sidecar", defaults=defaults, timeout=Duration.seconds(60)
        )
        self.apply_sidecar.function.add_environment(settings.MAKE_TRAILER_ARN, make_trailer.state_machine_arn)
        read_films(self.apply_sidecar, films)
        use_table(self.apply_sidecar, catalogue, "GetItem", "UpdateItem")
        self.apply_sidecar.allow("states:StartExecution", on=[make_trailer.state_machine_arn])
        self.apply_sidecar.allow("sns:Publish", on=[outcomes.topic_arn])

        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        self.apply_sidecar.function.configure_async_invoke(
            on_failure=destinations.SqsDestination(self.dead_letters), retry_attempts=2
        )
        events.Rule(
            self,
            "ObjectCreated",
            description="Options were laid beside a film",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [films.bucket_name]},
                    "object": {"key": [{"suffix": SIDECAR}]},
                },
            ),
            targets=[
                targets.LambdaFunction(self.apply_sidecar.function, dead_letter_queue=self.dead_letters)
            ],
        )
