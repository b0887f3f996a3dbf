"""JSONPath as far as our definitions go: names, indices, slices and wildcards.

Filters, recursive descent, unions and functions are refused by name. A path that finds nothing is an error of
the state, never null.
"""

import copy
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from local.emulator.states.errors import RUNTIME, StatesError, UnsupportedError

_STEP = re.compile(
    r"""\.(?P<name>[^\s.\[\]()'"*?@,:]+)
      | \[\s*'(?P<single>(?:[^'\\]|\\.)*)'\s*\]
      | \[\s*"(?P<double>(?:[^"\\]|\\.)*)"\s*\]
      | \[\s*(?P<index>-?\d+)\s*\]
      | \[\s*(?P<start>-?\d*)\s*:\s*(?P<end>-?\d*)\s*\]
      | (?P<all>\[\s*\*\s*\]|\.\*)""",
    re.VERBOSE,
)


class PathNotFound(Exception):
    """The path finds nothing in the document."""


@dataclass(frozen=True)
class Path:
    """A parsed path; ``steps`` are names, indices and slices (a wildcard is a full slice)."""

    text: str
    steps: tuple[str | int | slice, ...]

    @property
    def definite(self) -> bool:
        """Whether the path finds one node; others find a list."""
        return not any(isinstance(step, slice) for step in self.steps)

    def find(self, document: Any) -> Any:
        """Return what the path finds.

        Raises:
            PathNotFound: nothing is there.
        """
        nodes = [document]
        for step in self.steps:
            nodes = [found for node in nodes for found in _step(node, step)]
        if self.definite:
            if not nodes:
                raise PathNotFound
            return nodes[0]
        return nodes

    def put(self, document: Any, value: Any) -> Any:
        """Return the document with a value at this path, making the objects on the way.

        Raises:
            StatesError: something other than an object is in the way.
        """
        if not self.steps:
            return value
        result = copy.deepcopy(document) if isinstance(document, dict) else document
        node = result
        for position, step in enumerate(self.steps):
            if not isinstance(node, dict) or not isinstance(step, str):
                raise StatesError(
                    "States.ResultPathMatchFailure",
                    f"Unable to apply ResultPath '{self.text}' to input {json.dumps(document)}",
                )
            if position == len(self.steps) - 1:
                node[step] = value
            else:
                node = node.setdefault(step, {})
        return result


def _step(node: Any, step: str | int | slice) -> list[Any]:
    if isinstance(step, str):
        return [node[step]] if isinstance(node, dict) and step in node else []
    if isinstance(step, int):
        inside = isinstance(node, list) and -len(node) <= step < len(node)
        return [node[step]] if inside else []
    if isinstance(node, dict) and step == slice(None):
        return list(node.values())
    return list(node[step]) if isinstance(node, list) else []


@lru_cache(maxsize=1024)
def parse_path(text: str) -> Path:
    """Parse ``$…`` or, for the context object, ``$$…``.

    Raises:
        UnsupportedError: the text is no path, or uses more of JSONPath than is implemented.
    """
    rest = text.removeprefix("$$") if text.startswith("$$") else text.removeprefix("$")
    if rest == text:
        raise UnsupportedError(f"'{text}' is not a path: it must begin with '$'.")
    steps: list[str | int | slice] = []
    while rest:
        found = _STEP.match(rest)
        if found is None:
            raise UnsupportedError(
                f"The path '{text}' is not supported by the local Step Functions at '{rest}'."
            )
        steps.append(_parsed(found))
        rest = rest[found.end() :]
    return Path(text, tuple(steps))


def _parsed(found: re.Match[str]) -> str | int | slice:
    if found["all"]:
        return slice(None)
    if found["index"] is not None:
        return int(found["index"])
    if found["start"] is not None:
        start, end = found["start"], found["end"]
        return slice(int(start) if start else None, int(end) if end else None)
    quoted = found["single"] if found["single"] is not None else found["double"]
    return found["name"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def select(path: str, field: str, document: Any, context: Any) -> Any:
    """Return what a field's path finds in the state's data or, for ``$$``, in the context object.

    Raises:
        StatesError: it finds nothing.
    """
    source = context if path.startswith("$$") else document
    try:
        return parse_path(path).find(source)
    except PathNotFound:
        shown = json.dumps(source, separators=(",", ":"), ensure_ascii=False)
        raise StatesError(
            RUNTIME,
            f"The JSONPath '{path}' specified for the field '{field}' could not be found "
            f"in the input '{shown}'",
        ) from None
