"""The workflow files as tests see them: every state with where its failures go."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.infra.synthesis import ROOT

WORKFLOWS = ROOT / "infra" / "workflows"
MACHINES = {"AnalyseVideo": "analyse_video.asl.json", "MakeTrailer": "make_trailer.asl.json"}


@dataclass(frozen=True)
class State:
    """One state of a machine, at any depth."""

    machine: str
    name: str
    body: Mapping[str, Any]
    parents: tuple[Mapping[str, Any], ...]
    """The Map states around it, innermost first."""

    @property
    def id(self) -> str:
        return f"{self.machine}.{self.name}"

    @property
    def catchers(self) -> list[Mapping[str, Any]]:
        """Its own Catch, else that of the nearest Map around it."""
        for body in (self.body, *self.parents):
            if "Catch" in body:
                return list(body["Catch"])
        return []

    @property
    def errors_matched(self) -> list[str]:
        handlers = [*self.body.get("Retry", []), *self.body.get("Catch", [])]
        return [name for handler in handlers for name in handler["ErrorEquals"]]


def definition(machine: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((WORKFLOWS / MACHINES[machine]).read_text(encoding="utf-8"))
    return loaded


def states(machine: str) -> list[State]:
    return list(_walk(machine, definition(machine)["States"], ()))


def all_states() -> list[State]:
    return [state for machine in MACHINES for state in states(machine)]


def _walk(machine: str, found: Mapping[str, Any], parents: tuple[Mapping[str, Any], ...]) -> Iterator[State]:
    for name, body in found.items():
        yield State(machine, name, body, parents)
        if "ItemProcessor" in body:
            yield from _walk(machine, body["ItemProcessor"]["States"], (body, *parents))
