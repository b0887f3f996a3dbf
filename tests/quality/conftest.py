"""Prints the quality table once, after all tests."""

from __future__ import annotations

from typing import Any

from tests.quality import measuring, table


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if measuring.cells.cache_info().currsize:
        terminalreporter.section("trailers, ours and the baselines; means over 10 to 120 seconds")
        for line in table.lines():
            terminalreporter.write_line(line)
