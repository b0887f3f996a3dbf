"""The same bytes under another name are paid for once, whatever was lost of the first film."""

from __future__ import annotations

from collections import Counter

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
