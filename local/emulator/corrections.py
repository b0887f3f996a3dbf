"""Install the corrections: which functions of MiniStack we replace, and in which order."""

from pathlib import Path
from typing import Any

from local.emulator import events, objects, saved_state, stepfunctions
from local.emulator.engine import Engine
from local.emulator.functions.forks import Forks
from local.emulator.functions.install import Functions
from local.emulator.functions.install import install as install_functions
from local.emulator.imports import leave_out
from local.emulator.states.run import freeze

_engine: Engine | None = None
_functions: Functions | None = None


def apply(state_dir: Path, forks: Forks | None) -> None:
    """Install every correction; MiniStack must be configured, and must not serve yet.

    Args:
        state_dir: What is kept between runs.
        forks: What functions' workers are forked from.
    """
    from ministack import app  # noqa: PLC0415  (it reads its configuration at import)

    global _engine, _functions  # noqa: PLW0603  (one emulator is one process)
    # Our interpreter refuses JSONata, and nothing here runs in a container.
    for name in ("jsonata", "docker"):
        leave_out(name)
    _functions = install_functions(state_dir, forks)
    engine = _engine = stepfunctions.install(state_dir, _functions)
    events.install()
    objects.install()

    def load_and_resume() -> None:
        saved_state.wake_those_in_use()
        _move_queues()
        stepfunctions.resume(engine)

    emulator: Any = app
    emulator._load_persisted_state = load_and_resume
    app.save_all = saved_state.save_services


def _move_queues() -> None:
    """Give restored queues their URL of today.

    The emulator keeps a queue under its URL, which holds the port; after a start on another port its event
    source mappings would look for queues that are not there.
    """
    from ministack.services import sqs  # noqa: PLC0415

    service: Any = sqs
    queues = service._queues._data
    for (account, region, url), queue in list(queues.items()):
        today = service._queue_url_for_account(account, queue["name"])
        if today != url:
            queue["url"] = today
            queues[account, region, today] = queues.pop((account, region, url))
    service._queue_name_to_url.clear()
    service._rebuild_queue_name_index()


def running_executions() -> int:
    """Count state machine executions under way."""
    return _engine.running if _engine else 0


def stop() -> None:
    """Stop the clock of every execution, before the state is saved for the last time."""
    freeze()
    if _functions is not None:
        _functions.close()
