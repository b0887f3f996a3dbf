"""The same bytes under another name are paid for once, whatever was lost of the first film."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.chaos.checks import Books, violations
from tests.chaos.faults import Carrier, Fault
from tests.chaos.films import Film
from tests.chaos.plan import ALL, Plan
from tests.chaos.world import World

MINUTE, HOUR = 60.0, 3600.0
FIRST, COPY = Film("films/first.mp4", "same"), Film("copies/again.mp4", "same")


class NothingComesBack(Plan):
    """For five minutes, whoever starts a job dies of it, and no completion arrives."""

    now = staticmethod(lambda: 0.0)

    def fault_at(self, call, process):
        if self.now() < 5 * MINUTE and call.api.startswith("rekognition.Start"):
            return self.inject(Fault.KILL_DURING)
        return None

    def deliveries(self, carrier, subject):
        if self.now() < 5 * MINUTE and carrier is Carrier.COMPLETION:
            self.inject(Fault.DROPPED)
            return []
        return super().deliveries(carrier, subject)


def stop_first(world):
    (execution, *_) = world.stepfunctions.executions.values()
    execution.stop("ABORTED")


def statuses(world):
    books = Books(world)
    return {upload.film.key: books.video(upload)["status"] for upload in world.uploads}


@pytest.mark.parametrize("hours", [1, 13, 120])
def test_a_job_of_which_nothing_came_back_is_found_again_by_the_next_film_with_these_bytes(hours):
    """Answer and message lost, nobody left who waits: only Rekognition knows that it was paid."""
    world = World(plan := NothingComesBack(1))
    plan.now = lambda: world.loop.now
    plan.mark(ALL, Fault.EXECUTION_ABORTED)
    world.upload(FIRST, 1.0)
    world.loop.at(30.0, lambda: stop_first(world))
    world.upload(COPY, hours * HOUR)
    world.run()
    assert {Fault.KILL_DURING, Fault.DROPPED} <= {*plan.injected}
    assert violations(world) == []
    assert [statuses(world)[film.key] for film in (FIRST, COPY)] == ["FAILED", "COMPLETED"]
    assert set(Counter(job.operation for job in world.rekognition.jobs.values()).values()) == {1}


def proxies_of(world):
    return [job for job in world.mediaconvert.jobs.values() if "/proxy/" in job.destination]


def hevc(world, seconds_apart):
    world.upload(replace(FIRST, kind="hevc"), 1.0)
    world.upload(replace(COPY, kind="hevc"), 1.0 + seconds_apart)


@pytest.mark.parametrize("seconds_apart", [0.0, 0.2, 5.0, HOUR])
def test_films_that_need_a_proxy_share_it(seconds_apart):
    world = World(Plan(1))
    hevc(world, seconds_apart)
    world.run()
    assert violations(world) == []
    assert set(statuses(world).values()) == {"COMPLETED"}
    assert len(proxies_of(world)) == 1


class RenderedLate(Plan):
    """What MediaConvert tells of the end of its jobs comes after an hour."""

    def deliveries(self, carrier, subject):
        return [HOUR] if carrier is Carrier.RENDERED else super().deliveries(carrier, subject)


@pytest.mark.parametrize(
    ("stopped_after", "made"),
    [(10.0, ["CANCELED", "COMPLETE"]), (200.0, ["COMPLETE"])],
    ids=["while its proxy is made", "before it knew that its proxy is done"],
)
def test_the_next_film_goes_on_where_the_one_that_makes_the_proxy_was_stopped(stopped_after, made):
    world = World(plan := RenderedLate(1))
    plan.mark(ALL, Fault.EXECUTION_ABORTED)
    hevc(world, 3.0)
    world.loop.at(stopped_after, lambda: stop_first(world))
    world.run()
    assert violations(world) == []
    assert [statuses(world)[film.key] for film in (FIRST, COPY)] == ["FAILED", "COMPLETED"]
    assert sorted(job.status for job in proxies_of(world)) == made
