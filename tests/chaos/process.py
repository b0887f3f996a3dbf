"""Processes of functions: a handler in a thread of its own that runs only while it has the baton.

A handler is plain blocking code. It stops at each call to AWS, so that all the
others can go on meanwhile; who goes on is decided by the virtual clock, never
by the operating system, and only one thread runs at any moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from tests.chaos.loop import Loop


def _closed() -> threading.Lock:
    """A lock that is taken: one thread waits at it until another releases it."""
    lock = threading.Lock()
    lock.acquire()
    return lock


class Killed(BaseException):
    """The process is dead: no ``except Exception`` of the product may survive it."""


class Process:
    """One run of a handler.

    Attributes:
        function: the folder of the handler.
        death: why it was killed, as Lambda reports it; None while it lives.
        dying: it will be dead at its next call.
    """

    def __init__(self, loop: Loop, pool: Pool, function: str) -> None:
        self.loop, self.function = loop, function
        self.death: str | None = None
        self.dying: str | None = None
        self.ended = False
        self.subject = ""
        self._pool = pool
        self._go = _closed()
        self._back = _closed()

    def start(self, work: Callable[[], Any], on_end: Callable[[Any, BaseException | None], None]) -> None:
        """Run until the first pause or the end; ``on_end`` gets the result or the error, from the loop."""

        def body() -> None:
            self._go.acquire()
            result, error = None, None
            try:
                self.check()
                result = work()
                self.death = self.death or self.dying
                self.check()
            except (Exception, Killed) as caught:
                error = caught
            self.ended = True
            self.loop.after(0, lambda: on_end(result, error))
            self._back.release()

        self._pool.run(body)
        self.resume()

    def resume(self) -> None:
        """Hand the baton to the process and wait until it is back."""
        if self.ended:
            return
        before, self._pool.current = self._pool.current, self
        self._go.release()
        self._back.acquire()
        self._pool.current = before

    def pause(self, seconds: float) -> None:
        """Called by the process: give the baton back for some time.

        Raises:
            Killed: the process died meanwhile.
        """
        self.check()
        self.loop.after(seconds, self.resume)
        self._back.release()
        self._go.acquire()
        self.check()

    def check(self) -> None:
        """Called by the process.

        Raises:
            Killed: it is dead.
        """
        if self.death:
            raise Killed

    def kill(self, why: str) -> None:
        """Called from outside: the process ends at the pause it is in."""
        if not self.ended and not self.death:
            self.death = why
            self.resume()

    def die(self, why: str) -> None:
        """Called by the process about itself."""
        self.death = why
        raise Killed


class Pool:
    """Who has the baton."""

    def __init__(self) -> None:
        self.current: Process | None = None

    def run(self, body: Callable[[], None]) -> None:
        """Run something in a thread that is free."""
        thread = _IDLE.pop() if _IDLE else _Thread()
        thread.give(body)


class _Thread:
    """A thread that is used again, in this run and in the next."""

    def __init__(self) -> None:
        self._work: Callable[[], None] | None = None
        self._given = _closed()
        threading.Thread(target=self._loop, daemon=True, name="chaos").start()

    def give(self, body: Callable[[], None]) -> None:
        self._work = body
        self._given.release()

    def _loop(self) -> None:
        while True:
            self._given.acquire()
            assert self._work is not None
            self._work()
            self._work = None
            _IDLE.append(self)


_IDLE: list[_Thread] = []
