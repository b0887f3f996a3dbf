"""The process that workers are forked from: it has imported once what every function imports first.

Importing boto3 is half of a cold start. Lambda hides much of that behind machines that it keeps ready; here a
process keeps it ready, and what its children never change they share in memory. It runs as a worker does,
without this environment's site-packages: it may import the standard library and the runtime's packages only.
"""

import contextlib
import errno
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import time
import traceback
from typing import Any

PRELOADED = (
    *("boto3", "s3transfer.manager", "boto3.dynamodb.transform", "jmespath", "logging.config"),
    *("asyncio", "typing_extensions", "wrapt"),
)
"""Nothing that reads a function's environment at import, as Powertools and the runtime client do."""

_MESSAGE_BYTES = 1 << 20


def preload() -> None:
    """Import what functions have in common; what is absent they will miss themselves."""
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with contextlib.suppress(Exception):
        _share_descriptions()
        # A client imports as much again when it is made. These are never used.
        session = sys.modules["boto3"].session.Session("x", "x", region_name="us-east-1")
        session.client("s3")
        session.resource("dynamodb")
    gc.collect()
    gc.freeze()


def _share_descriptions() -> None:
    """Let every session read the descriptions of services through one loader, which keeps what it has read.

    To parse those of S3, DynamoDB and the endpoints takes longer than all that a client does with them.
    """
    botocore: Any = importlib.import_module("botocore.session")
    create = botocore.create_loader
    shared = create()

    def create_loader(search_path: str | None = None) -> Any:
        return create(search_path) if search_path else shared

    botocore.create_loader = create_loader


def become(order: dict[str, Any], output: int) -> None:
    """Turn this fork into a worker; never returns."""
    code = 1
    try:
        os.setsid()
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.closerange(3, 4096)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(order["variables"])
        time.tzset()
        os.chdir(order["directory"])
        runtime, handler = order["runtime"], order["handler"]
        # As Python sets it up: the directory of the script or of ``-m``, PYTHONPATH, the standard library.
        sys.path[:0] = [order["directory"], *order["path"]]
        if runtime[0] == "-m":
            sys.argv = [runtime[1], handler]
            runpy.run_module(runtime[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = [runtime[0], handler]
            runpy.run_path(runtime[0], run_name="__main__")
        code = 0
    except SystemExit as end:
        code = _exit_code(end)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(code)


def _exit_code(end: SystemExit) -> int:
    """What Python makes of ``sys.exit``: no argument is 0, anything but a number is said and counts as 1."""
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    sys.stderr.write(f"{end.code}\n")
    return 1


class Seed:
    """Forks on order, and tells how each fork ended."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._endings: dict[int, int] = {}

    def serve(self) -> None:
        """Take orders until nobody is there to give any."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            orders = self._orders.fileno()
            ready, _, _ = select.select([orders, reader], [], [])
            if reader in ready:
                os.read(reader, 4096)
                self._reap()
            if orders in ready and not self._take():
                return

    def _take(self) -> bool:
        message, given, _, _ = socket.recv_fds(self._orders, _MESSAGE_BYTES, 2)
        if not message:
            return False
        output, ending = given
        try:
            child = os.fork()
        except OSError:
            child = -1
        if child == 0:
            become(json.loads(message), output)
        os.close(output)
        os.write(ending, b"%d\n" % child)
        if child > 0:
            self._endings[child] = ending
        else:
            os.close(ending)
        return True

    def _reap(self) -> None:
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except OSError as error:
                if error.errno == errno.ECHILD:
                    return
                raise
            if child == 0:
                return
            ending = self._endings.pop(child, None)
            if ending is not None:
                with contextlib.suppress(OSError):
                    os.write(ending, b"%d\n" % os.waitstatus_to_exitcode(status))
                os.close(ending)


def main() -> None:
    """Serve on the socket that the first argument is the number of."""
    # The directory of this file holds modules of the emulator, which no function may find.
    del sys.path[0]
    preload()
    # Every worker has a path of its own, which ends with the standard library.
    given = set((os.environ.get("PYTHONPATH") or "").split(os.pathsep))
    sys.path[:] = [entry for entry in sys.path if entry not in given]
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        Seed(orders).serve()


if __name__ == "__main__":
    main()
