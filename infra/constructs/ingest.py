"""An upload starts an execution."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.queues import dead_letter_queue

SIDECAR: Final = ".trailer.json"
NOT_FILMS: Final = (SIDECAR, ".transcript.json", ".vtt", ".srt", "/")
"""Key endings that start nothing: options and captions beside a film, and the markers that consoles make
for folders."""


class Ingest(Construct):
    """Starts AnalyseVideo for every object version that arrives in the source bucket.

    Attributes:
        dead_letters: uploads whose execution could not be started for a day.
    """

    def __init__(
        self, scope: Construct, id_: str, *, films: s3.IBucket, analyse_video: sfn.IStateMachine
    ) -> None:
        super().__init__(scope, id_)
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        events.Rule(
            self,
            "ObjectCreated",
            description="A film was uploaded",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [films.bucket_name]},
                    "object": {"key": [{"anything-but": {"suffix": list(NOT_FILMS)}}]},
                },
            ),
            targets=[
                targets.SfnStateMachine(
                    analyse_video,
                    dead_letter_queue=self.dead_letters,
                    retry_attempts=185,
                    max_event_age=Duration.hours(24),
                )
            ],
        )
