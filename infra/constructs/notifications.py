"""Where outcomes are announced: a trailer is published, a film is done or was refused."""

from __future__ import annotations

from aws_cdk import aws_sns as sns
from constructs import Construct


class Notifications(Construct):
    """The topic that content people and other systems subscribe to.

    Attributes:
        topic: one message per published trailer and per terminal record.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        self.topic = sns.Topic(self, "Topic", enforce_ssl=True)
