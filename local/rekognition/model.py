"""Input checked against botocore's own description of Rekognition.

botocore checks types and lengths on the client's side, not patterns, enums and
most maxima; AWS does, so we do.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

from local.rekognition.faults import InvalidParameterException

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "structure": (dict,),
}
CLAMPED = {"MaxResults"}
"""Members whose maximum AWS applies silently."""


@cache
def service_model() -> ServiceModel:
    """Rekognition as botocore knows it."""
    return botocore.session.get_session().get_service_model("rekognition")


def operation(name: str) -> OperationModel | None:
    """The operation's description, or None when Rekognition has none of that name."""
    model = service_model()
    return model.operation_model(name) if name in model.operation_names else None


def check_input(name: str, parameters: dict[str, Any]) -> None:
    """Check a request.

    Raises:
        InvalidParameterException: with every problem found, each at its path.
    """
    found = operation(name)
    if found is None or found.input_shape is None:
        return
    problems: list[str] = []
    _check(found.input_shape, parameters, "", problems)
    if problems:
        number = len(problems)
        detected = "validation error" if number == 1 else "validation errors"
        raise InvalidParameterException(f"{number} {detected} detected: " + "; ".join(problems))


def _check(shape: Shape, value: Any, path: str, problems: list[str]) -> None:
    expected: Any = TYPES.get(shape.type_name, (object,))
    is_flag = isinstance(value, bool) and shape.type_name != "boolean"
    if not isinstance(value, expected) or is_flag:
        problems.append(f"Value at '{path}' failed to satisfy constraint: Member must be a {shape.type_name}")
    elif isinstance(shape, StructureShape):
        _check_members(shape, value, path, problems)
    elif isinstance(shape, ListShape):
        _check_size(shape, len(value), path, "items", problems)
        for index, item in enumerate(value):
            _check(shape.member, item, f"{path}.{index + 1}.member", problems)
    elif isinstance(value, str):
        _check_text(shape, value, path, problems)
    else:
        _check_size(shape, value, path, "", problems)


def _check_members(shape: StructureShape, value: dict[str, Any], path: str, problems: list[str]) -> None:
    prefix = f"{path}." if path else ""
    problems.extend(
        f"Value at '{prefix}{name}' failed to satisfy constraint: Member must not be null"
        for name in shape.required_members
        if value.get(name) is None
    )
    for name, item in value.items():
        if name not in shape.members:
            problems.append(f"Value at '{prefix}{name}' failed to satisfy constraint: Unknown member")
        elif item is not None and name not in CLAMPED:
            _check(shape.members[name], item, f"{prefix}{name}", problems)
        elif name in CLAMPED and (not isinstance(item, int) or isinstance(item, bool) or item < 1):
            problems.append(
                f"Value at '{prefix}{name}' failed to satisfy constraint: Member must be at least 1"
            )


def _check_text(shape: Shape, value: str, path: str, problems: list[str]) -> None:
    _check_size(shape, len(value), path, "characters", problems)
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        problems.append(
            f"Value '{value}' at '{path}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        )
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern.removeprefix("^").removesuffix("$"), value):
        problems.append(
            f"Value '{value}' at '{path}' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {pattern}"
        )


def _check_size(shape: Shape, size: float, path: str, unit: str, problems: list[str]) -> None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    what = f"have between {least or 0} and {most} {unit}" if unit else f"be between {least} and {most}"
    if (least is not None and size < least) or (most is not None and size > most):
        problems.append(f"Value at '{path}' failed to satisfy constraint: Member must {what}")
