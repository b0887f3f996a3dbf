"""Virtual time: what is scheduled happens in order, as fast as the machine can, and always the same way."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Coroutine, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Cancelled(BaseException):
    """The coroutine's result is not wanted any more. No ``except Exception`` may hold it."""


class Timer:
    """Something scheduled. A background timer, such as a clock's tick, keeps nothing awake."""

    __slots__ = ("background", "callback", "when")

    def __init__(self, when: float, callback: Callable[[], None] | None, background: bool) -> None:
        self.when, self.callback, self.background = when, callback, background


class Loop:
    """A heap of timers; ``now`` is in seconds since ``EPOCH``."""

    def __init__(self) -> None:
        self.now = 0.0
        self.handled = 0
        """Timers run so far that were no background."""
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._awake = 0

    def at(self, when: float, callback: Callable[[], None], *, background: bool = False) -> Timer:
        """Run a callback at a time, or now if that is past."""
        timer = Timer(max(when, self.now), callback, background)
        heapq.heappush(self._heap, (timer.when, next(self._order), timer))
        self._awake += not background
        return timer

    def after(self, delay: float, callback: Callable[[], None], *, background: bool = False) -> Timer:
        """Run a callback after some seconds."""
        return self.at(self.now + delay, callback, background=background)

    def cancel(self, timer: Timer) -> None:
        """Forget a timer; one that ran or was cancelled is no error."""
        if timer.callback is not None:
            timer.callback = None
            self._awake -= not timer.background

    @property
    def idle(self) -> bool:
        """Whether nothing but the background is scheduled."""
        return self._awake == 0

    def step(self) -> None:
        """Run the next timer."""
        _, _, timer = heapq.heappop(self._heap)
        callback = timer.callback
        if callback is None:
            return
        self.cancel(timer)
        self.now = timer.when
        self.handled += not timer.background
        callback()

    def run(self, until: Callable[[], bool]) -> None:
        """Run timers until a condition holds or nothing is left."""
        while self._heap and not until():
            self.step()

    def clock(self) -> datetime:
        """The time of day."""
        return EPOCH + timedelta(seconds=self.now)

    def sleep(self, seconds: float) -> Future:
        """A future that is done after some seconds."""
        future = Future(self)
        self.after(seconds, lambda: future.set(None))
        return future


class Future:
    """A value or an error that is there at some time; the first one counts."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.done = False
        self.value: Any = None
        self.error: BaseException | None = None
        self._callbacks: list[Callable[[], None]] = []

    def set(self, value: Any) -> None:
        """Give the value."""
        if not self.done:
            self.done, self.value = True, value
            self._tell()

    def fail(self, error: BaseException) -> None:
        """Give an error instead."""
        if not self.done:
            self.done, self.error = True, error
            self._tell()

    def then(self, callback: Callable[[], None]) -> None:
        """Call back when it is done: always from the loop, never from here."""
        if self.done:
            self.loop.after(0, callback)
        else:
            self._callbacks.append(callback)

    def result(self) -> Any:
        """The value; raises the error if there is one."""
        if self.error is not None:
            raise self.error
        return self.value

    def _tell(self) -> None:
        for callback in self._callbacks:
            self.loop.after(0, callback)
        self._callbacks.clear()

    def __await__(self) -> Generator[Future, None, Any]:
        if not self.done:
            yield self
        return self.result()


class Task(Future):
    """A coroutine under way."""

    def __init__(self, loop: Loop, coroutine: Coroutine[Future, None, Any]) -> None:
        super().__init__(loop)
        self._coroutine = coroutine
        self._waits = 0
        loop.after(0, lambda: self._go(0))

    def cancel(self) -> None:
        """Throw ``Cancelled`` into it. Not to be called from within itself."""
        if not self.done:
            self._go(self._waits, Cancelled())

    def _go(self, wait: int, error: BaseException | None = None) -> None:
        if self.done or wait != self._waits:
            return
        self._waits += 1
        mine = self._waits
        try:
            awaited = self._coroutine.throw(error) if error else self._coroutine.send(None)
        except StopIteration as end:
            self.set(end.value)
        except (Exception, Cancelled) as failure:
            self.fail(failure)
        else:
            awaited.then(lambda: self._go(mine))


async def first_of(loop: Loop, future: Future, deadline: float | None) -> bool:
    """Wait for a future; False if the deadline came first. The future lives on."""
    if future.done or deadline is None:
        if not future.done:
            gate = Future(loop)
            future.then(lambda: gate.set(None))
            await gate
        return True
    gate = Future(loop)
    timer = loop.at(deadline, lambda: gate.set(None))
    future.then(lambda: gate.set(None))
    try:
        await gate
    finally:
        loop.cancel(timer)
    return future.done
