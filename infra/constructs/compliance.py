"""Which findings of cdk-nag we accept, always with the reason beside the thing."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(scope: IConstruct, reason: str, *rules: str) -> None:
    """Accept findings on one construct and what it contains.

    Args:
        scope: as narrow as the reason holds.
        reason: why it can't be otherwise; a reviewer reads this.
        rules: ids without the pack, such as ``S1`` or ``IAM5[Resource::*]``.
    """
    Validations.of(scope).acknowledge(
        *(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason) for rule in rules)
    )
