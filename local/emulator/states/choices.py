"""The rules of a Choice state."""

import operator
from collections.abc import Callable, Iterable
from typing import Any

from local.emulator.states.errors import RUNTIME, StatesError, UnsupportedError
from local.emulator.states.paths import PathNotFound, parse_path

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "String": lambda value: isinstance(value, str),
    "Numeric": _is_number,
    "Boolean": lambda value: isinstance(value, bool),
}
_TESTS: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsString": _TYPES["String"],
    "IsNumeric": _TYPES["Numeric"],
    "IsBoolean": _TYPES["Boolean"],
}
_COMPARISONS = {
    f"{kind}{order}": (_TYPES[kind], compare)
    for kind in _TYPES
    for order, compare in _ORDERINGS.items()
    if kind != "Boolean" or order == "Equals"
}
_GROUPS: dict[str, Callable[[Iterable[bool]], bool]] = {
    "And": all,
    "Or": any,
    "Not": lambda parts: not any(parts),
}


def matches(rule: dict[str, Any], document: Any, context: Any) -> bool:
    """Tell whether a rule holds.

    Comparing a value of another type is false; a missing variable is an error, as on AWS.

    Raises:
        StatesError: the variable is absent and the rule does not ask whether it is present.
    """
    for group, combine in _GROUPS.items():
        if group in rule:
            parts = [rule[group]] if group == "Not" else rule[group]
            return combine(matches(part, document, context) for part in parts)
    name = _operator(rule)
    variable = rule["Variable"]
    source = context if variable.startswith("$$") else document
    try:
        value = parse_path(variable).find(source)
    except PathNotFound:
        if name == "IsPresent":
            return not rule[name]
        raise StatesError(
            RUNTIME,
            f"Invalid path '{variable}': The choice state's condition path references an invalid value.",
        ) from None
    if name == "IsPresent":
        return bool(rule[name])
    if name in _TESTS:
        return _TESTS[name](value) is bool(rule[name])
    fits, compare = _COMPARISONS[name]
    return fits(value) and fits(rule[name]) and compare(value, rule[name])


def check(rule: dict[str, Any]) -> None:
    """Check one rule of a definition.

    Raises:
        UnsupportedError: it is malformed or uses a comparison that is not implemented.
    """
    for group in _GROUPS:
        if group in rule:
            for part in [rule[group]] if group == "Not" else rule[group]:
                check(part)
            return
    _operator(rule)
    parse_path(rule.get("Variable", ""))


def _operator(rule: dict[str, Any]) -> str:
    names = set(rule) - {"Variable", "Next", "Comment"}
    if len(names) != 1:
        raise UnsupportedError(f"A choice rule needs exactly one comparison, not {sorted(names)}.")
    name = names.pop()
    if name != "IsPresent" and name not in _TESTS and name not in _COMPARISONS:
        raise UnsupportedError(f"The comparison {name} is not supported by the local Step Functions.")
    return name
