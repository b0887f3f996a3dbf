"""Run the local Rekognition Video: `python -m local.rekognition --port P --state DIR`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from local.late import Late
from local.rekognition.limits import THROTTLES
from local.rekognition.server import Server
from local.rekognition.settings import PassSettings, ServiceSettings
from local.stopping import StopSignal

if TYPE_CHECKING:
    from local.rekognition.service import Service


def _arguments() -> argparse.Namespace:
    default = ServiceSettings()
    parser = argparse.ArgumentParser(
        prog="local.rekognition", description="Rekognition Video of one machine."
    )
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="folder for jobs and results")
    parser.add_argument("--max-open-jobs", type=int, default=default.most_open_jobs)
    parser.add_argument("--max-films", type=int, default=default.passes.most_films)
    parser.add_argument("--coalesce-ms", type=int, default=int(default.passes.coalesce_seconds * 1000))
    parser.add_argument(
        "--start-tps", type=float, default=default.start_rate, help="per operation; 0 is no limit"
    )
    parser.add_argument(
        "--get-tps", type=float, default=default.get_rate, help="per operation; 0 is no limit"
    )
    parser.add_argument("--throttle-error", choices=sorted(THROTTLES), default=default.throttle)
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = _arguments()
    level = logging.DEBUG if arguments.verbose else logging.INFO
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s rekognition %(levelname)s %(message)s"
    )
    for noisy in ("botocore", "boto3", "urllib3", "s3transfer"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    settings = ServiceSettings(
        most_open_jobs=arguments.max_open_jobs,
        start_rate=arguments.start_tps,
        get_rate=arguments.get_tps,
        throttle=arguments.throttle_error,
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        passes=PassSettings(max(0, arguments.coalesce_ms) / 1000, max(1, arguments.max_films)),
    )

    def make() -> Service:
        from local.rekognition.service import Service  # noqa: PLC0415  (slow to import)

        return Service(arguments.state, settings)

    service = Late(make)
    server = Server(arguments.port, service)

    stop = StopSignal()
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    logging.getLogger(__name__).info("listening on %s:%d", *server.server_address[:2])
    # Jobs of the last run are taken up then, too.
    service.prepare(lambda made: made.prepare())
    stop.wait()
    server.shutdown()
    for made in service.made:
        made.close()
    server.server_close()


if __name__ == "__main__":
    main()
