"""Which calls of ports a step can come to, and which calls of AWS we make, found in the source."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import botocore.session
from botocore import xform_name

from tests.infra.synthesis import ROOT
from trailer.wire.detectors import DETECTORS, call_name

PRODUCT = ROOT / "layers" / "core" / "python" / "trailer"
STEPS = PRODUCT / "steps"
HELPERS = {"batch_writer": "batch_write_item"}
"""Methods of boto3's resources that make other calls than their name says."""


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
        if function not in functions:
            # A class, which keeps values and calls nothing.
            continue
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


def aws_calls() -> set[tuple[str, str]]:
    """``{("dynamodb", "GetItem"), …}``: every call of the adapters and of the state machines."""
    adapters = [call for path in (PRODUCT / "aws").glob("*.py") for call in _calls_of_adapter(path)]
    workflows = [
        call for path in (ROOT / "infra" / "workflows").glob("*.json") for call in _calls_of_asl(path)
    ]
    return {*adapters, *workflows}


def clients() -> set[str]:
    """The services that the functions have a client for: the adapters must be found to call each."""
    made = (PRODUCT / "runtime.py").read_text(encoding="utf-8")
    return set(re.findall(r'boto3\.(?:client|resource)\(\s*"(\w+)"', made))


def _calls_of_adapter(path: Path) -> Iterator[tuple[str, str]]:
    source = path.read_text(encoding="utf-8")
    for service in set(re.findall(r"from mypy_boto3_(\w+)", source)):
        operations = _operations(service)
        for node in ast.walk(ast.parse(source)):
            for method in _methods_named(node):
                if method in operations:
                    yield service, operations[method]


def _methods_named(node: ast.AST) -> Iterator[str]:
    """Names that may be methods of a client: ``client.get_item``, ``get_paginator("…")``, ``call_name("start", …)``."""
    match node:
        case ast.Attribute(attr=name):
            yield HELPERS.get(name, name)
        case ast.Call(func=ast.Name(id="call_name"), args=[ast.Constant(value=str(verb)), *_]):
            yield from (call_name(verb, detector) for detector in DETECTORS.values())
        case ast.Constant(value=str(name)):
            yield name


def _calls_of_asl(path: Path) -> Iterator[tuple[str, str]]:
    for resource in re.findall(r'"Resource": "([^"]+)"', path.read_text(encoding="utf-8")):
        if resource.startswith("${"):
            yield "lambda", "Invoke"
            continue
        service, action = resource.removeprefix("arn:aws:states:::").removeprefix("aws-sdk:").split(":")[:2]
        service = {"states": "stepfunctions", "sfn": "stepfunctions"}.get(service, service)
        name = action.partition(".")[0]
        yield service, _operations(service)[xform_name(name)]


@functools.cache
def _operations(service: str) -> dict[str, str]:
    """boto3's method name to the API's name."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): name for name in model.operation_names}
