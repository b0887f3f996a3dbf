"""What a person sees: colour and moving lines on a terminal, plain lines anywhere else.

Answers go to stdout, so that they can be piped; progress and refusals to stderr.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

Tell = Callable[[str], None]
"""Takes the step that some work is at."""

_STARTED = time.monotonic()
_SECONDS_BETWEEN_STEPS = 1.0

STYLES: Mapping[str, str] = {
    "COMPLETED": "green",
    "PUBLISHED": "green",
    "pass": "green",
    "miss": "yellow",
    "fail": "red",
    "DONE": "green",
    "FAILED": "red",
    "REJECTED": "red",
    "ANALYSING": "cyan",
    "CUTTING": "cyan",
    "RUNNING": "cyan",
}


@cache
def out() -> Console:
    """The console of answers."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


@cache
def err() -> Console:
    """The console of progress and refusals."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def is_terminal() -> bool:
    """Whether a person is watching progress."""
    return sys.stderr.isatty()


def say(text: str) -> None:
    """Print one line of the answer as it is."""
    out().print(shown(text), markup=False)


def complain(text: str) -> None:
    """Print a sentence about what went wrong."""
    sys.stderr.write(f"{shown(text)}\n")


def shown(text: str) -> str:
    """Text whose only control characters are ends of lines: a film's name must not move the cursor."""
    from trailer.domain.work.plain import plain

    return "\n".join(map(plain, text.split("\n")))


def note(text: str) -> None:
    """Print one line of progress, with the seconds since the command began."""
    text = shown(text)
    if is_terminal():
        err().print(f"[dim]{elapsed():6.1f} s[/]  ", end="")
        err().print(text, markup=False)
    else:
        sys.stderr.write(f"{elapsed():6.1f} s  {text}\n")
        sys.stderr.flush()


def elapsed() -> float:
    """Seconds since the command began."""
    return time.monotonic() - _STARTED


@contextmanager
def working(title: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Show that something is under way, and when it is done how long it took, unless ``quiet``.

    Yields a function that takes the step it is at: many a second are welcome.
    On a terminal they replace each other; elsewhere one line a second is kept.
    """
    begun = time.monotonic()
    if is_terminal():
        from rich.markup import escape

        with err().status(f"{title} …") as status:
            yield lambda step: status.update(f"{title}: [dim]{escape(shown(step))}[/]")
    else:
        yield _now_and_then()
    if not quiet:
        note(f"{title}: {time.monotonic() - begun:.1f} s")


def _now_and_then() -> Callable[[str], None]:
    told = float("-inf")

    def tell(step: str) -> None:
        nonlocal told
        if time.monotonic() - told >= _SECONDS_BETWEEN_STEPS:
            told = time.monotonic()
            note(step)

    return tell


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = ()
) -> None:
    """Print rows: a drawn table on a terminal, tab-separated lines with a heading elsewhere."""
    texts = [["" if cell is None else shown(str(cell).replace("\t", " ")) for cell in row] for row in rows]
    if not out().is_terminal:
        for row in [list(columns), *texts]:
            sys.stdout.write("\t".join(cell.replace("\n", " ") for cell in row) + "\n")
        return
    from rich.table import Table
    from rich.text import Text

    aligned = set(right)
    drawn = Table(
        title=Text(shown(title), style="bold") if title else None,
        title_justify="left",
        header_style="dim",
        box=None,
    )
    for column in columns:
        drawn.add_column(column, justify="right" if column in aligned else "left", overflow="fold")
    for row in texts:
        drawn.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    out().print(drawn, soft_wrap=False)


def json_lines(records: Iterable[Mapping[str, Any]]) -> None:
    """Print records as JSON, one a line."""
    for record in records:
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        sys.stdout.write("".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text) + "\n")
