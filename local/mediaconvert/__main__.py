"""``python -m local.mediaconvert --port P --state DIR``: serve until SIGTERM."""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from pathlib import Path

import av.logging

from local.mediaconvert.server import Server
from local.mediaconvert.service import Service


def main() -> None:
    """Read the arguments and serve; logs go to stderr."""
    parser = argparse.ArgumentParser(prog="python -m local.mediaconvert", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="directory for jobs and cached inputs")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s mediaconvert %(levelname)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    av.logging.set_level(av.logging.PANIC)
    arguments.state.mkdir(parents=True, exist_ok=True)
    service = Service(arguments.state)
    server = Server(arguments.port, service)
    service.start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    logging.getLogger(__name__).info("listening on http://127.0.0.1:%d", server.port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    server.shutdown()
    service.stop()


if __name__ == "__main__":
    main()
