"""Requests and answers checked against botocore's own description of the service.

Members travel as ``camelCase`` and are used here as botocore names them (``PascalCase``). A request that
the model does not allow is refused with the path of the member as the service writes it, relative to the
job settings: ``/outputGroups/0/outputs: Should have at least 1 items``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from local.mediaconvert.errors import bad_request

_LIMIT_IN_NAME = re.compile(r"(Min|Max)(Negative)?(\d+)")
_NUMBERS = {"integer", "long", "double", "float"}


@functools.cache
def service() -> Any:
    """The service model of MediaConvert."""
    return botocore.session.get_session().get_service_model("mediaconvert")


def shape(name: str) -> Shape:
    """A shape of the model by its name."""
    found: Shape = service().shape_for(name)
    return found


def parse(name: str, wire: object) -> dict[str, Any]:
    """Check a wire document against the shape ``name`` and give it botocore's member names.

    Raises:
        ApiError: BadRequestException with the path of the first offending member.
    """
    parsed = _parse(shape(name), wire, "")
    if not isinstance(parsed, dict):
        raise bad_request("/: should be object")
    return parsed


def serialize(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """The wire document of a value, leaving out members that are None; times become epoch seconds."""
    wire = _serialize(shape(name), value)
    assert isinstance(wire, dict)
    return wire


def wire_path(path: str) -> str:
    """A member path as the service prints it: settings of a job are the root."""
    return path.removeprefix("/settings") or "/"


def _fail(path: str, problem: str) -> Exception:
    return bad_request(f"{wire_path(path)}: {problem}")


def _parse(expected: Shape, wire: object, path: str) -> Any:
    if isinstance(expected, StructureShape):
        return _parse_structure(expected, wire, path)
    if isinstance(expected, ListShape):
        if not isinstance(wire, list):
            raise _fail(path, "should be array")
        return [_parse(expected.member, item, f"{path}/{index}") for index, item in enumerate(wire)]
    if isinstance(expected, MapShape):
        if not isinstance(wire, dict):
            raise _fail(path, "should be object")
        return {key: _parse(expected.value, item, f"{path}/{key}") for key, item in wire.items()}
    return _parse_scalar(expected, wire, path)


def _parse_structure(expected: StructureShape, wire: object, path: str) -> dict[str, Any]:
    if not isinstance(wire, dict):
        raise _fail(path, "should be object")
    names = {member.serialization.get("name", name): name for name, member in expected.members.items()}
    parsed = {}
    for key, item in wire.items():
        if key not in names:
            raise _fail(path, f"{key} is not a property that this operation knows")
        if item is not None:
            parsed[names[key]] = _parse(expected.members[names[key]], item, f"{path}/{key}")
    for required in expected.required_members:
        if required not in parsed:
            wire_name = expected.members[required].serialization.get("name", required)
            raise _fail(path, f"{wire_name} is a required property")
    return parsed


def _parse_scalar(expected: Shape, wire: object, path: str) -> object:
    kind = expected.type_name
    if kind in _NUMBERS or kind == "timestamp":
        return _parse_number(expected, wire, path)
    if kind == "boolean":
        if not isinstance(wire, bool):
            raise _fail(path, "should be boolean")
        return wire
    if not isinstance(wire, str):
        raise _fail(path, "should be string")
    _check_text(expected, wire, path)
    return wire


def _parse_number(expected: Shape, wire: object, path: str) -> int | float:
    whole = expected.type_name in {"integer", "long", "timestamp"}
    if isinstance(wire, bool) or not isinstance(wire, int | float):
        raise _fail(path, "should be integer" if whole else "should be number")
    if whole and int(wire) != wire:
        raise _fail(path, "should be integer")
    limits = _limits(expected)
    if "min" in limits and wire < limits["min"]:
        raise _fail(path, f"Should be greater than or equal to {limits['min']:g}")
    if "max" in limits and wire > limits["max"]:
        raise _fail(path, f"Should be less than or equal to {limits['max']:g}")
    return int(wire) if whole else float(wire)


def _limits(expected: Shape) -> dict[str, float]:
    """Range of a number; botocore drops it for doubles, but the shape's name carries it."""
    limits: dict[str, float] = {
        key: float(value) for key, value in expected.metadata.items() if key in {"min", "max"}
    }
    if not limits:
        for end, negative, digits in _LIMIT_IN_NAME.findall(expected.name):
            limits[end.lower()] = -float(digits) if negative else float(digits)
    return limits


def _check_text(expected: Shape, text: str, path: str) -> None:
    allowed = expected.enum if isinstance(expected, StringShape) else []
    if allowed and text not in allowed:
        raise _fail(path, f"'{text}' should be one of: [{', '.join(allowed)}]")
    if len(text) < int(expected.metadata.get("min", 0)):
        raise _fail(path, f"Should have at least {expected.metadata['min']} characters")
    if "max" in expected.metadata and len(text) > int(expected.metadata["max"]):
        raise _fail(path, f"Should have at most {expected.metadata['max']} characters")
    pattern = expected.metadata.get("pattern")
    if pattern and not re.search(pattern, text):
        raise _fail(path, f"'{text}' should match the pattern {pattern}")


def _serialize(expected: Shape, value: Any) -> Any:
    if isinstance(expected, StructureShape):
        return {
            member.serialization.get("name", name): _serialize(member, value[name])
            for name, member in expected.members.items()
            if value.get(name) is not None
        }
    if isinstance(expected, ListShape):
        return [_serialize(expected.member, item) for item in value]
    if isinstance(expected, MapShape):
        return {key: _serialize(expected.value, item) for key, item in value.items()}
    if isinstance(value, datetime):
        return int(value.timestamp())
    return value
