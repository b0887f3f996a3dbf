"""How data moves through a state: InputPath, Parameters, ResultSelector, ResultPath, OutputPath."""

from typing import Any

from local.emulator.states.paths import parse_path, select
from local.emulator.states.templates import fill


def apply_path(state: dict[str, Any], field: str, document: Any, context: Any) -> Any:
    """Apply InputPath or OutputPath: the whole by default, ``{}`` for null.

    Raises:
        StatesError: the path finds nothing.
    """
    path = state.get(field, "$")
    return {} if path is None else select(path, field, document, context)


def apply_template(state: dict[str, Any], field: str, document: Any, context: Any) -> Any:
    """Apply Parameters, ItemSelector or ResultSelector; without one the document passes unchanged.

    Raises:
        StatesError: a path finds nothing.
    """
    return fill(state[field], document, context) if field in state else document


def apply_result(holder: dict[str, Any], document: Any, result: Any) -> Any:
    """Apply ResultPath: the result replaces the input by default, and is dropped for null.

    Raises:
        StatesError: something that is no object is in the way.
    """
    path = holder.get("ResultPath", "$")
    return document if path is None else parse_path(path).put(document, result)
