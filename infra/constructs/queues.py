"""Queues as all of ours are: encrypted, TLS only, nothing lost before two weeks."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.compliance import acknowledge

MAX_RECEIVES = 5
"""Deliveries of a message before it goes to the dead-letter queue."""


def dead_letter_queue(scope: Construct, id_: str) -> sqs.Queue:
    """Where messages wait for a person after every retry failed."""
    queue = sqs.Queue(
        scope,
        id_,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
    acknowledge(queue, "It is a dead-letter queue itself; an alarm watches its depth.", "SQS3")
    return queue


def work_queue(
    scope: Construct, id_: str, *, consumer_timeout: Duration, dead_letters: sqs.IQueue
) -> sqs.Queue:
    """A queue with a dead-letter queue behind it.

    Args:
        scope: where.
        id_: construct id.
        consumer_timeout: of the function that reads it. A message stays hidden for six
            times as long, as Lambda's guide asks, so that throttled polls deliver nothing twice.
        dead_letters: takes a message after ``MAX_RECEIVES`` deliveries.
    """
    return sqs.Queue(
        scope,
        id_,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
        visibility_timeout=Duration.seconds(6 * consumer_timeout.to_seconds()),
        dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=MAX_RECEIVES, queue=dead_letters),
    )
