"""The intrinsic functions that our definitions call, and their small expression language."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from local.emulator.states.errors import INTRINSIC, StatesError, UnsupportedError
from local.emulator.states.paths import parse_path, select

MAX_HASH_CHARACTERS = 10_000
_NAME = re.compile(r"\s*(States\.[A-Za-z0-9]+)\s*\(")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


@dataclass(frozen=True)
class Call:
    """A call of an intrinsic function; an argument is a constant, a path (``Reference``) or a call."""

    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Reference:
    """A path among the arguments of a call."""

    path: str


@lru_cache(maxsize=256)
def parse_call(text: str) -> Call:
    """Parse ``States.Format('{}/x', $.name)`` and its like.

    Raises:
        UnsupportedError: the text is malformed or calls a function that is not implemented.
    """
    call, position = _parse_call(text, 0)
    if text[position:].strip():
        raise UnsupportedError(f"Unexpected text after the intrinsic function in '{text}'.")
    return call


def _parse_call(text: str, position: int) -> tuple[Call, int]:
    found = _NAME.match(text, position)
    if found is None:
        raise UnsupportedError(f"'{text}' is not an intrinsic function.")
    name = found[1]
    if name not in _FUNCTIONS:
        raise UnsupportedError(f"{name} is not supported by the local Step Functions.")
    arguments: list[Any] = []
    position = _skip(text, found.end())
    while text[position : position + 1] != ")":
        if arguments:
            if text[position : position + 1] != ",":
                raise UnsupportedError(f"A comma or parenthesis is missing in '{text}'.")
            position = _skip(text, position + 1)
        argument, position = _parse_argument(text, position)
        arguments.append(argument)
        position = _skip(text, position)
    return Call(name, tuple(arguments)), position + 1


def _parse_argument(text: str, position: int) -> tuple[Any, int]:
    rest = text[position:]
    if rest.startswith("'"):
        return _parse_string(text, position + 1)
    if rest.startswith("$"):
        end = position
        while end < len(text) and text[end] not in ",)":
            end += 1
        path = text[position:end].strip()
        parse_path(path)
        return Reference(path), end
    if rest.startswith("States."):
        return _parse_call(text, position)
    for word, value in (("true", True), ("false", False), ("null", None)):
        if rest.startswith(word):
            return value, position + len(word)
    found = _NUMBER.match(text, position)
    if found is None:
        raise UnsupportedError(f"'{text}' has an argument that can't be read at '{rest}'.")
    return json.loads(found[0]), found.end()


def _parse_string(text: str, position: int) -> tuple[str, int]:
    characters: list[str] = []
    while position < len(text) and text[position] != "'":
        if text[position] == "\\" and text[position + 1 : position + 2] in ("'", "\\"):
            position += 1
        elif text[position] == "\\":
            # `\{` and `\}` mean something to States.Format only: it sees them as written.
            characters.append("\\")
            position += 1
        characters.append(text[position : position + 1])
        position += 1
    if position >= len(text):
        raise UnsupportedError(f"A quote is not closed in '{text}'.")
    return "".join(characters), position + 1


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    if position >= len(text):
        raise UnsupportedError(f"A parenthesis is not closed in '{text}'.")
    return position


def evaluate(call: Call, field: str, document: Any, context: Any) -> Any:
    """Return the value of a call.

    Raises:
        StatesError: an argument is missing or has the wrong type.
    """
    values: list[Any] = []
    for argument in call.arguments:
        if isinstance(argument, Call):
            values.append(evaluate(argument, field, document, context))
        elif isinstance(argument, Reference):
            values.append(select(argument.path, field, document, context))
        else:
            values.append(argument)
    try:
        return _FUNCTIONS[call.name](*values)
    except (TypeError, ValueError) as error:
        raise StatesError(INTRINSIC, f"{call.name} in the field '{field}' failed: {error}") from error


def _format(template: Any, *values: Any) -> str:
    if not isinstance(template, str):
        raise TypeError("the first argument must be a string")
    pieces = re.split(r"(?<!\\)\{\}", template)
    if len(pieces) != len(values) + 1:
        raise ValueError(f"{len(pieces) - 1} placeholders but {len(values)} values")
    shown = [_shown(value) for value in values]
    pairs = zip(map(_unescaped, pieces), [*shown, ""], strict=True)
    return "".join(piece + value for piece, value in pairs)


def _unescaped(piece: str) -> str:
    return piece.replace("\\{", "{").replace("\\}", "}")


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        raise TypeError("an object or array can't be formatted")
    return json.dumps(value)


def _hash(data: Any, algorithm: Any) -> str:
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"{algorithm!r} is not one of {', '.join(_ALGORITHMS)}")
    text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
    if len(text) > MAX_HASH_CHARACTERS:
        raise ValueError(f"the data is longer than {MAX_HASH_CHARACTERS} characters")
    return hashlib.new(_ALGORITHMS[algorithm], text.encode()).hexdigest()


def _json_to_string(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _string_to_json(text: Any) -> Any:
    return json.loads(text)


def _array(*values: Any) -> list[Any]:
    return list(values)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "States.Format": _format,
    "States.Hash": _hash,
    "States.Array": _array,
    "States.JsonToString": _json_to_string,
    "States.StringToJson": _string_to_json,
}
