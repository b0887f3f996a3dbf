"""Every question of the catalogue, asked of DynamoDB tables with the deployed keys and indexes.

moto answers as DynamoDB does where it matters here: a query on a missing index,
a wrong key type or a forgotten page fails.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli import queries
from trailer.wire.detectors import stem_of

NOON = "2026-11-21T12:00:00+00:00"


def table(name: str, key: list[tuple[str, str]], indexes: dict[str, list[tuple[str, str]]]) -> Any:
    """A table whose keys are (name, type), the partition key first."""
    kinds = dict(key) | {column: kind for columns in indexes.values() for column, kind in columns}
    return boto3.resource("dynamodb", region_name="us-east-1").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": column, "AttributeType": kind} for column, kind in kinds.items()
        ],
        KeySchema=schema(key),
        GlobalSecondaryIndexes=[
            {"IndexName": index, "KeySchema": schema(columns), "Projection": {"ProjectionType": "ALL"}}
            for index, columns in indexes.items()
        ],
    )


def schema(columns: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": kind}
        for (name, _), kind in zip(columns, ("HASH", "RANGE"), strict=False)
    ]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


@pytest.fixture
def catalogue(aws: None) -> Any:
    return table(
        "catalogue",
        [("videoId", "S"), ("record", "S")],
        {
            "byStatus": [("status", "S"), ("updatedAt", "S")],
            "byConcept": [("concept", "S"), ("score", "N")],
            "byProfile": [("profileId", "S"), ("createdAt", "S")],
        },
    )


@pytest.fixture
def jobs(aws: None) -> Any:
    return table("jobs", [("jobTag", "S")], {"byStatus": [("status", "S"), ("turn", "S")]})


def put(catalogue: Any, video_id: str, record: str, **attributes: Any) -> None:
    catalogue.put_item(Item={"videoId": video_id, "record": record, **attributes})


def put_concept(catalogue: Any, video_id: str, concept: str, scene: int, score: str) -> None:
    kind, _, name = concept.partition(":")
    put(
        catalogue,
        video_id,
        f"CONCEPT#{kind}#{name}#{scene:04d}",
        concept=concept,
        score=Decimal(score),
    )


def places(found: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(row["videoId"], queries.scene_number(row)) for row in found]


def test_one_film_gives_all_its_records_and_no_other_films(catalogue: Any) -> None:
    for record in ("VIDEO", "SCENE#0001", "SCENE#0000", "SHOT#00000", "TRAILER#romance#0001"):
        put(catalogue, "film-a", record)
    put(catalogue, "film-b", "VIDEO")

    assert [row["record"] for row in queries.records(catalogue, "film-a")] == [
        "SCENE#0000",
        "SCENE#0001",
        "SHOT#00000",
        "TRAILER#romance#0001",
        "VIDEO",
    ]


def test_a_film_longer_than_one_page_is_whole(catalogue: Any) -> None:
    # 40 records of 100 KB: DynamoDB returns at most 1 MB a page.
    for number in range(40):
        put(catalogue, "long", f"SCENE#{number:04d}", filler="x" * 100_000)

    assert [queries.scene_number(row) for row in queries.scenes(catalogue, "long")] == list(range(40))


def test_scenes_shots_concepts_and_trailers_keep_apart(catalogue: Any) -> None:
    put(catalogue, "film", "SCENE#0003")
    put(catalogue, "film", "SHOT#00007")
    put_concept(catalogue, "film", "label:Car", 3, "0.5")
    put_concept(catalogue, "film", "emotion:HAPPY", 3, "0.5")
    put(catalogue, "film", "TRAILER#action_enthusiast#0001")
    put(catalogue, "film", "TRAILER#action#0001")

    assert [row["record"] for row in queries.scenes(catalogue, "film")] == ["SCENE#0003"]
    assert [row["record"] for row in queries.shots(catalogue, "film")] == ["SHOT#00007"]
    assert len(queries.concepts(catalogue, "film")) == 2
    assert [row["concept"] for row in queries.concepts(catalogue, "film", "emotion")] == ["emotion:HAPPY"]
    assert len(queries.trailers(catalogue, "film")) == 2
    # One profile's name may begin with another's.
    assert [row["record"] for row in queries.trailers(catalogue, "film", "action")] == ["TRAILER#action#0001"]


def test_single_records_are_found_by_their_key(catalogue: Any) -> None:
    put(catalogue, "film", "VIDEO", size=12, cost=Decimal("1.25"), media={"width": Decimal(864)})
    put(catalogue, "film", "TRAILER#romance#0012", frames=700)

    film = queries.video(catalogue, "film")
    assert film is not None
    assert (film["size"], film["cost"], film["media"]) == (12, 1.25, {"width": 864})
    assert isinstance(film["size"], int)
    trailer = queries.trailer(catalogue, "film", "romance", 12)
    assert trailer is not None
    assert trailer["frames"] == 700
    assert queries.video(catalogue, "other") is None
    assert queries.trailer(catalogue, "film", "romance", 13) is None


def test_films_by_status_leave_out_trailers_of_the_same_status(catalogue: Any) -> None:
    put(catalogue, "yesterday", "VIDEO", status="FAILED", updatedAt="2026-11-20T23:00:00+00:00")
    put(catalogue, "morning", "VIDEO", status="FAILED", updatedAt="2026-11-21T08:00:00+00:00")
    put(catalogue, "noon", "VIDEO", status="FAILED", updatedAt=NOON)
    put(catalogue, "noon", "TRAILER#comedy#0001", status="FAILED", updatedAt=NOON)
    put(catalogue, "fine", "VIDEO", status="COMPLETED", updatedAt=NOON)

    def ids(**limits: Any) -> list[str]:
        return [row["videoId"] for row in queries.videos_by_status(catalogue, "FAILED", **limits)]

    assert ids() == ["noon", "morning", "yesterday"]
    assert ids(since=datetime(2026, 11, 21, tzinfo=UTC)) == ["noon", "morning"]
    # 09:00 in Berlin is 08:00 in UTC, as the records have it.
    assert ids(since=datetime(2026, 11, 21, 9, tzinfo=timezone(timedelta(hours=1)))) == ["noon", "morning"]
    assert ids(limit=1) == ["noon"]
    latest = queries.latest_videos(catalogue, limit=3)
    assert {row["videoId"] for row in latest[:2]} == {"noon", "fine"}
    assert latest[2]["videoId"] == "morning"


def test_scenes_of_a_concept_come_best_first_across_films(catalogue: Any) -> None:
    put_concept(catalogue, "film-a", "label:Car", 1, "0.4")
    put_concept(catalogue, "film-b", "label:Car", 7, "0.95")
    put_concept(catalogue, "film-a", "label:Car", 2, "0.1")
    put_concept(catalogue, "film-a", "label:Cart", 3, "0.99")

    assert places(queries.scenes_by_concept(catalogue, "label:Car")) == [
        ("film-b", 7),
        ("film-a", 1),
        ("film-a", 2),
    ]
    # Scores compare as numbers: 0.4 is in, 0.1 is out.
    assert places(queries.scenes_by_concept(catalogue, "label:Car", minimum=0.4)) == [
        ("film-b", 7),
        ("film-a", 1),
    ]
    assert places(queries.scenes_by_concept(catalogue, "label:Car", limit=1)) == [("film-b", 7)]
    assert places(queries.scenes_by_concept(catalogue, "label:Car", video_id="film-a", minimum=0.2)) == [
        ("film-a", 1)
    ]


def test_several_concepts_meet_in_a_scene_that_is_as_good_as_its_weakest(catalogue: Any) -> None:
    for video_id, scene, car, night in (
        ("film-a", 1, "0.9", "0.2"),
        ("film-a", 2, "0.5", "0.6"),
        ("film-b", 1, "0.8", None),
        ("film-b", 2, None, "0.9"),
    ):
        if car:
            put_concept(catalogue, video_id, "label:Car", scene, car)
        if night:
            put_concept(catalogue, video_id, "label:Night", scene, night)

    found = queries.scenes_by_concepts(catalogue, ["label:Car", "label:Night"])

    assert places(found) == [("film-a", 2), ("film-a", 1)]
    assert [row["score"] for row in found] == [0.5, 0.2]
    assert found[0]["scores"] == {"label:Car": 0.5, "label:Night": 0.6}


def test_trailers_of_a_profile_come_latest_first(catalogue: Any) -> None:
    put(catalogue, "old", "TRAILER#romance#0001", profileId="romance", createdAt="2026-11-20T00:00:00+00:00")
    put(catalogue, "new", "TRAILER#romance#0001", profileId="romance", createdAt=NOON)
    put(catalogue, "new", "TRAILER#comedy#0001", profileId="comedy", createdAt=NOON)

    assert [row["videoId"] for row in queries.trailers_by_profile(catalogue, "romance")] == ["new", "old"]
    assert [row["videoId"] for row in queries.trailers_by_profile(catalogue, "romance", limit=1)] == ["new"]


def test_the_latest_attempt_of_each_detector_is_found(jobs: Any) -> None:
    film = {"videoId": "film", "contentId": "c0ffee", "detectors": ["segments", "labels", "faces"]}
    tags = {detector: stem_of(film, detector) for detector in film["detectors"]}
    for tag, status in (
        (f"{tags['segments']}/1", "FAILED"),
        (f"{tags['segments']}/2", "RUNNING"),
        (f"{tags['labels']}/1", "DONE"),
        (tags["faces"].replace("c0ffee", "another") + "/1", "DONE"),
    ):
        jobs.put_item(Item={"jobTag": tag, "status": status, "turn": NOON})

    found = queries.jobs_of_video(jobs, film)

    assert [(row["jobTag"], row["status"]) for row in found] == [
        (f"{tags['segments']}/2", "RUNNING"),
        (f"{tags['labels']}/1", "DONE"),
    ]
    assert queries.jobs_of_video(jobs, {"videoId": "refused"}) == []


def test_jobs_of_a_status_come_in_turn(jobs: Any) -> None:
    eleven = "2026-11-21T11:00:00+00:00"
    for tag, turn, created in (("late", "2", eleven), ("early", "1", NOON)):
        jobs.put_item(Item={"jobTag": tag, "status": "PENDING", "turn": turn, "createdAt": created})

    assert [row["jobTag"] for row in queries.jobs_by_status(jobs, "PENDING")] == ["early", "late"]
    before = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert [row["jobTag"] for row in queries.jobs_by_status(jobs, "PENDING", before=before)] == ["late"]
