"""``make chaos``: break the pipeline in every way we can think of, and say what held."""

from __future__ import annotations

import argparse
import sys
import time
import warnings

from tests.chaos import storm, systematic
from tests.chaos.report import print_storm
from tests.chaos.running import many, one_case, one_small


def main(arguments: list[str]) -> int:
    """Run what was asked for; 1 when an invariant did not hold."""
    warnings.simplefilter("ignore")
    given = _parser().parse_args(arguments)
    if given.run is not None:
        return _one_small_run(given.run, given.trace)
    if given.case is not None:
        return _one_case(given)
    broken = 0
    if given.only in (None, "systematic"):
        cases = list(systematic.cases(given.seed))
        broken += many("One fault at each call of each function", cases, one_case, str)
    if given.only in (None, "refused"):
        cases = list(systematic.refusals(given.seed))
        broken += many("Each API refused to each function for ever", cases, one_case, str)
    if given.only in (None, "errors"):
        cases = list(systematic.errors(given.seed))
        broken += many("Each error that AWS's models name for each call, for ever", cases, one_case, str)
    if given.only in (None, "mixed"):
        seeds = range(given.seed, given.seed + given.runs)
        broken += many(
            "Mixed faults over a few uploads", seeds, one_small, lambda seed: f"make chaos RUN={seed}"
        )
    if given.only in (None, "storm") and given.uploads:
        started = time.monotonic()
        world = storm.storm(given.seed, given.uploads)
        outcome = storm.weather(world)
        print_storm(outcome, time.monotonic() - started)
        broken += len(outcome.broken)
        _write_trace(given.trace, world.lines)
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=300, help="small runs under mixed faults")
    parser.add_argument("--uploads", type=int, default=1000, help="uploads of the storm")
    parser.add_argument("--only", choices=("systematic", "refused", "errors", "mixed", "storm"))
    parser.add_argument("--run", type=int, help="only this small run under mixed faults")
    parser.add_argument("--case", help="only the single faults whose name has this in it")
    parser.add_argument("--trace", action="store_true", help="print what happened, call by call")
    return parser


def _one_small_run(seed: int, trace: bool) -> int:
    world = storm.small(seed)
    outcome = storm.weather(world)
    _write_trace(trace, world.lines)
    print_storm(outcome, 0.0)
    return 1 if outcome.broken else 0


def _one_case(given: argparse.Namespace) -> int:
    found = [
        case
        for source in (systematic.cases, systematic.refusals, systematic.errors)
        for case in source(given.seed)
        if given.case in str(case)
    ]
    for case in found:
        world = systematic.stage(case)
        world.run()
        _write_trace(given.trace, world.lines)
        broken = systematic.violations(world)
        sys.stdout.write("\n".join([f"{case} {world.trace_hash}", *map(str, broken)]) + "\n")
    return 0 if found else 1


def _write_trace(wanted: bool, lines: list[str]) -> None:
    if wanted:
        sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
