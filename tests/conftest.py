"""Runs side by side what may, keeps together what shares something dear, and prints the quality table once.

`make test` spreads the tests over the processors. A deployed local AWS, a synthesized app and planned trailers
are each made once per process, so all tests that use one of them go to the same process.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no defect: examples may take as long as they take.
settings.register_profile(
    "patient", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")

TESTS = Path(__file__).parent
TOGETHER = {
    "e2e": "deployed",
    "chaos": "chaos",
    "infra": "synthesized",
    "workflow": "synthesized",
    "quality": "planned",
}
"""Directory of tests -> what they share. Of all other directories each test stands alone."""

_TABLE = pytest.StashKey[list[str]]()


# First, because the plugin that spreads the tests reads the marks when it changes the items itself.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        parts = item.path.relative_to(TESTS).parts
        group = "conformance" if "conformance" in parts else TOGETHER.get(parts[0])
        if group:
            item.add_marker(pytest.mark.xdist_group(group))


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
