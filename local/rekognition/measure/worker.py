"""A process that measures one film and ends: `python -m local.rekognition.measure.worker`.

It imports everything first and then waits for its order on standard input, so
that a spare worker costs no start-up time when a job begins. A process of its
own keeps a film that crashes a decoder from taking the service with it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from local.rekognition.measure.faces import FaceFinder
from local.rekognition.measure.film import FilmError
from local.rekognition.measure.film_pass import FilmPass
from local.rekognition.measure.people import PeopleFinder

_LINE = threading.Lock()


def _say(message: dict[str, Any]) -> None:
    with _LINE:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def _listen(film_pass: FilmPass) -> None:
    """Let further detectors in while our parent asks for them; leave when it closes our input or dies."""
    for line in sys.stdin:
        detectors = frozenset(json.loads(line)["also"])
        _say({"joined" if film_pass.join(detectors) else "refused": sorted(detectors)})
    os._exit(3)


def main() -> None:
    """Take one order, report progress, and say how it ended."""
    FaceFinder()
    PeopleFinder()
    line = sys.stdin.readline()
    if not line:
        return
    order = json.loads(line)
    film_pass = FilmPass(
        Path(order["film"]),
        Path(order["folder"]),
        frozenset(order["detectors"]),
        lambda number, promised: _say({"frame": number, "of": promised}),
    )
    threading.Thread(target=_listen, args=(film_pass,), daemon=True).start()
    try:
        film_pass.run()
    except FilmError as error:
        _say({"failed": str(error)})
    except MemoryError:
        _say({"broken": "ran out of memory"})
    else:
        _say({"done": True})
    sys.stdout.flush()
    os._exit(0)  # The thread that listens to our parent would keep a plain exit waiting.


if __name__ == "__main__":
    main()
