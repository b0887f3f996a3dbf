"""What a fault plan makes of jobs: prepared answers, failures, bad timing, slots that others hold.

Without a plan every question here has the answer that changes nothing.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.faults.injector import injector
from local.faults.plan import Place, Rule
from local.rekognition.jobs import SUCCEEDED, Job
from local.rekognition.paging import LARGEST_PAGE

FAILURE: Final = "The video could not be analysed: this failure was planned by a test."
LONGEST_WAIT: Final = 10.0


@dataclass(frozen=True, slots=True)
class Fate:
    """What will become of one job."""

    fails: bool = False
    announced: str | None = None
    """What its message says in place of its status."""
    late: float = 0.0
    """Seconds that it takes longer."""
    early: float | None = None
    """Seconds for which Start keeps its answer back after the job has ended and its message is out."""


PLAIN: Final = Fate()


class Fates:
    """The plan's part in Rekognition."""

    def __init__(self) -> None:
        self._injector = injector()
        self._drawn: dict[str, Fate] = {}
        self._preparing = threading.Lock()

    def slots_taken(self) -> int:
        """How many of the account's slots others hold now."""
        return self._injector.plan.slots_taken() if self._injector else 0

    def about(self) -> str:
        """Whether answers are measured on the film that was asked about."""
        number = len(self._injector.plan.answers) if self._injector else 0
        if not number:
            return "nothing: every answer is measured on the film"
        return f"{number} films are answered from measurements made beforehand, as a fault plan says"

    def page_rows(self, asked: int | None) -> int | None:
        """How many rows the next page may have, of those that were asked for."""
        if self._injector is None:
            return asked
        return min(asked or LARGEST_PAGE, self._injector.plan.page_rows)

    def draw(self, job: Job) -> None:
        """Decide what will become of a new job."""
        if self._injector is None:
            return
        rule = self._injector.decide(Place.JOB, api=f"rekognition.{job.operation}")
        if rule is not None:
            self._drawn[job.job_id] = _fate(rule)

    def of(self, job: Job) -> Fate:
        """What was decided; a job of an earlier run of the service is left alone."""
        return self._drawn.get(job.job_id, PLAIN)

    def answers(self, job: Job) -> Path | None:
        """The prepared measurements of the job's film, if the plan has some for its content."""
        return self._injector.plan.answers.get(job.content) if self._injector else None

    def take_over(self, job: Job, answers: Path, film: Path, end: Callable[[Job, str], None]) -> None:
        """Let prepared measurements answer for a film, after as long as the plan lets jobs take."""
        with self._preparing:
            if not film.exists():
                partial = film.with_suffix(".prepared")
                shutil.copytree(answers, partial, dirs_exist_ok=True)
                partial.rename(film)
        seconds = self._injector.plan.job_seconds if self._injector else 0.0
        if self.of(job).early is not None:
            seconds = 0.0
        later(seconds, end, job, SUCCEEDED)

    def keep_answer_back(self, job: Job) -> None:
        """Wait with the answer of Start until the job has ended and everybody may have heard of it."""
        early = self.of(job).early
        if early is None:
            return
        deadline = time.monotonic() + LONGEST_WAIT
        while (job.completed is None or job.wants_notice) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(early)


def later(seconds: float, call: Callable[..., None], *arguments: object) -> None:
    """Call something in a while, if the service still runs then."""
    timer = threading.Timer(seconds, call, args=arguments)
    timer.daemon = True
    timer.start()


def _fate(rule: Rule) -> Fate:
    if rule.fault == "detection-failed":
        return Fate(fails=True, announced=rule.status)
    if rule.fault == "detection-late":
        return Fate(late=rule.seconds)
    return Fate(early=rule.seconds)
