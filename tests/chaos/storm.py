"""A thousand uploads under mixed faults, through twenty slots; and small runs of the same kind, many of them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from tests.chaos.checks import Books, violations
from tests.chaos.faults import Violation
from tests.chaos.films import Film
from tests.chaos.ideal import Slots, Stay, earliest_end, use_while_waiting
from tests.chaos.mixed import Mixed, Rates
from tests.chaos.people import Habits, uploads
from tests.chaos.rekognition import SLOTS
from tests.chaos.world import World

BATCH, SINGLE = "batch", "single"
ALL_DETECTORS = "segments,labels,faces,celebrities"


@dataclass(frozen=True)
class Weather:
    """What came of a run of many uploads. Times are virtual seconds."""

    seed: int
    trace_hash: str
    broken: tuple[Violation, ...]
    injected: Counter[str]
    uploads: int
    statuses: Counter[str]
    jobs: int
    refused_starts: int
    drain: float
    """From the first job queued to the last one ended."""
    best: float
    """The same, had no slot ever been empty while there was work: no queue can be faster."""
    used: float
    """Share of the free slots that was in use while some job waited."""
    waits: dict[str, float]
    """The longest wait for a slot, by kind of upload."""
    waiting_transitions: float
    """State transitions per film for waiting: beyond one for each detector, and without those after a fault."""
    repeated_transitions: float
    """State transitions per film for attempts after a fault."""
    dead_letters: int
    calls: int
    film_hours: float


def small(seed: int) -> World:
    """A handful of uploads with more faults than any account has."""
    dice = random.Random(f"{seed}/small")
    world = World(plan := Mixed(seed))
    plan.now = lambda: world.loop.now
    count = dice.randint(2, 5)
    films = [(dice.uniform(0, 120), _film(dice, "few", number)) for number in range(count)]
    habits = Habits(
        aborts=0.08, times_out=0.04, deletes=0.04, copies=0.2, repeats=0.08, bad_films=0.1, proxies=0.3
    )
    uploads(world, films, habits, within=400)
    world.run()
    return world


def storm(seed: int, count: int) -> World:
    """Many uploads: one huge batch at once, batches of twenty, and singles all along."""
    dice = random.Random(f"{seed}/storm")
    world = World(plan := Mixed(seed, Rates(call=0.02, invocation=0.01), (60.0, 240.0)))
    plan.now = lambda: world.loop.now
    films: list[tuple[float, Film]] = []
    huge = count // 2
    films += [(dice.uniform(0, 60), _film(dice, "huge", number)) for number in range(huge)]
    hours = count * 2.2 * 150 / SLOTS / 3600 / 2
    groups = (count - huge) * 4 // 5 // 20
    for group in range(groups):
        start = dice.uniform(0, hours * 3600)
        films += [(start + dice.uniform(0, 30), _film(dice, f"batch-{group:02d}", n)) for n in range(20)]
    for number in range(count - len(films)):
        films.append((dice.uniform(0, hours * 3600), _film(dice, f"{SINGLE}-{number:03d}", 0)))
    uploads(world, sorted(films, key=lambda pair: pair[0]), Habits(), within=3600)
    world.run()
    return world


def _film(dice: random.Random, folder: str, number: int) -> Film:
    metadata = {"detectors": ALL_DETECTORS} if dice.random() < 0.1 else {}
    return Film(f"{folder}/{number:04d}.mp4", f"{folder}/{number}", metadata=metadata)


def weather(world: World) -> Weather:
    """Measure a run."""
    books = Books(world)
    jobs = list(world.rekognition.jobs.values())
    asked = [(str(job.request["JobTag"]), job) for job in jobs]
    queued = {str(row["jobTag"]): _seconds(world, str(row["createdAt"])) for row in books.rows}
    waits: dict[str, float] = {}
    for tag, job in asked:
        if tag in queued:
            kind = job.request["Video"]["S3Object"]["Name"].split("/")[0].split("-")[0]
            waits[kind] = max(waits.get(kind, 0.0), job.started - queued[tag])
    first = min(queued.values(), default=0.0)
    last = max((job.ends for job in jobs), default=0.0)
    stays, free = _stays(world, queued), _free_slots(world)
    films = [e for e in world.stepfunctions.executions.values() if "StartDetection" in e.transitions]
    again = sum(e.repeated["StartDetection"] for e in films)
    visits = sum(e.transitions["StartDetection"] - e.redrives * 4 for e in films) - again
    needed = sum(len(books.video(u).get("detectors", ())) for u in world.uploads if _analysed(books, u))
    return Weather(
        seed=world.plan.seed,
        trace_hash=world.trace_hash,
        broken=tuple(violations(world)),
        injected=world.plan.injected,
        uploads=len(world.uploads),
        statuses=Counter(str(books.video(upload).get("status")) for upload in world.uploads),
        jobs=len(jobs),
        refused_starts=world.rekognition.refused,
        drain=last - first,
        best=earliest_end(stays, free) - first,
        used=use_while_waiting(stays, free),
        waits=waits,
        waiting_transitions=max(0, visits - needed) / max(1, len(films)),
        repeated_transitions=again / max(1, len(films)),
        dead_letters=len(world.queue.dead_letters) + len(world.functions.dead_letters),
        calls=len(world.wire.calls),
        film_hours=len(films) / max(1e-9, (last - first) / 3600),
    )


def _analysed(books: Books, upload: object) -> bool:
    return "estimatedCost" in books.video(upload)  # type: ignore[arg-type]


def _stays(world: World, queued: dict[str, float]) -> list[Stay]:
    asked = [(str(job.request["JobTag"]), job) for job in world.rekognition.jobs.values()]
    return [Stay(queued[tag], job.started, job.ends) for tag, job in asked if tag in queued]


def _free_slots(world: World) -> Slots:
    plan = world.plan
    return lambda at: SLOTS - (plan.tenant(at) if isinstance(plan, Mixed) else 0)


def _seconds(world: World, moment: str) -> float:
    from datetime import datetime

    from tests.chaos.loop import EPOCH

    return (datetime.fromisoformat(moment) - EPOCH).total_seconds()
