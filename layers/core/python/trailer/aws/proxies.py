"""Claims to make proxies, as rows of the jobs table.

Their key is the proxy's. They have no ``status``, so that the index of the job
queue doesn't know them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from trailer.aws.dynamodb import conditional_write, set_expression
from trailer.aws.failures import translated
from trailer.domain.work.proxies import ProxyClaim, ProxyState

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase
    from mypy_boto3_dynamodb.service_resource import Table


class DynamoProxies:
    """``ports.Proxies`` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, key: str) -> ProxyClaim | None:
        """One claim."""
        with translated("Reading the job ledger"):
            item = self._table.get_item(Key={"jobTag": key}, ConsistentRead=True).get("Item")
        if item is None:
            return None
        return ProxyClaim(
            key=key,
            video_id=str(item["videoId"]),
            execution_id=str(item["executionId"]),
            claimed_at=str(item["claimedAt"]),
            state=ProxyState(str(item["state"])),
        )

    def claim(self, claim: ProxyClaim, *, instead_of: ProxyClaim | None) -> bool:
        """Write a claim; True again for who wrote it and lost the answer."""
        before = Attr("jobTag").not_exists() if instead_of is None else _is(instead_of)
        changes = {
            "videoId": claim.video_id,
            "executionId": claim.execution_id,
            "claimedAt": claim.claimed_at,
            "state": claim.state,
        }
        return self._change(claim.key, before | _is(claim), changes)

    def judge(self, claim: ProxyClaim, state: ProxyState) -> None:
        """Write down what a finished copy is, if the claim is still the same."""
        self._change(claim.key, _is(claim), {"state": state})

    def _change(self, key: str, condition: ConditionBase, changes: dict[str, str]) -> bool:
        return conditional_write(
            lambda: self._table.update_item(
                Key={"jobTag": key}, ConditionExpression=condition, **set_expression(changes)
            )
        )


def _is(claim: ProxyClaim) -> ConditionBase:
    return (
        Attr("claimedAt").eq(claim.claimed_at)
        & Attr("videoId").eq(claim.video_id)
        & Attr("state").eq(claim.state)
    )
