"""Every call of every step, each fault once: the list of runs is what a run without faults did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import botocore.session

from tests.chaos.answers import AwsError
from tests.chaos.checks import violations
from tests.chaos.deployment import TICKS
from tests.chaos.faults import AT_A_CALL, Call, Fault, Violation
from tests.chaos.films import Film
from tests.chaos.plan import Modelled, Plan, Refused, Single
from tests.chaos.world import World

SCENES = {
    "film": (Film("films/one.mp4", "one"),),
    "proxy": (Film("films/two.mkv", "two", "hevc"),),
    "refused": (Film("films/three.mp4", "three", "broken"),),
    "pair": (Film("films/four.mp4", "four"), Film("copies/four again.mp4", "four")),
    "proxies": (Film("films/seven.mkv", "seven", "hevc"), Film("copies/seven.mkv", "seven", "hevc")),
    "options": (Film("films/five.mp4", "five"),),
    "wish": (Film("films/six.mp4", "six"),),
}
"""What is uploaded: each scene visits calls that the others don't."""
ANSWERS = frozenset({"ConditionalCheckFailedException", "ExecutionAlreadyExists", "ExecutionDoesNotExist"})
"""Errors that are answers: to give them for no reason would be to lie about what is stored, or at work."""
BESIDE = {"options": 20.0, "wish": 600.0}
"""When options for another profile are laid beside the film: while it is analysed, and when it is done."""


@dataclass(frozen=True)
class Case:
    """One run to be made: a scene and at most one fault at one call, or at all calls of an API."""

    scene: str
    seed: int
    call: Call | None = None
    fault: Fault | None = None
    error: str = ""
    """Of a modelled error: its code and its HTTP status."""

    def plan(self) -> Plan:
        """The plan of this case."""
        if self.call is None or self.fault is None:
            return Plan(self.seed)
        if self.fault is Fault.MODELLED:
            code, _, status = self.error.partition(" ")
            error = AwsError(code, "The service says so.", int(status))
            return Modelled(self.seed, self.call.function, self.call.api, error)
        if self.fault is Fault.REFUSED:
            return Refused(self.seed, self.call.function, self.call.api)
        return Single(self.seed, self.call, self.fault)

    def __str__(self) -> str:
        return f"{self.scene}: {self.call or 'every call'}: {self.fault or 'no fault'} {self.error}".rstrip()


@dataclass(frozen=True)
class Run:
    """What came of a case."""

    case: Case
    trace_hash: str
    broken: tuple[Violation, ...]
    injected: dict[str, int]
    calls: tuple[Call, ...]


def stage(case: Case) -> World:
    """A world with the uploads of a scene."""
    world = World(case.plan())
    for number, film in enumerate(SCENES[case.scene]):
        world.upload(film, at=1.0 + 7.0 * number)
        if case.scene in BESIDE:
            world.lay_beside(film, {"profile-ids": "comedy"}, BESIDE[case.scene])
    return world


def play(case: Case) -> Run:
    """Make a run."""
    world = stage(case)
    world.run()
    broken, calls = tuple(violations(world)), tuple(world.wire.calls)
    return Run(case, world.trace_hash, broken, dict(world.plan.injected), calls)


def calls_of(scene: str, seed: int) -> list[Call]:
    """The calls of a run without faults; of the ticks' only those of the first two."""
    run = play(Case(scene, seed))
    assert not run.broken, run.broken
    return [call for call in run.calls if call.function not in TICKS or call.nth <= 2]


def cases(seed: int) -> Iterator[Case]:
    """Each fault at each call of all scenes; a call that an earlier scene has visited is not visited again."""
    seen: set[Call] = set()
    for scene in SCENES:
        for call in calls_of(scene, seed):
            if call not in seen:
                seen.add(call)
                for fault in AT_A_CALL:
                    yield Case(scene, seed, call, fault)


def errors(seed: int) -> Iterator[Case]:
    """Each error that botocore's models name for each API, for ever, at the first function that calls it."""
    seen: set[str] = set()
    session = botocore.session.get_session()
    for scene in SCENES:
        for call in calls_of(scene, seed):
            if call.api in seen or call.function in TICKS:
                continue
            seen.add(call.api)
            service, _, operation = call.api.partition(".")
            for shape in session.get_service_model(service).operation_model(operation).error_shapes:
                trait = shape.metadata.get("error", {})
                code, status = trait.get("code", shape.name), trait.get("httpStatusCode")
                status = status or (500 if "Internal" in code else 400)
                if code not in ANSWERS:
                    yield Case(scene, seed, call, Fault.MODELLED, f"{code} {status}")


def refusals(seed: int) -> Iterator[Case]:
    """Each API refused to each function for ever."""
    seen: set[tuple[str, str]] = set()
    for scene in SCENES:
        for call in calls_of(scene, seed):
            if (call.function, call.api) not in seen:
                seen.add((call.function, call.api))
                yield Case(scene, seed, call, Fault.REFUSED)
