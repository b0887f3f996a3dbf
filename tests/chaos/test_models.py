"""The models of the proof against what they stand for: moto's tables, the parsers, the deployed numbers."""

from __future__ import annotations

import json
import os
from unittest.mock import patch

import boto3
from moto import mock_aws

from tests.chaos import deployment, films, world
from tests.chaos.answers import AwsError
from tests.chaos.checks import Books, violations
from tests.chaos.mixed import Mixed
from tests.chaos.systematic import SCENES, Case, stage
from tests.chaos.world import CATALOGUE, JOBS, World

TABLES = {
    CATALOGUE: (("videoId", "record"), "CatalogueTable"),
    JOBS: (("jobTag",), "JobsTable"),
}


class InstantIndexes(Mixed):
    """Mixed faults, but for indexes, which follow at once as moto's do."""

    def index_lag(self) -> float:
        return 0.0


def recorded_requests():
    """Each DynamoDB request of a run with faults, with the model's answer or error code."""
    run = World(plan := InstantIndexes(5))
    plan.now = lambda: run.loop.now
    log = []
    handle = run.tables.handle

    def recording(operation, request):
        text = json.dumps(request)
        try:
            answer = handle(operation, request)
        except AwsError as error:
            log.append((operation, text, error.code))
            raise
        log.append((operation, text, json.dumps(answer)))
        return answer

    run.tables.handle = recording
    run.wire = run._wire()
    run.upload(SCENES["film"][0], at=1.0)
    run.run()
    return log


def moto_client():
    client = boto3.client("dynamodb", region_name="us-east-1")
    for name, (key, construct) in TABLES.items():
        indexes = deployment.indexes(construct)
        numbers = {"score"}
        attributes = dict.fromkeys([*key, *(part for pair in indexes.values() for part in pair)])
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": part, "AttributeType": "N" if part in numbers else "S"}
                for part in attributes
            ],
            KeySchema=_schema(key),
            GlobalSecondaryIndexes=[
                {"IndexName": index, "KeySchema": _schema(pair), "Projection": {"ProjectionType": "ALL"}}
                for index, pair in indexes.items()
            ],
        )
    return client


def _schema(names):
    kinds = ("HASH", "RANGE")
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, kinds, strict=False)]


def _comparable(answer, request):
    if "UPDATED_NEW" in request:
        # DynamoDB returns what the expression names; moto what changed, and the key of a new item.
        answer = {"Attributes": {"nextTurn": answer["Attributes"]["nextTurn"]}}
    kept = {name: answer[name] for name in ("Item", "Items", "Attributes", "Count") if name in answer}
    return json.loads(json.dumps(kept), parse_float=str)


def test_the_tables_answer_every_request_of_the_product_as_moto_does():
    log = recorded_requests()
    credentials = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    with patch.dict(os.environ, credentials), mock_aws():
        client = moto_client()
        for operation, request, expected in log:
            method = getattr(client, "".join(f"_{c.lower()}" if c.isupper() else c for c in operation)[1:])
            try:
                answer = method(**json.loads(request))
            except client.exceptions.ClientError as error:
                assert error.response["Error"]["Code"] == expected, request
                continue
            assert expected.startswith("{"), f"{request}: the model said {expected}"
            assert _comparable(answer, request) == _comparable(json.loads(expected), request), request
    operations = {operation for operation, _, _ in log}
    assert {"GetItem", "PutItem", "UpdateItem", "Query", "BatchWriteItem"} <= operations
    assert any(expected == "ConditionalCheckFailedException" for _, _, expected in log)


def test_the_answers_go_through_scoring_and_planning_and_give_a_trailer():
    run = stage(Case("film", 1))
    run.run()
    assert violations(run) == []
    books = Books(run)
    video = books.video(run.uploads[0])
    assert video["shotCount"] > 10 and video["sceneCount"] > 2
    (trailer,) = books.trailers[video["videoId"]]
    assert trailer["clipCount"] >= 3
    assert 0 < trailer["frames"] <= trailer["maxFrames"] == world.DEFAULTS["maxDuration"] * films.RATE
    assert len(run.rekognition.jobs) == len(world.DEFAULTS["detectors"])


def test_pages_are_small_enough_that_paging_is_visited():
    run = stage(Case("film", 1))
    run.run()
    gets = [call for call in run.wire.calls if call.api == "rekognition.GetLabelDetection"]
    assert len(gets) >= 2


def test_the_same_seed_gives_the_same_run():
    hashes = set()
    for _ in range(2):
        run = World(plan := Mixed(11))
        plan.now = lambda run=run: run.loop.now
        run.upload(films.Film("films/replayed.mp4", "replayed"), 1.0)
        run.run()
        hashes.add((run.trace_hash, len(run.lines)))
    assert len(hashes) == 1
    other = World(plan := Mixed(12))
    plan.now = lambda: other.loop.now
    other.upload(films.Film("films/replayed.mp4", "replayed"), 1.0)
    other.run()
    assert other.trace_hash not in {digest for digest, _ in hashes}
