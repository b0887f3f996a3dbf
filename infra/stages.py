"""Every difference between two deployments, read from the ``stages`` context of ``cdk.json``.

A construct asks for a named setting (``stage.observability.alarms``), never for
the name of the stage, so that a new stage is an entry in ``cdk.json`` and no code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from types import NoneType
from typing import Any, ClassVar, Final, TypeVar, cast

DEFAULT_MEMORY: Final = "default"
"""The entry of ``functions.memory`` for functions that are not named there."""

LOG_LEVELS: Final = ("INFO", "WARN", "ERROR", "FATAL")
"""Lambda sets every logger to the level, the SDK's too, and below INFO that writes down whole
requests and answers: credentials, task tokens, pages of faces. Powertools takes Lambda's level over
its own, so a lower one for our lines alone is not to be had."""


class StageError(Exception):
    """The ``stages`` context of ``cdk.json`` can't be used; the message says where and why."""


class Removal(Enum):
    """What happens to data when its stack is deleted."""

    DESTROY = "destroy"
    RETAIN = "retain"


@dataclass(frozen=True, slots=True)
class DefaultOptions:
    """What an upload gets that says nothing. Values are validated by the product when merged."""

    profile_ids: tuple[str, ...]
    max_duration: int
    """Seconds."""
    target_language: str
    output_format: str
    detectors: tuple[str, ...]
    on_detector_failure: str
    """fail: the film fails with its detector; continue: its trailers are made without."""
    max_cost: float | None
    """US dollars per film; left out there is no cap."""

    def to_json(self) -> str:
        """The value of the functions' ``DEFAULT_OPTIONS``."""
        return json.dumps({_camel(field.name): getattr(self, field.name) for field in fields(self)})


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Buckets and tables."""

    removal_policy: Removal
    deletion_protection: bool
    """Of the tables, and termination protection of the stack that holds them."""
    point_in_time_recovery_days: int
    """1 to 35."""
    old_version_days: int
    """Overwritten or deleted films are kept so long."""
    access_log_days: int


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """All Lambda functions."""

    memory: Mapping[str, int]
    """MB by function name (``ScoreScenes``), and ``default``."""
    log_level: str
    """One of ``LOG_LEVELS``."""

    def memory_of(self, name: str) -> int:
        """MB for a function."""
        return self.memory.get(name, self.memory[DEFAULT_MEMORY])


@dataclass(frozen=True, slots=True)
class LogSettings:
    """All log groups."""

    retention_days: int
    removal_policy: Removal


@dataclass(frozen=True, slots=True)
class ObservabilitySettings:
    """What watches the pipeline."""

    alarms: bool
    dashboard: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment."""

    SECTIONS: ClassVar[dict[str, type]] = {
        "default_options": DefaultOptions,
        "storage": StorageSettings,
        "functions": FunctionSettings,
        "logs": LogSettings,
        "observability": ObservabilitySettings,
    }

    name: str
    default_options: DefaultOptions
    storage: StorageSettings
    functions: FunctionSettings
    logs: LogSettings
    observability: ObservabilitySettings
    reconcile_every_minutes: int
    compliance_checks: bool
    """Whether cdk-nag judges the templates at synth; ``-c nag=…`` decides over it."""


_OPTIONAL: Final = "float | None"
"""CDK drops ``null`` from the context, so what may be nothing may be left out."""

_FIELD_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    _OPTIONAL: (int, float, NoneType),
    "tuple[str, ...]": (list,),
    "Mapping[str, int]": (dict,),
    "Removal": (str,),
}

_Section = TypeVar("_Section")


def load_stage(stages: object, name: str) -> Stage:
    """Read one stage.

    Args:
        stages: the ``stages`` context, as ``cdk.json`` has it.
        name: of the stage, from ``-c stage=…``.

    Raises:
        StageError: the stage does not exist, or a setting is missing, unknown or of the wrong kind.
    """
    if not isinstance(stages, Mapping):
        raise StageError("cdk.json needs an object `stages` in its context.")
    if name not in stages:
        raise StageError(f"There is no stage {name!r} in cdk.json; there are: {', '.join(sorted(stages))}.")
    given = stages[name]
    where = f"stages.{name}"
    _check_names(Stage, given, where, skip={"name"})
    sections: dict[str, Any] = {
        attribute: _section(kind, given[_camel(attribute)], f"{where}.{_camel(attribute)}")
        for attribute, kind in Stage.SECTIONS.items()
    }
    stage = Stage(
        name=name,
        reconcile_every_minutes=_value(
            "int", given["reconcileEveryMinutes"], f"{where}.reconcileEveryMinutes"
        ),
        compliance_checks=_value("bool", given["complianceChecks"], f"{where}.complianceChecks"),
        **sections,
    )
    _check_functions(stage.functions, f"{where}.functions")
    return stage


def _check_functions(functions: FunctionSettings, where: str) -> None:
    if DEFAULT_MEMORY not in functions.memory:
        raise StageError(f"{where}.memory needs an entry {DEFAULT_MEMORY!r}.")
    if functions.log_level not in LOG_LEVELS:
        raise StageError(
            f"{where}.logLevel is {functions.log_level!r}; allowed are: {', '.join(LOG_LEVELS)}. "
            "Below INFO the SDK would log credentials and task tokens."
        )


def _section(kind: type[_Section], given: object, where: str) -> _Section:
    _check_names(kind, given, where)
    settings = cast("Mapping[str, Any]", given)
    return kind(
        **{
            field.name: _value(
                str(field.type), settings.get(_camel(field.name)), f"{where}.{_camel(field.name)}"
            )
            for field in fields(cast("Any", kind))
        }
    )


def _check_names(
    kind: type, given: object, where: str, skip: frozenset[str] | set[str] = frozenset()
) -> None:
    if not isinstance(given, Mapping):
        raise StageError(f"{where} has to be an object.")
    known = {
        _camel(field.name): str(field.type) for field in fields(cast("Any", kind)) if field.name not in skip
    }
    if missing := {name for name, type_ in known.items() if type_ != _OPTIONAL} - set(given):
        raise StageError(f"{where} lacks {', '.join(sorted(missing))}.")
    if unknown := set(given) - set(known):
        raise StageError(
            f"{where} has unknown settings: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}."
        )


def _value(kind: str, value: Any, where: str) -> Any:
    expected = _FIELD_TYPES[kind]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise StageError(f"{where} is {value!r}, which is no {kind}.")
    if kind == "Removal":
        try:
            return Removal(value)
        except ValueError:
            allowed = ", ".join(removal.value for removal in Removal)
            raise StageError(f"{where} is {value!r}; allowed are: {allowed}.") from None
    return tuple(value) if isinstance(value, list) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
