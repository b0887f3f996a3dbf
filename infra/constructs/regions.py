"""Where AWS has all that the pipeline calls; elsewhere a deployment is refused."""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, CfnRule, Fn, Stack

REGIONS: Final = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-5",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "sa-east-1",
)
"""Rekognition Video takes stored films there, and MediaConvert is there.

Rekognition's endpoints say less: those in Canada, Spain and Israel take no stored films. In
Thailand MediaConvert is missing. In GovCloud Rekognition knows no celebrities, and it takes
topics of the partition ``aws`` only.
"""


def refuse_other_regions(stack: Stack) -> None:
    """Let CloudFormation refuse the stack, before it makes anything, where films would only wait."""
    CfnRule(stack, "Region").add_assertion(
        Fn.condition_contains(list(REGIONS), Aws.REGION),
        f"Rekognition Video and MediaConvert work together in these regions only: {', '.join(REGIONS)}.",
    )
