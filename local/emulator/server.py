"""Serve the corrected MiniStack: one process, loopback only, its state saved as it goes."""

import asyncio
import json
import logging
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from local.emulator import corrections, events, saved_state
from local.emulator.configuration import HOST, configure, require_pinned_version
from local.emulator.functions.install import start_seed
from local.faults import deliveries
from local.faults.calls import CallFaults
from local.faults.gateway import FaultyGateway
from local.faults.injector import injector

logger = logging.getLogger("local.emulator")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SAVE_SECONDS = 20.0
"""A killed process loses at most this much; a graceful stop loses nothing."""


class Gateway:
    """Stands before MiniStack: answers what only we know and remembers when the outside last asked."""

    def __init__(self, application: Application, save: Callable[[], None]) -> None:
        self._application = application
        self._save = save
        self._last_request = time.monotonic()
        self.changed = threading.Event()
        """Set by every request; the periodic save clears it, so that an idle emulator writes nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer our own paths, pass everything else on."""
        if scope["type"] == "http":
            path = scope["path"]
            if path == "/_local/activity":
                await _answer(send, self._activity())
                return
            if path == "/_local/stacks":
                await _answer(send, saved_state.stacks())
                return
            if path == "/_local/save":
                await asyncio.to_thread(self._save)
                await _answer(send, {"saved": True})
                return
            self._note(scope, path)
        await self._application(scope, receive, send)

    def _note(self, scope: Scope, path: str) -> None:
        if path in ("/health", "/_ministack/health"):
            return
        self.changed.set()
        headers = dict(scope["headers"])
        emitter = headers.get(events.EMITTER_HEADER)
        events.emitter.set(emitter.decode() if emitter else None)
        agent = headers.get(b"user-agent", b"")
        # A deployed schedule calls the emulator every minute for ever: only callers outside a function keep
        # the local AWS awake.
        if b"exec-env/AWS_Lambda" not in agent:
            self._last_request = time.monotonic()

    def _activity(self) -> dict[str, Any]:
        return {
            "idleSeconds": time.monotonic() - self._last_request,
            "runningExecutions": corrections.running_executions(),
        }


async def _answer(send: Send, body: dict[str, Any]) -> None:
    payload = json.dumps(body).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
    )
    await send({"type": "http.response.body", "body": payload})


def serve(port: int, state_dir: Path) -> None:
    """Run the emulator until SIGTERM or SIGINT, then save its state and return.

    Raises:
        EmulatorVersionError: another MiniStack than the pinned one is installed.
    """
    require_pinned_version()
    configure(port, state_dir)
    forks = start_seed(state_dir)
    from ministack import app as ministack  # noqa: PLC0415  (it reads the environment at import)

    corrections.apply(state_dir, forks)
    lock = threading.Lock()

    def save() -> None:
        with lock:
            ministack.save_all(ministack._build_persistence_save_dict())

    application: Application = ministack.app
    if (faults := injector()) is not None:
        deliveries.install(faults)
        application = FaultyGateway(application, CallFaults(faults))
    gateway = Gateway(application, save)
    asyncio.run(_run(gateway, port, save))


async def _run(gateway: Gateway, port: int, save: Callable[[], None]) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve  # noqa: PLC0415  (slow to import)
    from hypercorn.config import Config  # noqa: PLC0415

    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    saver = asyncio.create_task(_save_periodically(gateway, save))
    application: Any = gateway

    async def stopped() -> None:
        await stop.wait()
        saver.cancel()
        # Before hypercorn tells MiniStack, which then saves and ends.
        corrections.stop()

    await hypercorn_serve(application, config, shutdown_trigger=stopped)


async def _save_periodically(gateway: Gateway, save: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        if gateway.changed.is_set() or corrections.running_executions():
            gateway.changed.clear()
            await asyncio.to_thread(save)
