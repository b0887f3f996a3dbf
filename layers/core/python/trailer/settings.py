"""What the deployment tells the functions: environment names and their parsing.

The names live here, once: ``infra`` sets them and the functions read them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CATALOGUE_TABLE: Final = "CATALOGUE_TABLE"
JOBS_TABLE: Final = "JOBS_TABLE"
RESULTS_BUCKET: Final = "RESULTS_BUCKET"
DETECTION_TOPIC_ARN: Final = "DETECTION_TOPIC_ARN"
DETECTION_ROLE_ARN: Final = "DETECTION_ROLE_ARN"
NOTIFICATION_TOPIC_ARN: Final = "NOTIFICATION_TOPIC_ARN"
DEFAULT_OPTIONS: Final = "DEFAULT_OPTIONS"
MAKE_TRAILER_ARN: Final = "MAKE_TRAILER_ARN"
"""Only ApplySidecar has it: every function of a state machine would make a circle of it."""

NAMES: Final = (
    CATALOGUE_TABLE,
    JOBS_TABLE,
    RESULTS_BUCKET,
    DETECTION_TOPIC_ARN,
    DETECTION_ROLE_ARN,
    NOTIFICATION_TOPIC_ARN,
    DEFAULT_OPTIONS,
)


class MissingSettingsError(Exception):
    """The function was deployed without an environment variable that it needs."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment of one deployment. Every function gets all of it."""

    catalogue_table: str
    jobs_table: str
    results_bucket: str
    detection_topic_arn: str
    detection_role_arn: str
    notification_topic_arn: str
    default_options: Mapping[str, Any]
    """Options of an upload that says nothing, as ``cdk.json`` has them for the stage."""
    make_trailer_arn: str = ""
    """Of the state machine; empty in functions that don't start it."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the settings from an environment.

        Raises:
            MissingSettingsError: names every variable that is absent, not only the first.
        """
        missing = [name for name in NAMES if not env.get(name)]
        if missing:
            raise MissingSettingsError(f"missing environment: {', '.join(missing)}")
        return cls(
            catalogue_table=env[CATALOGUE_TABLE],
            jobs_table=env[JOBS_TABLE],
            results_bucket=env[RESULTS_BUCKET],
            detection_topic_arn=env[DETECTION_TOPIC_ARN],
            detection_role_arn=env[DETECTION_ROLE_ARN],
            notification_topic_arn=env[NOTIFICATION_TOPIC_ARN],
            default_options=json.loads(env[DEFAULT_OPTIONS]),
            make_trailer_arn=env.get(MAKE_TRAILER_ARN, ""),
        )
