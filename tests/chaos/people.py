"""What people do meanwhile: stop executions, redrive them, delete films, upload them again."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.chaos.faults import Fault
from tests.chaos.films import Film
from tests.chaos.stepfunctions import Execution
from tests.chaos.world import CATALOGUE, SOURCE, Upload, World
from trailer.domain.work.upload import ObjectVersion, video_id


@dataclass(frozen=True)
class Habits:
    """Probabilities per upload."""

    aborts: float = 0.02
    times_out: float = 0.01
    redrives: float = 0.5
    """Of those that were stopped."""
    deletes: float = 0.01
    copies: float = 0.06
    """The same bytes come again under another name."""
    repeats: float = 0.03
    """The same key comes again with other bytes."""
    requests: float = 0.1
    """A trailer is asked for again when the film is done."""
    bad_films: float = 0.05
    proxies: float = 0.03
    """Of the good ones: those that Rekognition can't read as they are."""


def uploads(world: World, films: list[tuple[float, Film]], habits: Habits, within: float) -> None:
    """Schedule uploads and everything that people do to them within some seconds after."""
    dice = random.Random(f"{world.plan.seed}/people")
    for at, good in films:
        film = good
        if dice.random() < habits.bad_films:
            film = replace(good, kind=dice.choice(("broken", "short", "wish")))
        elif dice.random() < habits.proxies:
            film = replace(good, kind="hevc")
        upload = world.upload(film, at)
        if dice.random() < habits.copies:
            world.plan.inject(Fault.SAME_BYTES)
            copy = Film(f"copies/{film.key}", film.content, film.kind, film.metadata)
            world.upload(copy, at + dice.uniform(0, within))
        if dice.random() < habits.repeats:
            world.plan.inject(Fault.SAME_KEY)
            world.plan.mark(upload.version, Fault.SAME_KEY)
            again = Film(film.key, f"{film.content} again", film.kind, film.metadata)
            world.upload(again, at + dice.uniform(0, within))
        if dice.random() < habits.deletes:
            world.loop.at(at + dice.uniform(0, within), lambda upload=upload: _delete(world, upload))
        if dice.random() < habits.requests:
            world.loop.at(at + dice.uniform(2, 4) * within, lambda upload=upload: _request(world, upload))
        for fault, rate in (
            (Fault.EXECUTION_ABORTED, habits.aborts),
            (Fault.EXECUTION_TIMED_OUT, habits.times_out),
        ):
            if dice.random() < rate:
                again_after = dice.uniform(10, within) if dice.random() < habits.redrives else None
                world.loop.at(
                    at + dice.uniform(0, within),
                    lambda upload=upload, fault=fault, after=again_after: _stop(world, upload, fault, after),
                )


def _delete(world: World, upload: Upload) -> None:
    world.plan.inject(Fault.OBJECT_DELETED)
    # A copy with the same bytes may wait for a job that reads the deleted one.
    for subject in (upload.version, upload.film.content):
        world.plan.mark(subject, Fault.OBJECT_DELETED)
    world.objects.delete(SOURCE, upload.film.key, upload.version)
    world.trace(f"somebody deletes {upload.film.key} {upload.version}")


def _stop(world: World, upload: Upload, fault: Fault, redrive_after: float | None) -> None:
    execution = _execution_of(world, upload)
    if execution is None or execution.status != "RUNNING":
        return
    world.plan.inject(fault)
    world.plan.mark(upload.version, fault)
    execution.stop("ABORTED" if fault is Fault.EXECUTION_ABORTED else "TIMED_OUT")
    if redrive_after is not None:
        world.loop.after(redrive_after, lambda: _redrive(world, upload, execution))


def _redrive(world: World, upload: Upload, execution: Execution) -> None:
    world.plan.inject(Fault.EXECUTION_REDRIVEN)
    world.redriven[upload.version] += 1
    world.trace(f"somebody redrives {execution.name}")
    execution.redrive()


def _request(world: World, upload: Upload) -> None:
    """One request, made twice at once, and another beside it: two trailers more."""
    identity = video_id(ObjectVersion(SOURCE, upload.film.key, upload.version))
    key = {"videoId": {"S": identity}, "record": {"S": "VIDEO"}}
    record = world.tables.tables[CATALOGUE].get(key) or {}
    if record.get("status") != {"S": "COMPLETED"}:
        return
    world.plan.inject(Fault.REQUESTED_TWICE)
    world.requested[upload.version] += 2
    for name in ("again", "again", "other"):
        wish = {"videoId": identity, "profileId": record["profileIds"]["L"][0]["S"], "options": {}}
        world.stepfunctions.start("MakeTrailer", wish, f"{name}-{upload.version}")


def _execution_of(world: World, upload: Upload) -> Execution | None:
    """The first execution of an upload: the one that has the claim."""
    for execution in world.stepfunctions.executions.values():
        detail = execution.input.get("detail", {})
        if detail.get("object", {}).get("version-id") == upload.version:
            return execution
    return None
