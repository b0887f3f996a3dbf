"""The two ends of an execution: completed, or failed with a reason."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.access import count_cost, use_table
from infra.constructs.python_function import FunctionDefaults, PythonFunction


class Completion(Construct):
    """Writes the one terminal record of every upload and tells who wants to know.

    Attributes:
        states: CompleteVideo and RecordFailure.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        defaults: FunctionDefaults,
        catalogue: dynamodb.ITableV2,
        jobs: dynamodb.ITableV2,
        results: s3.IBucket,
        outcomes: sns.ITopic,
    ) -> None:
        super().__init__(scope, id_)
        complete_video = PythonFunction(
            self, folder="complete_video", defaults=defaults, timeout=Duration.seconds(30)
        )
        count_cost(complete_video, catalogue, jobs, results)
        complete_video.allow("sns:Publish", on=[outcomes.topic_arn])

        record_failure = PythonFunction(
            self, folder="record_failure", defaults=defaults, timeout=Duration.seconds(30)
        )
        use_table(record_failure, catalogue, "PutItem")
        count_cost(record_failure, catalogue, jobs, results)
        record_failure.allow("sns:Publish", on=[outcomes.topic_arn])
        self.states = (complete_video, record_failure)
