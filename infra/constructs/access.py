"""Rights in the words of the data: which part of a bucket or table, and for what.

CDK's own ``grant_*`` methods give ``s3:GetObject*`` and whole buckets; these
give the actions that are called, on the prefixes that are used.
"""

from __future__ import annotations

import json
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import IConstruct

from infra.constructs.compliance import acknowledge
from infra.constructs.python_function import PythonFunction

VIDEOS: Final = "videos/*"
"""Everything of the results bucket: detections, analyses, proxies, trailers."""

FILM_REASON: Final = "A film may have any key, so the right to read films covers every key of their bucket."
_RESULT_REASON: Final = (
    "Keys in the results bucket begin with the video's id, which is unknown at deployment; "
    "the right ends at the prefix."
)

_SHARED_ARNS: Final = {
    "SourceBucket": "PublishOutputFnGetAttSourceBucketDDD2130AArnE4D8AA49",
    "ResultsBucket": "PublishOutputFnGetAttResultsBucketA95A2103Arn4ED6159C",
}
"""Outputs of the media stack that CDK makes for the buckets' ARNs; as stable as their logical ids."""


def read_films(function: PythonFunction, bucket: s3.IBucket) -> None:
    """Read uploaded films, their metadata and sidecars.

    ``s3:ListBucket`` makes S3 answer a missing object with 404; without it a
    vanished upload and a missing permission would look alike (403).
    """
    function.allow("s3:GetObject", "s3:GetObjectVersion", on=[bucket.arn_for_objects("*")])
    function.allow("s3:ListBucket", on=[bucket.bucket_arn])
    acknowledge_objects(function.role, bucket, "*", FILM_REASON)


def read_results(function: PythonFunction, bucket: s3.IBucket, prefix: str = VIDEOS) -> None:
    """Read results; a missing one is a 404 as with films."""
    function.allow("s3:GetObject", on=[bucket.arn_for_objects(prefix)])
    function.allow("s3:ListBucket", on=[bucket.bucket_arn])
    acknowledge_objects(function.role, bucket, prefix)


def write_results(function: PythonFunction, bucket: s3.IBucket, prefix: str = VIDEOS) -> None:
    """Write results."""
    function.allow("s3:PutObject", on=[bucket.arn_for_objects(prefix)])
    acknowledge_objects(function.role, bucket, prefix)


def use_table(function: PythonFunction, table: dynamodb.ITableV2, *operations: str) -> None:
    """Call the named DynamoDB operations on a table, not on its indexes."""
    function.allow(*(f"dynamodb:{operation}" for operation in operations), on=[table.table_arn])


def count_cost(
    function: PythonFunction, catalogue: dynamodb.ITableV2, jobs: dynamodb.ITableV2, results: s3.IBucket
) -> None:
    """Write what a film has cost: a job may end, and a trailer be made, after the film itself has ended."""
    use_table(function, catalogue, "GetItem", "UpdateItem", "Query")
    use_table(function, jobs, "GetItem")
    function.allow("s3:ListBucket", on=[results.bucket_arn])


def query_index(function: PythonFunction, table: dynamodb.ITableV2, index: str) -> None:
    """Query one index of a table."""
    function.allow("dynamodb:Query", on=[f"{table.table_arn}/index/{index}"])


def acknowledge_objects(
    construct: IConstruct, bucket: s3.IBucket, prefix: str = VIDEOS, reason: str = _RESULT_REASON
) -> None:
    """Accept the wildcard at the end of the ARN of a shared bucket's objects.

    cdk-nag names such a finding by how CloudFormation refers to the other stack's output.
    """
    reference = {
        "StackName": Stack.of(bucket).stack_name,
        "Region": {"Ref": "AWS::Region"},
        "OutputName": _SHARED_ARNS[bucket.node.id],
    }
    arn = json.dumps({"Fn::GetStackOutput": reference}, separators=(",", ":"))
    acknowledge(construct, reason, f"IAM5[Resource::{arn}/{prefix}]")
