"""Wiring of a function: logger, tracer, metrics, clients. Built on first use, kept while warm."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from trailer.aws.dynamodb import DynamoCatalogue
from trailer.aws.job_ledger import DynamoJobLedger
from trailer.aws.mediaconvert import MediaConvertTranscoder
from trailer.aws.proxies import DynamoProxies
from trailer.aws.rekognition import RekognitionDetections
from trailer.aws.s3 import S3Results, S3Uploads
from trailer.aws.sns import SnsNotifier
from trailer.aws.stepfunctions import StepFunctionsWorkflow
from trailer.collector import collect_seldom
from trailer.domain.work.upload import video_id
from trailer.errors import RejectedError, StillWaitingError, TrailerError
from trailer.ports import (
    Catalogue,
    Clock,
    Detections,
    JobLedger,
    Notifier,
    Proxies,
    Results,
    Services,
    Transcoder,
    Uploads,
    Workflow,
)
from trailer.settings import Settings
from trailer.wire.events import parse_object_created

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource
    from mypy_boto3_s3 import S3Client

    Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

collect_seldom()

# Only ASCII, so that no name of a film can end a line of the log or move a cursor in it.
logger = Logger(json_serializer=functools.partial(json.dumps, default=str, separators=(",", ":")))
tracer = Tracer()
metrics = Metrics()

_CLIENTS = Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5, read_timeout=60)
_NO_RETRY = Config(retries={"mode": "standard", "total_max_attempts": 1})


class SystemClock:
    """``ports.Clock``."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)


class AwsServices:
    """``ports.Services`` on AWS. A client costs a cold start tens of milliseconds: made on first use."""

    @functools.cached_property
    def settings(self) -> Settings:
        """The environment of this function."""
        return Settings.from_env(os.environ)

    @functools.cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue table."""
        return DynamoCatalogue(self._dynamodb.Table(self.settings.catalogue_table))

    @functools.cached_property
    def jobs(self) -> JobLedger:
        """The jobs table."""
        return DynamoJobLedger(self._dynamodb.Table(self.settings.jobs_table))

    @functools.cached_property
    def proxies(self) -> Proxies:
        """Claims to make proxies, in the jobs table."""
        return DynamoProxies(self._dynamodb.Table(self.settings.jobs_table))

    @functools.cached_property
    def detections(self) -> Detections:
        """Rekognition, announcing completions on our topic."""
        return RekognitionDetections(
            boto3.client("rekognition", config=_CLIENTS),
            start_client=boto3.client("rekognition", config=_CLIENTS.merge(_NO_RETRY)),
            topic_arn=self.settings.detection_topic_arn,
            role_arn=self.settings.detection_role_arn,
        )

    @functools.cached_property
    def transcoder(self) -> Transcoder:
        """MediaConvert."""
        return MediaConvertTranscoder(boto3.client("mediaconvert", config=_CLIENTS))

    @functools.cached_property
    def uploads(self) -> Uploads:
        """The source bucket."""
        return S3Uploads(self._s3)

    @functools.cached_property
    def results(self) -> Results:
        """The results bucket."""
        return S3Results(self._s3, self.settings.results_bucket)

    @functools.cached_property
    def workflow(self) -> Workflow:
        """Step Functions."""
        return StepFunctionsWorkflow(
            boto3.client("stepfunctions", config=_CLIENTS), make_trailer_arn=self.settings.make_trailer_arn
        )

    @functools.cached_property
    def notifier(self) -> Notifier:
        """The outcome topic."""
        return SnsNotifier(boto3.client("sns", config=_CLIENTS), self.settings.notification_topic_arn)

    @functools.cached_property
    def clock(self) -> Clock:
        """The system's clock."""
        return SystemClock()

    @functools.cached_property
    def _s3(self) -> S3Client:
        return boto3.client("s3", config=_CLIENTS)

    @functools.cached_property
    def _dynamodb(self) -> DynamoDBServiceResource:
        return boto3.resource("dynamodb", config=_CLIENTS)


@functools.cache
def services() -> Services:
    """Everything outside, kept while the function is warm."""
    return AwsServices()


def instrumented(handler: Handler) -> Handler:
    """Give a handler its log lines, trace and metrics, all under the film's id.

    A rejection is an answer, not an accident: it is logged without a stack trace
    and counted apart from failures; to wait for another film is neither. In any case
    the exception goes on to the state machine, which matches its name.
    """

    @functools.wraps(handler)
    def wrapped(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        logger.append_keys(correlation_id=correlation_id(event))
        try:
            result = handler(event, context)
        except RejectedError as error:
            logger.warning(str(error), error=type(error).__name__)
            metrics.add_metric(name="Rejected", unit=MetricUnit.Count, value=1)
            raise
        except StillWaitingError as error:
            logger.info(str(error), error=type(error).__name__)
            raise
        except TrailerError:
            logger.exception("failed")
            metrics.add_metric(name="Failed", unit=MetricUnit.Count, value=1)
            raise
        logger.info("done", result={k: v for k, v in result.items() if isinstance(v, str | int | bool)})
        return result

    return logger.inject_lambda_context(clear_state=True)(
        tracer.capture_lambda_handler(metrics.log_metrics(wrapped))
    )


def correlation_id(event: Mapping[str, Any]) -> str | None:
    """The film's id, wherever this event has it."""
    if "videoId" in event:
        return str(event["videoId"])
    inner = event.get("input") or event.get("event")
    if isinstance(inner, str):
        inner = json.loads(inner)
    if isinstance(inner, Mapping):
        if "videoId" in inner:
            return str(inner["videoId"])
        try:
            return video_id(parse_object_created(inner)[0])
        except TrailerError:
            return None
    return None
