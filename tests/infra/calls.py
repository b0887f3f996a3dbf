"""Which calls of ports a step can come to, found in its source."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

from tests.infra.synthesis import ROOT

STEPS = ROOT / "layers" / "core" / "python" / "trailer" / "steps"


@functools.cache
def _module(name: str) -> tuple[dict[str, ast.FunctionDef], dict[str, tuple[str, str]]]:
    """A step module's functions, and what it imports from other step modules, by local name."""
    tree = ast.parse((STEPS / f"{name}.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    imported = {
        alias.asname or alias.name: (str(node.module).removeprefix("trailer.steps."), alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trailer.steps.")
        for alias in node.names
    }
    return functions, imported


def calls_of_step(folder: str) -> set[str]:
    """``{"catalogue.get", …}`` for everything reachable from ``steps/<folder>.py``'s function of that name."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [(folder, folder)]
    while waiting:
        module, function = waiting.pop()
        if (module, function) in seen:
            continue
        seen.add((module, function))
        functions, imported = _module(module)
        for node in ast.walk(functions[function]):
            if isinstance(node, ast.Name):
                if node.id in functions:
                    waiting.append((module, node.id))
                elif node.id in imported:
                    waiting.append(imported[node.id])
            found |= set(_port_call(node))
    return found


def _port_call(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="services"), attr="settings")):
            yield "settings"
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="services"), attr=port), attr=method):
            yield f"{port}.{method}"
