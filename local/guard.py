"""``python -m local.guard MODULE ARGS…``: run a module that ends when the supervisor does.

A killed supervisor can't stop its children. Each child therefore reads from a pipe that only the supervisor
holds open; its end of file, on any system and however the supervisor died, is the signal to stop.
"""

import os
import runpy
import signal
import sys
import threading

PIPE_VARIABLE = "TRAILER_SUPERVISOR_PIPE"


def _stop_with_parent(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Start the watcher and become the module."""
    descriptor = int(os.environ.pop(PIPE_VARIABLE))
    os.set_inheritable(descriptor, False)
    threading.Thread(target=_stop_with_parent, args=(descriptor,), daemon=True).start()
    module, sys.argv = sys.argv[1], sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
