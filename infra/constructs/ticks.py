"""Calls by the clock: what a tick does, the next one would do too."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

TICK_WAITS: Final = Duration.minutes(15)
"""How long a tick waits where the account has no room for one more function.

That happens whenever many films are at work, so that it is no matter for a person as long as
one tick in a quarter of an hour comes through.
"""


def tick(
    scope: Construct,
    id_: str,
    function: lambda_.IFunction,
    *,
    every: Duration,
    description: str,
    dead_letters: sqs.IQueue,
) -> None:
    """Call a function again and again with an empty event; what can't be delivered is a dead letter."""
    events.Rule(
        scope,
        id_,
        description=description,
        schedule=events.Schedule.rate(every),
        targets=[
            targets.LambdaFunction(
                function,
                event=events.RuleTargetInput.from_object({}),
                retry_attempts=3,
                max_event_age=TICK_WAITS,
                dead_letter_queue=dead_letters,
            )
        ],
    )
