"""Start with what a deployed pipeline needs; any other service wakes up, its state with it, when it is used.

CloudFormation imports every service that it can make a resource of, and each of them saves its state. To
import them all again would be most of a start, and nobody asks for them until the next deployment.
"""

import functools
import logging
import sys
from typing import Any

from local.emulator.imports import after_import

logger = logging.getLogger("local.emulator")

AWAKE = (
    # These act by themselves: queues and streams call functions, schedules fire, executions go on.
    *("lambda_svc", "stepfunctions", "eventbridge", "scheduler", "pipes"),
    # These every film asks for.
    *("s3", "dynamodb", "sqs", "sns"),
)
"""Modules that are imported and restored at the start."""

SERVICES = "ministack.services."


def wake_those_in_use() -> None:
    """Restore what must be awake; stands in for the emulator's ``_load_persisted_state``."""
    from ministack import app  # noqa: PLC0415  (configured before import)

    emulator: Any = app
    for module in AWAKE:
        emulator._get_module(module)
    keys = {key: SERVICES + module for key, module in emulator._state_map.items()}
    awake = {key: sys.modules[name] for key, name in keys.items() if name in sys.modules}
    for key, name in keys.items():
        if key not in awake:
            after_import(name, functools.partial(restore, key))
    # Last: what begins to act now may import any of the others.
    for key, service in awake.items():
        restore(key, service)


def restore(key: str, service: Any) -> None:
    """Give a service what its file holds; without one, or with one that it can't take, it begins anew."""
    from ministack.core.persistence import load_state  # noqa: PLC0415

    data = load_state(key)
    if not data:
        return
    try:
        service.load_persisted_state(data)
    except Exception:
        logger.exception("The state of %s could not be restored; it begins anew.", key)


def stacks() -> dict[str, str]:
    """The stacks that there are, with their status; while CloudFormation sleeps its file knows them."""
    from ministack.core.persistence import load_state  # noqa: PLC0415

    awake: Any = sys.modules.get(f"{SERVICES}cloudformation")
    known: Any = awake._stacks if awake is not None else (load_state("cloudformation") or {}).get("stacks")
    records = known._data.values() if known is not None else ()
    statuses = {str(record["StackName"]): str(record["StackStatus"]) for record in records}
    return {name: status for name, status in statuses.items() if status != "DELETE_COMPLETE"}
