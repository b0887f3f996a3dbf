"""The plan in force in this process, and the journal of what was done."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any, Final

from local.faults.callers import Callers
from local.faults.plan import Place, Plan, PlanError, Rule, parse

log = logging.getLogger(__name__)

VARIABLE: Final = "TRAILER_FAULTS"
"""Names the plan's file; absent, nothing is injected and no hook is installed."""
NOTHING: Final = Plan(0, [])


class Injector:
    """Decides by the plan's file, which is read again whenever it is replaced."""

    def __init__(self, path: Path) -> None:
        """``path`` may not exist yet; then nothing goes wrong."""
        self._path = path
        self._journal = path.with_suffix(".journal.jsonl")
        self.callers = Callers(path.with_suffix(".workers"))
        self._lock = threading.Lock()
        self._mark: tuple[int, int] | None = None
        self._plan = NOTHING

    @property
    def plan(self) -> Plan:
        """The plan as the file has it now."""
        try:
            stat = self._path.stat()
        except OSError:
            return NOTHING
        with self._lock:
            if self._mark != (stat.st_mtime_ns, stat.st_ino):
                self._mark = (stat.st_mtime_ns, stat.st_ino)
                self._plan = self._read()
            return self._plan

    def _read(self) -> Plan:
        try:
            return parse(self._path.read_text(encoding="utf-8"))
        except (OSError, PlanError, TypeError) as error:
            log.error("The fault plan is not in force: %s", error)  # noqa: TRY400  (no trace for a sentence)
            self.note("refused plan", reason=str(error))
            return NOTHING

    def decide(self, place: Place, **names: str) -> Rule | None:
        """Return the rule that strikes on this occasion, if one does; it is in the journal then."""
        rule = self.plan.decide(place, **names)
        if rule is not None:
            self.note("fault", fault=rule.fault, place=place, nth=rule.seen, **names)
        return rule

    def note_call(self, **names: str) -> None:
        """Write a call into the journal, while there is a plan."""
        if self.plan is not NOTHING:
            self.note("call", **names)

    def note(self, what: str, **facts: Any) -> None:
        """Write a line into the journal that all processes share."""
        facts.pop("text", None)
        line = json.dumps({"at": round(time.time(), 3), "what": what, **facts}, default=str)
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(f"{line}\n")


@cache
def injector() -> Injector | None:
    """The injector of this process; None when no plan is named."""
    named = os.environ.get(VARIABLE)
    return Injector(Path(named)) if named else None
