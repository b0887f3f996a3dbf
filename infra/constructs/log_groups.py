"""Log groups that end: every one has a retention."""

from __future__ import annotations

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.stages import LogSettings, Removal, StageError

REMOVAL_POLICIES: Final = {Removal.DESTROY: RemovalPolicy.DESTROY, Removal.RETAIN: RemovalPolicy.RETAIN}

_LOG_REMOVAL_POLICIES: Final = {
    Removal.DESTROY: RemovalPolicy.DESTROY,
    # A log of a deployment that failed is empty; kept, it would be nobody's.
    Removal.RETAIN: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
}

_RETENTIONS: Final = {
    1: logs.RetentionDays.ONE_DAY,
    3: logs.RetentionDays.THREE_DAYS,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    731: logs.RetentionDays.TWO_YEARS,
}


def log_group(scope: Construct, id_: str, *, settings: LogSettings, name: str | None = None) -> logs.LogGroup:
    """Make a log group with the stage's retention.

    Args:
        scope: where.
        id_: construct id.
        settings: of the stage.
        name: only where AWS asks for a certain prefix, and then another for each time that the stack
            is made; CloudFormation names the others.

    Raises:
        StageError: CloudWatch has no such retention.
    """
    if settings.retention_days not in _RETENTIONS:
        raise StageError(
            f"logs.retentionDays is {settings.retention_days}; allowed: {', '.join(map(str, _RETENTIONS))}."
        )
    return logs.LogGroup(
        scope,
        id_,
        log_group_name=name,
        retention=_RETENTIONS[settings.retention_days],
        removal_policy=_LOG_REMOVAL_POLICIES[settings.removal_policy],
    )
