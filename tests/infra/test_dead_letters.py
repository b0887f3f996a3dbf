"""Poison stays visible: whatever can't be delivered or handled lies in a queue that an alarm watches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.infra.synthesis import Template, as_list

SUFFIX = "/DeadLetters"


def _dead_letters(pipeline: Template) -> set[str]:
    return {path for path in pipeline.resources("AWS::SQS::Queue") if path.endswith(SUFFIX)}


def _targets(pipeline: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, rule in pipeline.resources("AWS::Events::Rule").items():
        for target in rule["Targets"]:
            yield path, target


def _queue(pipeline: Template, arn: Any) -> str:
    return pipeline.readable(arn).removesuffix(".Arn")


def test_every_rule_keeps_what_it_can_not_deliver(pipeline: Template) -> None:
    kept = {
        path: _queue(pipeline, target.get("DeadLetterConfig", {"Arn": "nowhere"})["Arn"])
        for path, target in _targets(pipeline)
    }
    assert len(kept) >= 5
    assert {path: queue for path, queue in kept.items() if queue not in _dead_letters(pipeline)} == {}


def test_every_subscription_keeps_what_it_can_not_deliver(pipeline: Template) -> None:
    subscriptions = pipeline.resources("AWS::SNS::Subscription")
    assert subscriptions
    for subscription in subscriptions.values():
        assert _queue(pipeline, subscription["RedrivePolicy"]["deadLetterTargetArn"]) in _dead_letters(
            pipeline
        )


def test_every_queue_with_a_reader_has_dead_letters(pipeline: Template) -> None:
    for mapping in pipeline.resources("AWS::Lambda::EventSourceMapping").values():
        read = pipeline.resources("AWS::SQS::Queue")[_queue(pipeline, mapping["EventSourceArn"])]
        assert _queue(pipeline, read["RedrivePolicy"]["deadLetterTargetArn"]) in _dead_letters(pipeline)


def test_every_function_that_an_event_calls_keeps_what_it_could_not_do(pipeline: Template) -> None:
    """Nobody waits for such a call, so its failure would be seen nowhere."""
    called = {
        pipeline.readable(target["Arn"]).removesuffix(".Arn")
        for _, target in _targets(pipeline)
        if pipeline.readable(target["Arn"]).endswith("/Function.Arn")
    }
    keeping = {
        pipeline.readable(config["FunctionName"])
        for config in pipeline.resources("AWS::Lambda::EventInvokeConfig").values()
        if _queue(pipeline, config["DestinationConfig"]["OnFailure"]["Destination"])
        in _dead_letters(pipeline)
    }
    assert called
    assert called <= keeping


def test_a_tick_waits_for_room_among_the_functions_of_a_busy_account(pipeline: Template) -> None:
    """A thousand films at work throttle it now and then, which is nothing to wake a person for."""
    ticks = [
        target["RetryPolicy"]
        for path, rule in pipeline.resources("AWS::Events::Rule").items()
        if "ScheduleExpression" in rule
        for target in rule["Targets"]
    ]
    assert len(ticks) == 2
    patience = [policy["MaximumEventAgeInSeconds"] for policy in ticks]
    patience += [
        config["MaximumEventAgeInSeconds"]
        for config in pipeline.resources("AWS::Lambda::EventInvokeConfig").values()
        if "MaximumEventAgeInSeconds" in config
    ]
    assert min(patience) >= 900


def test_every_dead_letter_wakes_somebody(pipeline: Template) -> None:
    alarms = pipeline.resources("AWS::CloudWatch::Alarm").values()
    watched = {
        pipeline.readable(dimension["Value"]).removesuffix(".QueueName")
        for alarm in alarms
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible" and alarm["Threshold"] == 1
        for dimension in alarm["Dimensions"]
        if as_list(alarm["AlarmActions"])
    }
    assert watched == _dead_letters(pipeline)


def test_dead_letters_wait_as_long_as_they_can(pipeline: Template) -> None:
    for path in _dead_letters(pipeline):
        assert pipeline.resources("AWS::SQS::Queue")[path]["MessageRetentionPeriod"] == 14 * 24 * 3600
