"""What the chaos model reads from the constructs without synthesis, against the template."""

from __future__ import annotations

import re

from tests.chaos import deployment
from tests.infra.synthesis import Template


def test_function_timeouts(pipeline: Template) -> None:
    functions = pipeline.resources("AWS::Lambda::Function")
    deployed = {
        re.sub(
            r"(?<!^)(?=[A-Z])", "_", path.rsplit("/", 2)[-2 if path.endswith("Function") else -1]
        ).lower(): (float(function["Timeout"]))
        for path, function in functions.items()
    }
    assert {name: deployed[name] for name in deployment.function_timeouts()} == deployment.function_timeouts()


def test_indexes(media: Template) -> None:
    tables = media.resources("AWS::DynamoDB::GlobalTable")
    for table in ("CatalogueTable", "JobsTable"):
        deployed = {
            index["IndexName"]: tuple(key["AttributeName"] for key in index["KeySchema"])
            for index in tables[table]["GlobalSecondaryIndexes"]
        }
        assert deployed == deployment.indexes(table)


def test_the_completion_queue(pipeline: Template) -> None:
    queues = pipeline.resources("AWS::SQS::Queue")
    queue = next(body for path, body in queues.items() if path == "CompletionChannel/Queue")
    assert queue["VisibilityTimeout"] == deployment.VISIBILITY
    assert queue["RedrivePolicy"]["maxReceiveCount"] == deployment.MAX_RECEIVES


def test_who_gets_the_tick_and_who_hears_of_ends(pipeline: Template) -> None:
    ticked, told = set(), set()
    for rule in pipeline.resources("AWS::Events::Rule").values():
        for target in rule["Targets"]:
            name = pipeline.readable(target["Arn"]).split("/")
            folder = re.sub(r"(?<!^)(?=[A-Z])", "_", name[1].split(".")[0]).lower() if len(name) > 1 else ""
            if "ScheduleExpression" in rule:
                assert rule["ScheduleExpression"] == "rate(1 minute)"
                ticked.add(folder)
            elif rule["EventPattern"]["source"] == ["aws.states"]:
                told.add(folder)
    assert ticked == set(deployment.TICKS)
    assert told == {deployment.ENDED}
