"""The outcome topic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trailer.aws.failures import translated

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_SUBJECT_LIMIT = 100


class SnsNotifier:
    """``ports.Notifier`` on a topic."""

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def notify(self, subject: str, message: Mapping[str, Any]) -> None:
        """Publish an outcome as JSON. SNS takes only printable ASCII as a subject."""
        plain = "".join(c if " " <= c <= "~" else "?" for c in subject)[:_SUBJECT_LIMIT]
        with translated("Publishing the outcome"):
            self._client.publish(
                TopicArn=self._topic_arn,
                Subject=plain,
                Message=json.dumps(message, ensure_ascii=False, default=str),
            )
