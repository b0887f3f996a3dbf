"""``python -m local.mediaconvert --port P --state DIR``: serve until SIGTERM."""

from __future__ import annotations

import argparse
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from local.late import Late
from local.mediaconvert.server import Server
from local.stopping import StopSignal

if TYPE_CHECKING:
    from local.mediaconvert.operations import Operations


def main() -> None:
    """Read the arguments and serve; logs go to stderr."""
    parser = argparse.ArgumentParser(prog="python -m local.mediaconvert", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="directory for jobs and cached inputs")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s mediaconvert %(levelname)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    arguments.state.mkdir(parents=True, exist_ok=True)
    operations = Late(lambda: _operations(arguments.state))
    server = Server(arguments.port, operations)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    logging.getLogger(__name__).info("listening on http://127.0.0.1:%d", server.port)
    # Jobs of the last run are taken up then, too.
    operations.prepare()
    StopSignal().wait()
    server.shutdown()
    for made in operations.made:
        made.service.stop()


def _operations(state: Path) -> Operations:
    """Make the service, and let it take up its jobs."""
    from local.mediaconvert.operations import begin  # noqa: PLC0415  (it reads FFmpeg and botocore: slow)

    return begin(state)


if __name__ == "__main__":
    main()
