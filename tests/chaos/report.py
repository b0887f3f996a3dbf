"""What ``make chaos`` prints."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from tests.chaos.faults import Violation
from tests.chaos.storm import Weather

_SHOWN = 40


@dataclass(frozen=True)
class Part:
    """One or many runs of one kind."""

    runs: int = 0
    calls: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    broken: tuple[Violation, ...] = ()
    hashes: tuple[str, ...] = ()
    statuses: Counter[str] = field(default_factory=Counter)
    visited: Counter[str] = field(default_factory=Counter)
    """Runs in which a kind of fault came to pass."""
    survived: Counter[str] = field(default_factory=Counter)
    """Those of them in which everything held."""

    def __add__(self, other: Part) -> Part:
        return Part(*(getattr(self, own.name) + getattr(other, own.name) for own in fields(self)))


def one_run(
    calls: int,
    injected: Mapping[str, int],
    broken: tuple[Violation, ...],
    trace_hash: str,
    statuses: Mapping[str, int] | None = None,
) -> Part:
    """What came of a single run."""
    kinds = Counter(dict.fromkeys(injected, 1))
    survived = Counter() if broken else kinds
    return Part(1, calls, Counter(injected), broken, (trace_hash,), Counter(statuses or {}), kinds, survived)


def print_part(
    title: str, whole: Part, failures: Sequence[tuple[str, Sequence[Violation]]], seconds: float
) -> None:
    """Print what came of many runs."""
    print_ = sys.stdout.write
    digest = hashlib.sha256("".join(whole.hashes).encode()).hexdigest()[:16]
    print_(f"\n{title}\n")
    print_(f"  {whole.runs} runs, {whole.calls} calls to AWS, {seconds:.0f} s, trace {digest}\n")
    if whole.statuses:
        print_(f"  records: {_counts(whole.statuses)}\n")
    print_("  injected  in runs     held\n")
    for kind, count in sorted(whole.injected.items()):
        print_(f"  {count:8d} {whole.visited[kind]:8d} {whole.survived[kind]:8d}  {kind}\n")
    print_(f"  {whole.runs - len(failures)} runs held, {len(failures)} did not\n")
    for name, broken in failures[:_SHOWN]:
        print_(f"  ✗ {name}\n")
        for violation in list(broken)[:5]:
            print_(f"      {violation}\n"[:400])
    if len(failures) > _SHOWN:
        print_(f"  … and {len(failures) - _SHOWN} more\n")
    sys.stdout.flush()


def print_storm(outcome: Weather, seconds: float) -> None:
    """Print what came of one run of many uploads."""
    print_ = sys.stdout.write
    print_(
        f"\n{outcome.uploads} uploads under mixed faults, seed {outcome.seed}, trace {outcome.trace_hash}\n"
    )
    print_(f"  {outcome.calls} calls to AWS, {seconds:.0f} s\n")
    print_(_table(outcome.injected))
    print_(f"  records: {_counts(outcome.statuses)}\n")
    print_(f"  Rekognition accepted {outcome.jobs} jobs and refused {outcome.refused_starts} starts\n")
    ratio = outcome.drain / max(1e-9, outcome.best)
    print_(f"  drained in {_time(outcome.drain)}; at best {_time(outcome.best)}: ratio {ratio:.3f}\n")
    print_(f"  {100 * outcome.used:.1f} % of the free slots were in use while some job waited\n")
    print_(f"  {outcome.film_hours:.0f} films an hour\n")
    waits = ", ".join(f"{kind} {_time(wait)}" for kind, wait in sorted(outcome.waits.items()))
    print_(f"  longest wait for a slot: {waits}\n")
    print_(f"  state transitions per film for waiting: {outcome.waiting_transitions:.3f}, ")
    print_(f"for trying again after a fault: {outcome.repeated_transitions:.3f}\n")
    print_(f"  dead letters: {outcome.dead_letters}\n")
    print_(f"  {len(outcome.broken)} violations\n")
    for violation in outcome.broken[:_SHOWN]:
        print_(f"  ✗ {violation}\n"[:400])
    sys.stdout.flush()


def _table(injected: Counter[str]) -> str:
    return "".join(f"  {count:7d}  {kind}\n" for kind, count in sorted(injected.items()))


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items()))


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d} h" if minutes >= 60 else f"{seconds:.0f} s"
