"""SNS to SQS to Lambda: delivered at least once, in any order, and after five vain receives a dead letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.loop import Future, Loop

BATCH = 10
CONCURRENCY = 5
"""Pollers of a new event source mapping."""


@dataclass
class Message:
    """One message in the queue."""

    id: str
    body: str
    receives: int = 0


class Queue:
    """A queue with its event source mapping.

    Attributes:
        dead_letters: messages that were received too often.
    """

    def __init__(
        self,
        loop: Loop,
        *,
        visibility: float,
        max_receives: int,
        invoke: Callable[[Any], Future],
        deliveries: Callable[[str], Sequence[float]],
    ) -> None:
        """Make it.

        Args:
            loop: the time.
            visibility: seconds that a received message stays hidden.
            max_receives: receives after which a message is dead.
            invoke: the function that reads the queue.
            deliveries: delays with which a message arrives: none when it is lost, two when it is double.
        """
        self._loop, self._visibility, self._max_receives = loop, visibility, max_receives
        self._invoke, self._deliveries = invoke, deliveries
        self._visible: list[Message] = []
        self._polling = 0
        self._sent = 0
        self.dead_letters: list[Message] = []

    def send(self, body: str) -> None:
        """Take a message from the topic; each of its deliveries is a message of its own."""
        for delay in self._deliveries(body):
            self._sent += 1
            message = Message(f"message-{self._sent:05d}", body)
            self._loop.after(delay, lambda message=message: self._show(message))

    def _show(self, message: Message) -> None:
        if message.receives >= self._max_receives:
            self.dead_letters.append(message)
            return
        self._visible.append(message)
        # A moment later, so that what arrives together is one batch.
        self._loop.after(0.05, self._poll)

    def _poll(self) -> None:
        if not self._visible or self._polling >= CONCURRENCY:
            return
        batch, self._visible = self._visible[:BATCH], self._visible[BATCH:]
        for message in batch:
            message.receives += 1
        self._polling += 1
        hidden_until = self._loop.now + self._visibility
        answer = self._invoke({"Records": [_record(message) for message in batch]})
        answer.then(lambda: self._done(batch, answer, hidden_until))

    def _done(self, batch: list[Message], answer: Future, hidden_until: float) -> None:
        self._polling -= 1
        if answer.error is None:
            failed = {entry["itemIdentifier"] for entry in answer.value.get("batchItemFailures", [])}
        else:
            failed = {message.id for message in batch}
        for message in batch:
            if message.id in failed:
                self._loop.at(hidden_until, lambda message=message: self._show(message))
        self._poll()


def _record(message: Message) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": f"{message.id}/{message.receives}",
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.receives)},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:completions",
        "awsRegion": "us-east-1",
    }
