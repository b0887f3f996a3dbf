"""The deployed half of ``make chaos``: the same faults on the real stack, and whether both halves agree."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from pathlib import Path

from tests.chaos.deployed.cases import common
from tests.chaos.deployed.films import Films
from tests.chaos.deployed.singles import Compared, Singles, play_all
from tests.chaos.deployed.stack import Stack, deployed
from tests.chaos.deployed.storm import Storm


def main(arguments: list[str]) -> int:
    """Run what was asked for; 1 when an invariant did not hold or the halves differ."""
    warnings.simplefilter("ignore")
    given = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        state_dir = given.state_dir or Path(scratch) / "aws"
        with deployed(state_dir) as stack:
            films = Films(stack, state_dir / "films")
            failed = 0
            if given.only in (None, "singles"):
                failed += _singles(stack, films, given)
            if given.only in (None, "storm") and given.uploads:
                failed += _storm(stack, films, given)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.deployed", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--uploads", type=int, default=120, help="uploads of the storm")
    parser.add_argument("--only", choices=("singles", "storm"))
    parser.add_argument("--case", default="", help="only the cases whose name has this in it")
    parser.add_argument("--skip", type=int, default=0, help="leave out so many cases at the beginning")
    parser.add_argument("--restart", action="store_true", help="restart the emulator in the storm")
    parser.add_argument("--state-dir", type=Path, help="where the environment lives, to be looked at later")
    return parser


def _singles(stack: Stack, films: Films, given: argparse.Namespace) -> int:
    cases = [case for case in common() if given.case in case.name][given.skip :]
    say(f"\n{len(cases)} cases in the model and on the deployed stack, seed {given.seed}")
    began = time.monotonic()
    results = play_all(Singles(stack, films, given.seed), cases, _tell)
    failed = [result for result in results if not result.holds]
    agreeing = sum(result.agrees for result in results)
    say(
        f"  {len(results)} cases in {time.monotonic() - began:.0f} s: {agreeing} agree, "
        f"{sum(bool(result.broken) for result in results)} broke an invariant, "
        f"{sum(not result.happened for result in results)} never struck"
    )
    return len(failed)


def _tell(result: Compared) -> None:
    sign = "✓" if result.holds else "✗"
    say(f"  {sign} {result.seconds:5.1f} s  {result.case.name}: {result.deployed}")
    if not result.agrees:
        say(f"      the model says: {result.modelled}")
    if not result.happened:
        say("      its fault never struck")
    for violation in (*result.broken, *result.broken_in_model)[:5]:
        say(f"      {violation}"[:400])


def _storm(stack: Stack, films: Films, given: argparse.Namespace) -> int:
    say(f"\n{given.uploads} uploads at once under mixed faults, seed {given.seed}")
    weather = Storm(stack, films, given.seed).rage(given.uploads, restart=given.restart)
    for kind, count in sorted(weather.injected.items()):
        say(f"  {count:7d}  {kind}")
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(weather.statuses.items()))
    say(f"  records: {statuses}; dead letters: {weather.dead_letters}")
    say(f"  {weather.jobs} jobs; all was over after {weather.seconds:.0f} s")
    ratio = weather.drain / max(1e-9, weather.best)
    say(
        f"  drained in {weather.drain:.0f} s; free slots allow {weather.best:.0f} s: ratio {ratio:.2f}; "
        f"{weather.used:.0%} of them used while a job waited"
    )
    say(f"  longest wait for a slot {weather.longest_wait:.0f} s")
    say(f"  state transitions of a completed film: {weather.transitions[0]} to {weather.transitions[1]}")
    for violation in weather.broken[:40]:
        say(f"  ✗ {violation}"[:400])
    say(f"  {len(weather.broken)} violations")
    return len(weather.broken)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
