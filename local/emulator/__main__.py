"""``python -m local.emulator --port P --state DIR``: the emulator alone, in the foreground."""

import argparse
import logging
import sys
from pathlib import Path

from local.emulator.server import serve
from local.errors import LocalAwsError


def main() -> int:
    """Parse the arguments and serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m local.emulator")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    arguments = parser.parse_args()
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("local").setLevel(logging.INFO)
    try:
        serve(arguments.port, arguments.state.resolve())
    except LocalAwsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
