"""Payload templates: Parameters, ItemSelector and ResultSelector."""

from typing import Any

from local.emulator.states.errors import UnsupportedError
from local.emulator.states.intrinsics import evaluate, parse_call
from local.emulator.states.paths import parse_path, select


def fill(template: Any, document: Any, context: Any) -> Any:
    """Return the template with every ``name.$`` replaced by what its path or function gives.

    Raises:
        StatesError: a path finds nothing, or a function refuses its arguments.
    """
    if isinstance(template, list):
        return [fill(item, document, context) for item in template]
    if not isinstance(template, dict):
        return template
    result: dict[str, Any] = {}
    for key, value in template.items():
        if not key.endswith(".$"):
            result[key] = fill(value, document, context)
        elif value.startswith("$"):
            result[key[:-2]] = select(value, key, document, context)
        else:
            result[key[:-2]] = evaluate(parse_call(value), key, document, context)
    return result


def check(template: Any) -> None:
    """Parse everything in a template.

    Raises:
        UnsupportedError: some of it can't be parsed.
    """
    if isinstance(template, list):
        for item in template:
            check(item)
    if not isinstance(template, dict):
        return
    for key, value in template.items():
        if not key.endswith(".$"):
            check(value)
        elif not isinstance(value, str):
            raise UnsupportedError(f"The value of '{key}' must be a path or an intrinsic function.")
        elif value.startswith("$"):
            parse_path(value)
        else:
            parse_call(value)
