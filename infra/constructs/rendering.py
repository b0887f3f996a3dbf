"""From an analysis to a trailer: the plan, MediaConvert's rights, the published record."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.access import (
    FILM_REASON,
    VIDEOS,
    acknowledge_objects,
    count_cost,
    read_films,
    read_results,
    use_table,
    write_results,
)
from infra.constructs.compliance import acknowledge
from infra.constructs.python_function import FunctionDefaults, PythonFunction


class Rendering(Construct):
    """Plans, renders and publishes trailers.

    Attributes:
        states: PlanTrailer and PublishTrailer.
        role: which MediaConvert assumes: reads films, writes below ``videos/``.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        defaults: FunctionDefaults,
        films: s3.IBucket,
        results: s3.IBucket,
        catalogue: dynamodb.ITableV2,
        jobs: dynamodb.ITableV2,
        outcomes: sns.ITopic,
    ) -> None:
        super().__init__(scope, id_)
        self.role = _media_convert_role(self, films=films, results=results)

        plan_trailer = PythonFunction(
            self, folder="plan_trailer", defaults=defaults, timeout=Duration.minutes(14)
        )
        read_results(plan_trailer, results)
        write_results(plan_trailer, results)
        use_table(plan_trailer, catalogue, "GetItem", "PutItem", "UpdateItem", "Query")

        publish_trailer = PythonFunction(
            self, folder="publish_trailer", defaults=defaults, timeout=Duration.minutes(4)
        )
        read_films(publish_trailer, films)
        read_results(publish_trailer, results)
        write_results(publish_trailer, results)
        count_cost(publish_trailer, catalogue, jobs, results)
        publish_trailer.allow("mediaconvert:GetJob", "mediaconvert:Probe", on=["*"])
        publish_trailer.allow("sns:Publish", on=[outcomes.topic_arn])
        acknowledge(
            publish_trailer.role,
            "The job's id is unknown at deployment, and mediaconvert:Probe has no resource to name.",
            "IAM5[Resource::*]",
        )
        self.states = (plan_trailer, publish_trailer)


def _media_convert_role(scope: Construct, *, films: s3.IBucket, results: s3.IBucket) -> iam.Role:
    role = iam.Role(
        scope,
        "Role",
        description="Lets MediaConvert read films and write renditions",
        assumed_by=iam.ServicePrincipal(
            "mediaconvert.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}},
        ),
    )
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["s3:GetObject", "s3:GetObjectVersion"], resources=[films.arn_for_objects("*")]
        )
    )
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["s3:GetObject", "s3:PutObject"], resources=[results.arn_for_objects(VIDEOS)]
        )
    )
    acknowledge_objects(role, films, "*", FILM_REASON)
    acknowledge_objects(role, results)
    return role
