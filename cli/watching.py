"""An execution on the screen: a list that moves on a terminal, one line per change anywhere else."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from cli import console
from cli.execution import Execution, Part, Progress

if TYPE_CHECKING:
    from rich.console import RenderableType

_UNUSUAL: Final = frozenset({"MakeProxy", "CheckProxy", "RecordFailure"})
"""States that most films never see; shown once they begin."""

_MARKS: Final = {Progress.RUNNING: "…", Progress.DONE: "✓", Progress.FAILED: "✗"}
_MARK_STYLES: Final = {Progress.RUNNING: "cyan", Progress.DONE: "green", Progress.FAILED: "red"}


class Watch:
    """Shows executions as they move, as long as its ``with`` block lasts."""

    def __init__(self) -> None:
        self._execution: Execution | None = None
        self._told: dict[str, Progress] = {}
        self._live: Any = None

    def __enter__(self) -> Self:
        """Begin to draw, on a terminal."""
        if console.is_terminal():
            from rich.live import Live

            self._live = Live(console=console.err(), get_renderable=self._draw, refresh_per_second=8)
            self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave what was drawn last on the screen."""
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def show(self, execution: Execution) -> None:
        """Show an execution as it is now."""
        self._execution = execution
        if self._live is None:
            for key, part in list(execution.parts.items()):
                self._tell(key, part)

    def _tell(self, key: str, part: Part) -> None:
        if self._told.get(key) is part.progress:
            return
        self._told[key] = part.progress
        took = f" ({part.seconds:.1f} s)" if part.progress is not Progress.RUNNING and part.began else ""
        detail = f": {part.detail}" if part.detail else ""
        console.note(f"{key} {part.progress}{took}{detail}")

    def _draw(self) -> RenderableType:
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 2))
        if self._execution is None:
            return Text("Waiting for the execution", style="dim")
        for key, part in drawn_parts(self._execution):
            indent = "    " if part is not None and part.inside else "  "
            if part is None:
                grid.add_row(Text(f"{indent}· {key}", style="dim"), "", "")
                continue
            mark = Text(f"{indent}{_MARKS[part.progress]} ", style=_MARK_STYLES[part.progress])
            grid.add_row(
                mark.append(part.name, style="default"),
                f"{part.seconds:6.1f} s" if part.began else "",
                Text(console.shown(part.detail), style="dim"),
            )
        return grid


def drawn_parts(execution: Execution) -> list[tuple[str, Part | None]]:
    """Parts in the order of the work, each state before what is inside it; ``None`` for what is to come."""
    drawn: list[tuple[str, Part | None]] = []
    for state in execution.states:
        part = execution.parts.get(state)
        if part is None:
            if state not in _UNUSUAL and execution.running:
                drawn.append((state, None))
            continue
        drawn.append((state, part))
        drawn += [(key, inner) for key, inner in list(execution.parts.items()) if inner.inside == state]
    return drawn
