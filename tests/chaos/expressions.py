"""DynamoDB's expression language, as far as the product writes it.

Values stay in DynamoDB's own JSON (``{"S": "x"}``), items are maps of such
values. What is not known here is refused by name, never guessed. A test
compares all of it with moto, which is five times slower and otherwise would
do.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

Value = dict[str, Any]
Item = dict[str, Value]
Path = tuple[str, ...]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[=<>(),+\-.]|:[A-Za-z0-9_]+|#[A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*)")


class ExpressionError(Exception):
    """An expression that this model can't read."""


class Names:
    """The placeholders of one request."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.names: Mapping[str, str] = request.get("ExpressionAttributeNames") or {}
        self.values: Mapping[str, Value] = request.get("ExpressionAttributeValues") or {}


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[str, ...]:
    """Cut an expression into words."""
    found, position = [], 0
    text = text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"can't read {text[position:]!r}")
        found.append(match[1])
        position = match.end()
    return tuple(found)


class _Reader:
    def __init__(self, text: str, names: Names) -> None:
        self._tokens, self._at, self.names = tokens(text), 0, names
        self.touched: set[str] = set()

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, expected: str | None = None) -> str:
        word = self.peek()
        if not word or (expected is not None and word.upper() != expected):
            raise ExpressionError(f"{expected or 'a word'} expected, not {word!r}")
        self._at += 1
        return word

    def accept(self, word: str) -> bool:
        if self.peek().upper() != word:
            return False
        self._at += 1
        return True

    def path(self) -> Path:
        steps = [self._name(self.take())]
        while self.accept("."):
            steps.append(self._name(self.take()))
        return tuple(steps)

    def _name(self, word: str) -> str:
        return self.names.names[word] if word.startswith("#") else word


def find(item: Item, path: Path) -> Value | None:
    """The value at a path; None if there is none."""
    value: Value | None = item.get(path[0])
    for step in path[1:]:
        if value is None or "M" not in value:
            return None
        value = value["M"].get(step)
    return value


def comparable(value: Value) -> Any:
    """A value that Python can compare; numbers as numbers."""
    ((kind, content),) = value.items()
    return kind, Decimal(content) if kind == "N" else content


def _same(left: Value, right: Value) -> bool:
    if left.keys() != right.keys():
        return False
    return comparable(left) == comparable(right) if "N" in left else left == right


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def holds(expression: str, names: Names, item: Item) -> bool:
    """Whether a condition holds for an item; an absent item is an empty one."""
    reader = _Reader(expression, names)
    result = _either(reader, item)
    if reader.peek():
        raise ExpressionError(f"{reader.peek()!r} is too much in {expression!r}")
    return result


def _either(reader: _Reader, item: Item) -> bool:
    result = _both(reader, item)
    while reader.accept("OR"):
        result = _both(reader, item) or result
    return result


def _both(reader: _Reader, item: Item) -> bool:
    result = _one(reader, item)
    while reader.accept("AND"):
        result = _one(reader, item) and result
    return result


def _one(reader: _Reader, item: Item) -> bool:
    if reader.accept("NOT"):
        return not _one(reader, item)
    if reader.accept("("):
        result = _either(reader, item)
        reader.take(")")
        return result
    word = reader.peek().lower()
    if word in ("attribute_exists", "attribute_not_exists", "begins_with", "contains"):
        return _function(reader, item)
    left = _operand(reader, item)
    operator = reader.take().upper()
    if operator == "BETWEEN":
        low = _operand(reader, item)
        reader.take("AND")
        return _ordered(left, ">=", low) and _ordered(left, "<=", _operand(reader, item))
    if operator == "IN":
        reader.take("(")
        options = [_operand(reader, item)]
        while reader.accept(","):
            options.append(_operand(reader, item))
        reader.take(")")
        return left is not None and any(option is not None and _same(left, option) for option in options)
    right = _operand(reader, item)
    if operator == "=":
        return left is not None and right is not None and _same(left, right)
    if operator == "<>":
        return left is None or right is None or not _same(left, right)
    return _ordered(left, operator, right)


def _ordered(left: Value | None, operator: str, right: Value | None) -> bool:
    if left is None or right is None or left.keys() != right.keys():
        return False
    return _COMPARE[operator](comparable(left), comparable(right))


def _function(reader: _Reader, item: Item) -> bool:
    name = reader.take().lower()
    reader.take("(")
    value = find(item, reader.path())
    if name in ("attribute_exists", "attribute_not_exists"):
        reader.take(")")
        return (value is not None) is (name == "attribute_exists")
    reader.take(",")
    part = _operand(reader, item)
    reader.take(")")
    if value is None or part is None:
        return False
    if name == "begins_with":
        return "S" in value and "S" in part and value["S"].startswith(part["S"])
    if "L" in value:
        return part in value["L"]
    (kind, content), (part_kind, part_content) = next(iter(value.items())), next(iter(part.items()))
    return part_content in content if kind in ("S", "SS", "NS") and kind.startswith(part_kind) else False


def _operand(reader: _Reader, item: Item) -> Value | None:
    word = reader.peek()
    if word.startswith(":"):
        return reader.names.values[reader.take()]
    if word.lower() == "size":
        reader.take()
        reader.take("(")
        value = find(item, reader.path())
        reader.take(")")
        return None if value is None else {"N": str(len(next(iter(value.values()))))}
    return find(item, reader.path())


def update(expression: str, names: Names, item: Item) -> tuple[Item, set[str]]:
    """The item after SET, REMOVE and ADD, and the attributes that were named.

    Every operand is read from the item before.
    """
    reader, after = _Reader(expression, names), copy.deepcopy(item)
    while reader.peek():
        clause = reader.take().upper()
        action = {"SET": _set, "REMOVE": _remove, "ADD": _add}.get(clause)
        if action is None:
            raise ExpressionError(f"{clause} is not known here")
        action(reader, item, after)
        while reader.accept(","):
            action(reader, item, after)
    return after, reader.touched


def _set(reader: _Reader, before: Item, after: Item) -> None:
    path = _target(reader)
    reader.take("=")
    value = _settable(reader, before)
    while reader.peek() in ("+", "-"):
        sign = 1 if reader.take() == "+" else -1
        value = {"N": str(Decimal(value["N"]) + sign * Decimal(_settable(reader, before)["N"]))}
    _holder(after, path)[path[-1]] = value


def _target(reader: _Reader) -> Path:
    path = reader.path()
    reader.touched.add(path[0])
    return path


def _settable(reader: _Reader, before: Item) -> Value:
    function = reader.peek().lower()
    if function in ("if_not_exists", "list_append"):
        reader.take()
        reader.take("(")
        first = find(before, reader.path()) if function == "if_not_exists" else _settable(reader, before)
        reader.take(",")
        second = _settable(reader, before)
        reader.take(")")
        if function == "if_not_exists":
            return second if first is None else first
        assert first is not None
        return {"L": [*first["L"], *second["L"]]}
    value = _operand(reader, before)
    if value is None:
        raise ExpressionError(
            "The provided expression refers to an attribute that does not exist in the item"
        )
    return copy.deepcopy(value)


def _remove(reader: _Reader, before: Item, after: Item) -> None:
    path = _target(reader)
    _holder(after, path).pop(path[-1], None)


def _add(reader: _Reader, before: Item, after: Item) -> None:
    path = _target(reader)
    value = reader.names.values[reader.take()]
    known = find(before, path)
    if "N" in value:
        total = Decimal(known["N"]) if known else Decimal(0)
        _holder(after, path)[path[-1]] = {"N": str(total + Decimal(value["N"]))}
        return
    ((kind, added),) = value.items()
    _holder(after, path)[path[-1]] = {kind: sorted({*(known or {}).get(kind, ()), *added})}


def _holder(item: Item, path: Path) -> Item:
    holder = item
    for step in path[:-1]:
        value = holder.get(step)
        if value is None or "M" not in value:
            raise ExpressionError("The document path provided in the update expression is invalid for update")
        holder = value["M"]
    return holder
