"""Many runs on all processors: each worker has its own clients, each run its own world."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from tests.chaos import storm, systematic
from tests.chaos.report import Part, one_run, print_part
from tests.chaos.systematic import Case

WORKERS = max(1, os.cpu_count() or 1)


def many(title: str, work: Iterable[Any], play: Callable[[Any], Part], name: Callable[[Any], str]) -> int:
    """Make many runs, on all processors, and print what came of them."""
    started, whole, failures = time.monotonic(), Part(), []
    items = list(work)
    sys.stderr.write(f"{title}: {len(items)} runs\n")
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        for item, part in zip(items, pool.map(play, items, chunksize=4), strict=True):
            whole += part
            if part.broken:
                failures.append((name(item), part.broken))
    print_part(title, whole, failures, time.monotonic() - started)
    return len(failures)


def one_case(case: Case) -> Part:
    """A run with one fault."""
    warnings.simplefilter("ignore")
    run = systematic.play(case)
    return one_run(len(run.calls), run.injected, run.broken, run.trace_hash)


def one_small(seed: int) -> Part:
    """A run with mixed faults over a few uploads."""
    warnings.simplefilter("ignore")
    world = storm.small(seed)
    outcome = storm.weather(world)
    return one_run(outcome.calls, outcome.injected, outcome.broken, outcome.trace_hash, outcome.statuses)
