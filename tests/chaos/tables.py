"""DynamoDB: tables with conditional writes, and indexes that follow a moment later."""

from __future__ import annotations

import bisect
import copy
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from tests.chaos.answers import AwsError
from tests.chaos.expressions import ExpressionError, Item, Names, comparable, find, holds, update
from tests.chaos.loop import Loop

Key = tuple[Any, ...]


class Index:
    """A secondary index, or the order of the table itself: partitions sorted by their sort key."""

    def __init__(self, partition: str, sort: str | None) -> None:
        self.attributes = (partition, sort) if sort else (partition,)
        self.items: dict[Key, Item] = {}
        self._partitions: dict[Any, list[tuple[Any, Key]]] = defaultdict(list)

    def put(self, key: Key, item: Item | None) -> None:
        """Show an item as it is now; None, or one without the index's attributes, is not shown."""
        old = self.items.pop(key, None)
        if old is not None:
            rows = self._partitions[comparable(old[self.attributes[0]])]
            rows.pop(bisect.bisect_left(rows, self.row(key, old)))
        if item is not None and all(name in item for name in self.attributes):
            self.items[key] = item
            bisect.insort(self._partitions[comparable(item[self.attributes[0]])], self.row(key, item))

    def partition(self, value: Any) -> list[Item]:
        """The items of a partition in their order."""
        return [self.items[key] for _, key in self._partitions.get(value, ())]

    def row(self, key: Key, item: Item) -> tuple[Any, Key]:
        """The place of an item in its partition."""
        return (comparable(item[self.attributes[1]]) if len(self.attributes) > 1 else 0), key


class Table:
    """One table."""

    def __init__(self, key: tuple[str, ...], indexes: Mapping[str, tuple[str, str]]) -> None:
        self.key = key
        self.main = Index(key[0], key[1] if len(key) > 1 else None)
        self.indexes = {name: Index(*attributes) for name, attributes in indexes.items()}
        self.shown_at = 0.0
        """When the indexes will show the last write."""

    def key_of(self, item: Item) -> Key:
        """The primary key of an item."""
        return tuple(comparable(item[name]) for name in self.key)

    def get(self, key: Item) -> Item | None:
        """An item as it is."""
        return self.main.items.get(self.key_of(key))


