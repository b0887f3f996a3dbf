"""Completions of Rekognition jobs: SNS, then the queue, then here."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.resume_detection import resume_detection

_processor = BatchProcessor(event_type=EventType.SQS)


def _resume(record: SQSRecord) -> None:
    resume_detection(record.body, services())


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Wake the executions whose detections ended; a message that fails goes back to the queue alone.

    Delivered at least once and in any order: a message seen before changes nothing.
    """
    return dict(
        process_partial_response(event=event, record_handler=_resume, processor=_processor, context=context)
    )
