"""Quotas of the account and the schedule of passes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PassSettings:
    """How passes are scheduled."""

    coalesce_seconds: float = 0.15
    most_films: int = 2
    """Films decoded at the same time; the others wait and stay IN_PROGRESS."""


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Quotas of the account and the schedule of passes."""

    most_open_jobs: int = 20
    start_rate: float = 5.0
    get_rate: float = 20.0
    throttle: str = "ProvisionedThroughputExceededException"
    region: str = "us-east-1"
    passes: PassSettings = field(default_factory=PassSettings)
