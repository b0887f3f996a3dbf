"""Uploads through the real definitions and handlers, on the model of the services: one effect each, in any order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.chaos.checks import Books, violations
from tests.chaos.faults import Carrier
from tests.chaos.films import Film
from tests.chaos.plan import Plan
from tests.chaos.world import World

FILM = Film("films/one.mp4", "one")


class Repeated(Plan):
    """S3 tells of each upload three times, and of a later one first."""

    def deliveries(self, carrier: Carrier, subject: str) -> Sequence[float]:
        if carrier is Carrier.UPLOAD:
            return [0.1, 40.0, 300.0] if self.random.random() < 0.5 else [20.0, 20.1, 200.0]
        return super().deliveries(carrier, subject)


def jobs(run: World) -> int:
    return len(run.rekognition.jobs)


@pytest.mark.parametrize("seed", range(3))
def test_an_upload_that_is_told_three_times_is_one_film(seed: int) -> None:
    run = World(Repeated(seed))
    upload = run.upload(FILM, 1.0)
    run.run()
    books = Books(run)
    assert [record["status"] for records in books.videos.values() for record in records] == ["COMPLETED"]
    assert violations(run) == []
    started = [e for e in run.stepfunctions.executions.values() if e.machine == "AnalyseVideo"]
    assert len(started) == 3, "each event starts an execution, and two of them end at the claim"
    assert books.video(upload)["trailerCount"] == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_new_version_of_a_key_is_a_film_of_its_own(seed: int) -> None:
    """Events of both versions overlap, and those of the second may come first.

    MediaConvert can only read the newest version, so the replaced film is refused and says so.
    """
    run = World(Repeated(seed))
    first, second = run.upload(FILM, 1.0), run.upload(Film(FILM.key, "other bytes"), 5.0)
    run.run()
    books = Books(run)
    assert (books.video(first)["status"], books.video(first)["error"]) == ("REJECTED", "UploadReplacedError")
    assert books.video(second)["status"] == "COMPLETED"


def test_the_same_bytes_again_are_a_new_film_that_pays_for_no_analysis() -> None:
    run = World(Repeated(1))
    run.upload(FILM, 1.0)
    again = run.upload(FILM, 2.0)
    run.run()
    alone = World(Plan(1))
    alone.upload(FILM, 1.0)
    alone.run()
    assert jobs(run) == jobs(alone)
    assert Books(run).video(again)["status"] == "COMPLETED"
    assert violations(run) == []


@pytest.mark.parametrize("at", [0.0, 1.5, 3.0, 30.0, 100.0, 400.0], ids="{:g} s".format)
def test_options_beside_a_film_make_the_same_trailer_once_whenever_they_come(at: float) -> None:
    """Before the film, while it is registered, probed, analysed and cut, and long after."""
    run = World(Repeated(2))
    upload = run.upload(FILM, 1.0)
    run.lay_beside(FILM, {"max-duration": "12"}, at)
    run.run()
    books = Books(run)
    video = books.video(upload)
    wanted = [t for t in books.trailers[video["videoId"]] if float(t["maxDurationSeconds"]) == 12]
    assert [trailer["status"] for trailer in wanted] == ["PUBLISHED"]
    assert video["status"] == "COMPLETED"
