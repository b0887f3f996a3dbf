"""The common subset on the deployed stack, case by case."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.chaos.deployed.cases import Case
from tests.chaos.deployed.evidence import Evidence, Expectation
from tests.chaos.deployed.films import WISHES, Films
from tests.chaos.deployed.outcomes import Outcome, in_the_model, outcome
from tests.chaos.deployed.stack import Stack
from tests.chaos.faults import Fault, Violation
from tests.chaos.films import Film
from tests.chaos.world import Upload

ONE = Film("films/one.mp4", "one")
LONG = 4.0
"""Seconds of a job during which something is done to the execution or the emulator."""
UNSEEN = (Fault.SLOTS_TAKEN,)
"""Faults that are a state of the account, not an event in the journal."""


@dataclass(frozen=True)
class Compared:
    """One case on both halves."""

    case: Case
    seconds: float
    deployed: Outcome
    modelled: Outcome
    broken: tuple[Violation, ...]
    broken_in_model: tuple[Violation, ...]
    struck: int

    @property
    def agrees(self) -> bool:
        """Whether users and the bill see the same."""
        return self.deployed == self.modelled

    @property
    def happened(self) -> bool:
        """Whether the fault came to pass; a case whose fault never strikes proves nothing."""
        eventful = [rule for rule in self.case.rules if rule["fault"] not in UNSEEN]
        return self.struck >= len(eventful)

    @property
    def holds(self) -> bool:
        """Whether this case is as it must be."""
        return self.agrees and self.happened and not self.broken and not self.broken_in_model


class Singles:
    """Makes cases, each with films of its own, on one deployed stack."""

    def __init__(self, stack: Stack, films: Films, seed: int) -> None:
        self._stack, self._films, self._seed = stack, films, seed
        self._run = f"{seed}-{int(time.time())}"

    def play(self, number: int, case: Case) -> Compared:
        """Make one case on both halves."""
        began = time.monotonic()
        evidence, struck = self._deployed(number, case)
        expected = Expectation(
            marks={upload.film.key: set(case.faults()) for upload in evidence.uploads},
            letters=case.letters,
            second_renders=case.second_renders,
        )
        broken = evidence.violations(expected, self._letters)
        seconds = time.monotonic() - began
        modelled, broken_in_model, _ = in_the_model(case, self._seed)
        return Compared(
            case=case,
            seconds=seconds,
            deployed=outcome(evidence.world(expected)),
            modelled=modelled,
            broken=tuple(broken),
            broken_in_model=broken_in_model,
            struck=struck,
        )

    def _deployed(self, number: int, case: Case) -> tuple[Evidence, int]:
        stack = self._stack
        films = [
            replace(
                film,
                key=f"run-{self._run}-{number}/{film.key}",
                content=f"{self._run}-{number}-{film.content}",
            )
            for film in case.films or (ONE,)
        ]
        contents = [self._films.content(film.content) for film in films]
        letters, jobs = stack.dead_letters(), len(stack.rekognition_jobs())
        stack.plan(*case.rules, seed=self._seed, job_seconds=LONG if case.aborts or case.restarts else 0.2)
        mark = stack.mark()
        uploads = []
        for film, content in zip(films, contents, strict=True):
            uploads.append(Upload(film, stack.upload(film.key, content, WISHES), time.monotonic()))
        if case.aborts or case.restarts:
            stack.wait(lambda: len(stack.rekognition_jobs()) >= jobs + 2)
        if case.aborts:
            self._abort()
        if case.restarts:
            stack.restart()
        stack.wait(lambda: not stack.running() and Evidence(stack, uploads).settled)
        journal = stack.journal(mark)
        self._letters = stack.dead_letters() - letters
        return Evidence(stack, uploads), sum(line["what"] == "fault" for line in journal)

    def _abort(self) -> None:
        """Stop the execution, as somebody in the console would."""
        arn = self._stack.outputs["AnalyseVideoStateMachineArn"]
        client = self._stack.client("stepfunctions")
        for execution in client.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]:
            client.stop_execution(
                executionArn=execution["executionArn"], error="stopped", cause="by a person"
            )


def play_all(singles: Singles, cases: list[Case], tell: Callable[[Compared], None]) -> list[Compared]:
    """Make cases one after the other, so that the nth call is the nth of one film."""
    results = []
    for number, case in enumerate(cases):
        results.append(singles.play(number, case))
        tell(results[-1])
    return results
