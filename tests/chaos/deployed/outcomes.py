"""How a run ended, in words that both halves can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.checks import Books, violations
from tests.chaos.deployed.cases import Case
from tests.chaos.faults import Carrier, Fault, Violation
from tests.chaos.films import Film
from tests.chaos.plan import Plan
from tests.chaos.process import Process
from tests.chaos.world import World


@dataclass(frozen=True)
class Outcome:
    """What users and the bill see.

    Attributes:
        films: status and error of each film's record, in the order of upload.
        trailers: statuses of all trailer records.
        billed: detectors with the number of jobs that were accepted and succeeded.
        renders: how many trailers were rendered.
    """

    films: tuple[tuple[str, str], ...]
    trailers: tuple[str, ...]
    billed: tuple[tuple[str, int], ...]
    renders: int

    def __str__(self) -> str:
        films = ", ".join(f"{status} {error}".strip() for status, error in self.films)
        billed = ", ".join(f"{name.removesuffix('Detection')} {count}" for name, count in self.billed)
        return f"{films} · {'/'.join(self.trailers) or 'no trailer'} · {billed} · {self.renders} renders"


def outcome(world: Any) -> Outcome:
    """Read the outcome of a run of the model, or of evidence in its shape."""
    books = Books(world)
    billed: Counter[str] = Counter()
    for job in world.rekognition.jobs.values():
        billed[job.operation] += not job.failure
    films = []
    for upload in world.uploads:
        video = books.video(upload)
        films.append((str(video.get("status")), str(video.get("error", ""))))
    return Outcome(
        tuple(films),
        tuple(sorted(str(t["status"]) for trailers in books.trailers.values() for t in trailers)),
        tuple(sorted(billed.items())),
        sum(job.status == "COMPLETE" for job in world.mediaconvert.jobs.values()),
    )


class Described(Plan):
    """The model's reading of a case's rules: they count as ``local/faults`` counts them."""

    def __init__(self, seed: int, rules: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(seed)
        self.now = lambda: 0.0
        self._rules = rules
        self._seen: Counter[int] = Counter()

    def _strikes(self, kinds: Sequence[Fault], **names: str) -> Mapping[str, Any] | None:
        for number, rule in enumerate(self._rules):
            if rule["fault"] in kinds and all(rule.get(key, value) == value for key, value in names.items()):
                self._seen[number] += 1
                if rule.get("nth", self._seen[number]) == self._seen[number]:
                    self.inject(Fault(str(rule["fault"])))
                    return rule
        return None

    def fault_at(self, call: Any, process: Process) -> Fault | None:
        rule = self._strikes(_CALLS, function=call.function, api=call.api)
        return Fault(str(rule["fault"])) if rule else None

    def fault_of(self, function: str) -> Fault | None:
        rule = self._strikes(_INVOCATIONS, function=function)
        return Fault(str(rule["fault"])) if rule else None

    def deliveries(self, carrier: Carrier, subject: str) -> Sequence[float]:
        rule = self._strikes(_WAYS, carrier=str(carrier))
        usual = super().deliveries(carrier, subject)
        if rule is None:
            return usual
        return {Fault.DROPPED: [], Fault.DUPLICATED: [*usual, usual[0] + 0.05]}.get(
            Fault(str(rule["fault"])), [float(rule["seconds"])]
        )

    def job(self, content: str, operation: str) -> tuple[float, str]:
        seconds, _ = super().job(content, operation)
        rule = self._strikes(_JOBS, api=f"rekognition.Start{operation}")
        if rule is None:
            return seconds, ""
        if rule["fault"] == Fault.DETECTION_FAILED:
            return seconds, "This failure was planned by a test."
        return (0.0, "") if rule["fault"] == Fault.DETECTION_AT_ONCE else (seconds + 7200, "")

    def slots_taken(self) -> int:
        taken = (rule for rule in self._rules if rule["fault"] == Fault.SLOTS_TAKEN)
        return sum(int(rule["count"]) for rule in taken if self.now() < 60 * float(rule["seconds"]))

    def forget_page(self) -> bool:
        return self._strikes([Fault.PAGE_TOKEN_EXPIRED]) is not None

    def render(self, metadata: Mapping[str, str]) -> tuple[float, int]:
        seconds, code = super().render(metadata)
        return seconds, 1999 if self._strikes([Fault.RENDER_FAILED]) else code

    def fault_of_render(self) -> Fault | None:
        rule = self._strikes([Fault.RENDER_THROTTLED, Fault.RENDER_ANSWER_LOST])
        return Fault(str(rule["fault"])) if rule else None

    def explains(self, letters: int) -> bool:
        return letters == 0


_CALLS = (
    Fault.KILL_BEFORE,
    Fault.KILL_DURING,
    Fault.KILL_AFTER,
    Fault.ANSWER_LOST,
    Fault.THROTTLED,
    Fault.SERVER_ERROR,
    Fault.REFUSED,
)
_INVOCATIONS = (Fault.FUNCTION_THROTTLED, Fault.FUNCTION_UNAVAILABLE, Fault.FUNCTION_ANSWER_LOST)
_WAYS = (Fault.DROPPED, Fault.DUPLICATED, Fault.DELAYED)
_JOBS = (Fault.DETECTION_FAILED, Fault.DETECTION_AT_ONCE, Fault.DETECTION_LATE)


def in_the_model(case: Case, seed: int) -> tuple[Outcome, tuple[Violation, ...], int]:
    """Make a case's run in the model; its outcome, what did not hold, and how many faults came to pass."""
    plan = Described(seed, case.rules)
    world = World(plan)
    plan.now = lambda: world.loop.now
    for number, film in enumerate(case.films or (Film("films/one.mp4", "one"),)):
        world.upload(film, at=1.0 + 7.0 * number)
        for fault in case.faults():
            plan.mark(film.key, fault)
    if case.aborts:
        world.loop.at(25.0, lambda: _abort(world))
    world.run()
    return outcome(world), tuple(violations(world)), sum(plan.injected.values())


def _abort(world: World) -> None:
    """Stop the execution in the console."""
    for execution in list(world.stepfunctions.executions.values()):
        if execution.status == "RUNNING":
            execution.stop("ABORTED")
