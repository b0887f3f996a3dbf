"""What all tests share: patience, and the quality table, printed once although `make test` runs files side by side."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no defect: examples may take as long as they take.
settings.register_profile(
    "patient", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")

_TABLE = pytest.StashKey[list[str]]()


def pytest_sessionfinish(session: pytest.Session) -> None:
    lines = _quality_table()
    session.config.stash[_TABLE] = session.config.stash.get(_TABLE, []) or lines
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["quality table"] = lines


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of xdist has ended: keep the table if it was the one that measured."""
    lines = getattr(node, "workeroutput", {}).get("quality table")
    if lines:
        node.config.stash[_TABLE] = lines


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if lines := config.stash.get(_TABLE, []):
        terminalreporter.section("trailers, ours and the baselines; means over 10 to 120 seconds")
        for line in lines:
            terminalreporter.write_line(line)


def _quality_table() -> list[str]:
    if "tests.quality.measuring" not in sys.modules:
        return []
    from tests.quality import measuring, table

    return list(table.lines()) if measuring.cells.cache_info().currsize else []
