"""Several functions at once, one call of a port at a time: who goes next, and what goes wrong, is chosen outside.

A function runs in a thread that stops before each call it makes to the outside.
Only one thread ever runs, so a run is as repeatable as the choices.
"""

from __future__ import annotations

import threading
from types import SimpleNamespace

from trailer.errors import ServiceBusyError

PORTS = ("catalogue", "jobs", "proxies", "detections", "results", "workflow")

GO = "go"
FATES = (GO, "killed before", "killed after", "busy", "answer lost", "repeated")
"""What may happen to a call: the function dies around it, the service does nothing, does it and loses
the answer, or does it and loses the answer, whereupon boto3 repeats the call by itself."""


class Killed(BaseException):
    """The function's process is gone."""


class Actor:
    """One invocation of a function, on its way."""

    def __init__(self, name, step, services):
        self.name = name
        self.error: BaseException | None = None
        self.over = False
        self.calls: list[str] = []
        self._fate = GO
        self._may_go, self._has_stopped = threading.Semaphore(0), threading.Semaphore(0)
        ports = [port for port in PORTS if hasattr(services, port)]
        watched = {port: _Watched(port, getattr(services, port), self._call) for port in ports}
        self._services = SimpleNamespace(**(vars(services) | watched))
        self._thread = threading.Thread(target=self._run, args=(step,), daemon=True)
        self._thread.start()
        self._has_stopped.acquire()

    def proceed(self, fate=GO):
        """Make the call before which it stands, and go on to the next one."""
        if self.over:
            return
        self._fate = fate
        self._may_go.release()
        self._has_stopped.acquire()

    def finish(self):
        while not self.over:
            self.proceed()

    def kill(self):
        self.proceed("killed before")
        self._thread.join()

    def _run(self, step):
        self._stop()
        try:
            step(self._services)
        except BaseException as error:
            self.error = error
        self.over = True
        self._has_stopped.release()

    def _stop(self):
        self._has_stopped.release()
        self._may_go.acquire()

    def _call(self, name, call):
        if self.calls:
            self._stop()
        self.calls.append(name)
        fate, self._fate = self._fate, GO
        if fate == "killed before":
            raise Killed
        if fate == "busy":
            raise ServiceBusyError(f"{name} is busy")
        result = call()
        if fate == "killed after":
            raise Killed
        if fate == "answer lost":
            raise ServiceBusyError(f"{name} did not answer")
        return call() if fate == "repeated" and not name.startswith("detections") else result


class _Watched:
    def __init__(self, port, target, call):
        self._port, self._target, self._call = port, target, call

    def __getattr__(self, name):
        target = getattr(self._target, name)
        if not callable(target):
            return target
        return lambda *args, **kwargs: self._call(f"{self._port}.{name}", lambda: target(*args, **kwargs))