class Tables:
    """The service."""

    def __init__(self, loop: Loop, tables: Mapping[str, Table], lag: Callable[[], float]) -> None:
        self._loop, self.tables, self._lag = loop, tables, lag
        self.writes = 0

    def handle(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer one request.

        Raises:
            AwsError: the condition fails, or the request is malformed.
        """
        action = getattr(self, f"_{operation}", None)
        if action is None:
            raise NotImplementedError(f"dynamodb.{operation}")
        try:
            answer: dict[str, Any] = action(request)
        except ExpressionError as error:
            raise AwsError("ValidationException", str(error)) from error
        return answer

    def _GetItem(self, request: dict[str, Any]) -> dict[str, Any]:
        found = self._table(request).get(request["Key"])
        return {"Item": found} if found is not None else {}

    def _PutItem(self, request: dict[str, Any]) -> dict[str, Any]:
        table, item = self._table(request), request["Item"]
        old = table.get(item)
        self._check(request, old)
        self._write(table, table.key_of(item), item)
        return self._old(request, old)

    def _UpdateItem(self, request: dict[str, Any]) -> dict[str, Any]:
        table = self._table(request)
        old = table.get(request["Key"])
        self._check(request, old)
        before = old if old is not None else copy.deepcopy(request["Key"])
        new, named = update(request["UpdateExpression"], Names(request), before)
        self._write(table, table.key_of(request["Key"]), new)
        if request.get("ReturnValues") == "ALL_NEW":
            return {"Attributes": new}
        if request.get("ReturnValues") == "UPDATED_NEW":
            return {"Attributes": {name: value for name, value in new.items() if name in named}}
        return self._old(request, old)

    def _DeleteItem(self, request: dict[str, Any]) -> dict[str, Any]:
        table = self._table(request)
        old = table.get(request["Key"])
        self._check(request, old)
        self._write(table, table.key_of(request["Key"]), None)
        return self._old(request, old)

    def _BatchWriteItem(self, request: dict[str, Any]) -> dict[str, Any]:
        for name, entries in request["RequestItems"].items():
            for entry in entries:
                if "PutRequest" in entry:
                    self._PutItem({"TableName": name, "Item": entry["PutRequest"]["Item"]})
                else:
                    self._DeleteItem({"TableName": name, "Key": entry["DeleteRequest"]["Key"]})
        return {"UnprocessedItems": {}}

    def _BatchGetItem(self, request: dict[str, Any]) -> dict[str, Any]:
        found = {
            name: [item for key in wanted["Keys"] if (item := self.tables[name].get(key)) is not None]
            for name, wanted in request["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def _TransactWriteItems(self, request: dict[str, Any]) -> dict[str, Any]:
        parts = [(kind, part) for entry in request["TransactItems"] for kind, part in entry.items()]
        for kind, part in parts:
            table = self._table(part)
            try:
                self._check(part, table.get(part["Item"] if kind == "Put" else part["Key"]))
            except AwsError as error:
                raise AwsError("TransactionCanceledException", str(error)) from error
        for kind, part in parts:
            plain = {k: v for k, v in part.items() if k != "ConditionExpression"}
            if kind != "ConditionCheck":
                getattr(self, f"_{kind}Item")(plain)
        return {}

    def _Query(self, request: dict[str, Any]) -> dict[str, Any]:
        table = self._table(request)
        index = table.indexes[request["IndexName"]] if "IndexName" in request else table.main
        if "IndexName" in request and request.get("ConsistentRead"):
            raise AwsError("ValidationException", "Consistent reads are not supported on global indexes")
        names = Names(request)
        rows = index.partition(self._partition_of(request["KeyConditionExpression"], names, index))
        if not request.get("ScanIndexForward", True):
            rows = rows[::-1]
        start, limit = request.get("ExclusiveStartKey"), request.get("Limit", len(rows) + 1)
        if start is not None:
            # Where that item was: it need not be there any more.
            place, forward = index.row(table.key_of(start), start), request.get("ScanIndexForward", True)
            places = [index.row(table.key_of(row), row) for row in rows]
            rows = [
                row
                for row, own in zip(rows, places, strict=True)
                if (own > place if forward else own < place)
            ]
        matching: list[Item] = []
        answer: dict[str, Any] = {}
        for row in rows:
            if len(matching) == limit:
                last = matching[-1]
                answer["LastEvaluatedKey"] = {n: last[n] for n in {*table.key, *index.attributes}}
                break
            if holds(request["KeyConditionExpression"], names, row):
                matching.append(row)
        chosen = request.get("FilterExpression")
        shown = [row for row in matching if not chosen or holds(chosen, names, row)]
        return {**answer, "Items": [_projected(row, request, names) for row in shown], "Count": len(shown)}

    @staticmethod
    def _partition_of(condition: str, names: Names, index: Index) -> Any:
        """The value that the partition key is asked to be equal to."""
        words = condition.replace("(", " ").replace(")", " ").split()
        for left, operator, right in zip(words, words[1:], words[2:], strict=False):
            if operator == "=" and names.names.get(left, left) == index.attributes[0]:
                return comparable(names.values[right])
        raise AwsError("ValidationException", "Query condition missed key schema element")

    def _table(self, request: Mapping[str, Any]) -> Table:
        return self.tables[request["TableName"]]

    @staticmethod
    def _check(request: Mapping[str, Any], old: Item | None) -> None:
        condition = request.get("ConditionExpression")
        if condition and not holds(condition, Names(request), old or {}):
            raise AwsError("ConditionalCheckFailedException", "The conditional request failed")

    @staticmethod
    def _old(request: Mapping[str, Any], old: Item | None) -> dict[str, Any]:
        return {"Attributes": old} if request.get("ReturnValues") == "ALL_OLD" and old else {}

    def _write(self, table: Table, key: Key, item: Item | None) -> None:
        self.writes += 1
        table.main.put(key, item)
        if table.indexes:
            table.shown_at = max(table.shown_at, self._loop.now + self._lag())
            self._loop.at(table.shown_at, lambda: [i.put(key, item) for i in table.indexes.values()])


def _projected(item: Item, request: Mapping[str, Any], names: Names) -> Item:
    expression = request.get("ProjectionExpression")
    if not expression:
        return item
    wanted = [names.names.get(name.strip(), name.strip()) for name in expression.split(",")]
    return {name: value for name in wanted if (value := find(item, (name,))) is not None}
