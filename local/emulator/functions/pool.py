"""How many workers there are: few per function, few in all, and none for long without work."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local.emulator.functions.forks import Order, Process, spawn
from local.emulator.functions.worker import Code, Worker

PER_FUNCTION_VARIABLE = "TRAILER_FUNCTION_WORKERS"
TOTAL_VARIABLE = "TRAILER_TOTAL_WORKERS"
PER_FUNCTION = 2
TOTAL = 20
"""A warm worker for each of our functions, and a second one for those that a single film calls at once.

A worker holds some 30 MB of its own: ten films at once must fit into a laptop beside their rendering.
"""

WAIT_SECONDS = 120.0
"""An invocation that finds no free worker waits so long; then it is throttled, as Lambda would."""

IDLE_SECONDS = 300.0


class Throttled(Exception):
    """No worker became free in time."""


class Pool:
    """The workers of all functions."""

    def __init__(
        self,
        per_function: int | None = None,
        total: int | None = None,
        start: Callable[[Order, int], Process] = spawn,
    ) -> None:
        self._per_function = per_function or int(os.environ.get(PER_FUNCTION_VARIABLE) or PER_FUNCTION)
        self._total = total or int(os.environ.get(TOTAL_VARIABLE) or TOTAL)
        self._start = start
        self._changed = threading.Condition()
        self._idle: dict[str, list[Worker]] = {}
        self._busy: dict[str, int] = {}
        self._closed = False
        threading.Thread(target=self._reap, daemon=True, name="function-reaper").start()

    @contextmanager
    def worker(self, name: str, code: Code) -> Iterator[Worker]:
        """Lend a worker for one invocation.

        Args:
            name: The function, with account, region and version.
            code: What it runs now; workers of an older deployment are replaced.

        Raises:
            Throttled: none became free in time.
        """
        worker = self._take(name, code)
        try:
            yield worker
        finally:
            self._give_back(name, worker)

    def prepare(self, name: str, code: Code) -> None:
        """See to it that a function has a warm worker, if there is room without ending another's."""
        with self._changed:
            known = self._busy.get(name, 0) or any(worker.code == code for worker in self._idle.get(name, ()))
            if known or self._closed or self._count() >= self._total:
                return
            self._busy[name] = 1
        worker: Worker | None = None
        try:
            worker = Worker(code, self._start)
        finally:
            # Who asks for it before it is warm gets it all the same, and waits for the rest.
            self._give_back(name, worker) if worker else self._release(name)
        worker.warm_up()

    def _count(self) -> int:
        return sum(self._busy.values()) + sum(map(len, self._idle.values()))

    def _take(self, name: str, code: Code) -> Worker:
        deadline = time.monotonic() + WAIT_SECONDS
        doomed: list[Worker] = []
        try:
            with self._changed:
                while True:
                    worker = self._find(name, code, doomed)
                    if worker is not None:
                        self._busy[name] = self._busy.get(name, 0) + 1
                        return worker
                    if self._may_grow(name, doomed):
                        self._busy[name] = self._busy.get(name, 0) + 1
                        break
                    if self._closed or not self._changed.wait(deadline - time.monotonic()):
                        raise Throttled(name)
        finally:
            for old in doomed:
                old.kill()
        try:
            return Worker(code, self._start)
        except BaseException:
            self._release(name)
            raise

    def _find(self, name: str, code: Code, doomed: list[Worker]) -> Worker | None:
        idle = self._idle.get(name, [])
        while idle:
            worker = idle.pop()
            if worker.alive and worker.code == code:
                return worker
            doomed.append(worker)
        return None

    def _may_grow(self, name: str, doomed: list[Worker]) -> bool:
        """Whether another worker may start; makes room by ending the one that was idle longest."""
        if self._closed or self._busy.get(name, 0) >= self._per_function:
            return False
        idle = [(worker.last_used, other) for other, workers in self._idle.items() for worker in workers]
        if self._count() < self._total:
            return True
        if not idle:
            return False
        _, other = min(idle, key=lambda pair: pair[0])
        oldest = min(self._idle[other], key=lambda worker: worker.last_used)
        self._idle[other].remove(oldest)
        doomed.append(oldest)
        return True

    def _give_back(self, name: str, worker: Worker) -> None:
        worker.last_used = time.monotonic()
        keep = worker.alive and not self._closed
        with self._changed:
            if keep:
                self._idle.setdefault(name, []).append(worker)
        if not keep:
            worker.kill()
        self._release(name)

    def _release(self, name: str) -> None:
        with self._changed:
            self._busy[name] -= 1
            self._changed.notify_all()

    def _reap(self) -> None:
        while not self._closed:
            time.sleep(IDLE_SECONDS / 10)
            limit = time.monotonic() - IDLE_SECONDS
            with self._changed:
                old = [worker for idle in self._idle.values() for worker in idle if worker.last_used < limit]
                for idle in self._idle.values():
                    idle[:] = [worker for worker in idle if worker.last_used >= limit]
            for worker in old:
                worker.kill()

    def close(self) -> None:
        """End every idle worker and start none; busy ones end with their invocation or this process."""
        with self._changed:
            self._closed = True
            workers = [worker for idle in self._idle.values() for worker in idle]
            self._idle.clear()
            self._changed.notify_all()
        for worker in workers:
            worker.kill()
