"""The catalogue in DynamoDB, and how our conditional writes look."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from trailer.aws.failures import error_code, translated
from trailer.ports import Item
from trailer.wire.catalogue import OPEN_STATUSES
from trailer.wire.items import plain_values, storable_values

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class DynamoCatalogue:
    """``ports.Catalogue`` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim(self, item: Item) -> bool:
        """Write a new record; True again, and nothing written, for the execution that wrote it before."""
        new = Attr("record").not_exists()
        if conditional_write(
            lambda: self._table.put_item(Item=storable_values(item), ConditionExpression=new)
        ):
            return True
        found = self.get(item["videoId"], item["record"])
        return found is not None and found.get("executionId") == item["executionId"]

    def get(self, video_id: str, record: str) -> Item | None:
        """One record, read consistently."""
        with translated("Reading the catalogue"):
            answer = self._table.get_item(Key={"videoId": video_id, "record": record}, ConsistentRead=True)
        return plain_values(answer["Item"]) if "Item" in answer else None

    def update(self, video_id: str, record: str, changes: Mapping[str, Any]) -> None:
        """Set attributes of a record."""
        with translated("Writing to the catalogue"):
            self._table.update_item(
                Key={"videoId": video_id, "record": record}, **_changes_expression(changes)
            )

    def update_open(
        self,
        video_id: str,
        record: str,
        changes: Mapping[str, Any],
        *,
        while_in: Iterable[str] | None = None,
    ) -> bool:
        """Set attributes of a record in one of these statuses."""
        is_open = Attr("status").is_in(list(OPEN_STATUSES if while_in is None else while_in))
        return conditional_write(
            lambda: self._table.update_item(
                Key={"videoId": video_id, "record": record},
                ConditionExpression=is_open,
                **_changes_expression(changes),
            )
        )

    def update_unchanged(
        self, video_id: str, record: str, changes: Mapping[str, Any], *, seen: Mapping[str, Any]
    ) -> bool:
        """Set attributes of a record where others are still as they were seen."""
        known = storable_values(seen)
        as_seen = [Attr(name).eq(known[name]) if name in known else Attr(name).not_exists() for name in seen]
        return conditional_write(
            lambda: self._table.update_item(
                Key={"videoId": video_id, "record": record},
                ConditionExpression=functools.reduce(operator.and_, as_seen),
                **_changes_expression(changes),
            )
        )

    def unchanged(self, status: str, *, since: datetime, limit: int) -> list[Item]:
        """Records of this status that have not changed since a time."""
        condition = Key("status").eq(status) & Key("updatedAt").lt(since.isoformat())
        with translated("Reading the catalogue"):
            answer = self._table.query(IndexName="byStatus", KeyConditionExpression=condition, Limit=limit)
        return [plain_values(item) for item in answer["Items"]]

    def query(self, video_id: str, prefix: str) -> list[Item]:
        """All records of a film whose sort key begins so."""
        condition = Key("videoId").eq(video_id) & Key("record").begins_with(prefix)
        return [plain_values(item) for item in self._pages(KeyConditionExpression=condition)]

    def replace(self, video_id: str, prefixes: Iterable[str], items: Iterable[Item]) -> int:
        """Write the items, then delete what an earlier run left beside them."""
        written: set[str] = set()
        with translated("Writing to the catalogue"):
            with self._table.batch_writer() as batch:
                for item in items:
                    written.add(item["record"])
                    batch.put_item(Item=storable_values(item))
            for record in self._stale(video_id, prefixes, written):
                self._table.delete_item(Key={"videoId": video_id, "record": record})
        return len(written)

    def _stale(self, video_id: str, prefixes: Iterable[str], kept: set[str]) -> list[str]:
        found = self._pages(
            KeyConditionExpression=Key("videoId").eq(video_id),
            ProjectionExpression="#r",
            names={"#r": "record"},
        )
        records = [str(item["record"]) for item in found]
        return [one for one in records if one not in kept and one.startswith(tuple(prefixes))]

    def _pages(self, *, names: Mapping[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
        if names:
            query["ExpressionAttributeNames"] = dict(names)
        items: list[dict[str, Any]] = []
        with translated("Reading the catalogue"):
            while True:
                answer = self._table.query(ConsistentRead=True, **query)
                items += answer["Items"]
                if "LastEvaluatedKey" not in answer:
                    return items
                query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _changes_expression(changes: Mapping[str, Any]) -> dict[str, Any]:
    return set_expression(
        storable_values(changes), remove=[name for name, value in changes.items() if value is None]
    )


def set_expression(changes: Mapping[str, Any], remove: Sequence[str] = ()) -> dict[str, Any]:
    """SET and REMOVE by placeholders, since half of the good names are reserved words.

    boto3 numbers the placeholders of its conditions as #n0 and :v0; ours differ.

    Args:
        changes: values by attribute; a dot leads into a map, as in ``waiting.film``.
        remove: attributes to remove.
    """
    names: dict[str, str] = {}

    def path(attribute: str) -> str:
        return ".".join(names.setdefault(part, f"#set{len(names)}") for part in attribute.split("."))

    values = {f":set{i}": value for i, value in enumerate(changes.values())}
    clauses = []
    if changes:
        pairs = zip(changes, values, strict=True)
        clauses.append("SET " + ", ".join(f"{path(name)} = {value}" for name, value in pairs))
    if remove:
        clauses.append("REMOVE " + ", ".join(path(name) for name in remove))
    expression: dict[str, Any] = {
        "UpdateExpression": " ".join(clauses),
        "ExpressionAttributeNames": {placeholder: name for name, placeholder in names.items()},
    }
    return expression | ({"ExpressionAttributeValues": values} if values else {})


def conditional_write(write: Callable[[], object]) -> bool:
    """Write; False when the condition did not hold.

    That may also mean that it was written and the answer lost: boto3 then repeats
    the call, and the condition fails on what it wrote itself.
    """
    with translated("Writing to the table"):
        try:
            write()
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return False
            raise
    return True
