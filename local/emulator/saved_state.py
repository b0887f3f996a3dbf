"""What is kept between runs: saved as it goes, and restored with the service that it belongs to.

A start wakes what a deployed pipeline needs; any other service wakes up, its state with it, when it is used.

CloudFormation imports every service that it can make a resource of, and each of them saves its state. To
import them all again would be most of a start, and nobody asks for them until the next deployment.
"""

import functools
import json
import logging
import sys
import time
from pathlib import Path
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
SAVE_ATTEMPTS = 5


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
    data = _persistence().load_state(key)
    if not data:
        return
    try:
        service.load_persisted_state(data)
    except Exception:
        logger.exception("The state of %s could not be restored; it begins anew.", key)


def stacks() -> dict[str, str]:
    """The stacks that there are, with their status; while CloudFormation sleeps its file knows them."""
    awake: Any = sys.modules.get(f"{SERVICES}cloudformation")
    if awake is not None:
        known = awake._stacks
    else:
        known = (_persistence().load_state("cloudformation") or {}).get("stacks")
    records = known._data.values() if known is not None else ()
    statuses = {str(record["StackName"]): str(record["StackStatus"]) for record in records}
    return {name: status for name, status in statuses.items() if status != "DELETE_COMPLETE"}


def save_services(services: dict[str, Any]) -> None:
    """Save the state of every service, again if it changed while it was copied."""
    for name, get_state in services.items():
        for attempt in range(SAVE_ATTEMPTS):
            try:
                state = get_state()
                if state is not None:
                    _save(name, state)
                break
            except RuntimeError as error:
                if attempt == SAVE_ATTEMPTS - 1:
                    logger.warning("The state of %s was not saved: %s", name, error)
                time.sleep(0.05)


def _save(name: str, state: Any) -> None:
    """Write one service's state as the emulator's ``save_state`` does, which takes ten times as long.

    It writes as it encodes, and for that Python has no encoder in C; meanwhile no request would be answered.
    """
    emulator = _persistence()
    whole = {"__ministack_format__": emulator._state_format_version(name), "payload": state}
    path = Path(emulator.STATE_DIR, f"{name}.json")
    scratch = path.with_suffix(".json.tmp")
    try:
        scratch.write_text(json.dumps(whole, default=emulator._json_default), encoding="utf-8")
        scratch.replace(path)
    except (OSError, TypeError) as error:
        logger.warning("The state of %s was not saved: %s", name, error)
        scratch.unlink(missing_ok=True)


def _persistence() -> Any:
    from ministack.core import persistence  # noqa: PLC0415  (it reads at import where it is to save)

    return persistence
