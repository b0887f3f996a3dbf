"""Rekognition Video: start jobs, ask about them, read their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from trailer.aws.failures import error_code, translate, translated
from trailer.domain.work.jobs import DetectionJob
from trailer.errors import (
    DetectionFailedError,
    JobQuotaReachedError,
    ResultForgottenError,
    ServiceBusyError,
    TrailerError,
    UnsupportedVideoError,
    VideoTooLargeError,
)
from trailer.wire.detectors import DETECTORS, call_name

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

_QUOTA = frozenset(
    {"LimitExceededException", "ProvisionedThroughputExceededException", "ThrottlingException"}
)
_PAGE_SIZE = 1000


class RekognitionDetections:
    """``ports.Detections`` on Rekognition Video."""

    def __init__(
        self,
        client: RekognitionClient,
        *,
        topic_arn: str,
        role_arn: str,
        start_client: RekognitionClient | None = None,
    ) -> None:
        """Wrap the clients.

        Args:
            client: for reading answers.
            topic_arn: where Rekognition announces that a job ended.
            role_arn: what it assumes for that.
            start_client: for starting jobs; it must not retry by itself. The queue is the
                retry, and a refusal after a hidden retry would not tell whether the first
                call had been accepted.
        """
        self._client = client
        self._start_client = start_client or client
        self._channel = {"SNSTopicArn": topic_arn, "RoleArn": role_arn}

    def start(self, job: DetectionJob) -> str:
        """Start the job under its own tokens, so that repeating it is free."""
        detector = DETECTORS[job.detector]
        video = {"Bucket": job.source.bucket, "Name": job.source.key}
        if job.source.version:
            video["Version"] = job.source.version
        start = getattr(self._start_client, call_name("start", detector))
        what = f"Starting {job.detector} detection"
        with translated(what):
            try:
                answer = start(
                    Video={"S3Object": video},
                    ClientRequestToken=job.request_token,
                    JobTag=job.tag,
                    NotificationChannel=self._channel,
                    **job.request,
                )
            except ClientError as error:
                raise _start_refusal(error, what) from error
        return str(answer["JobId"])

    def status(self, detector: str, job_id: str) -> tuple[str, str]:
        """Ask for one row, which brings the status."""
        get = getattr(self._client, call_name("get", DETECTORS[detector]))
        with translated(f"Asking about {detector} detection"), _forgotten(detector):
            answer = get(JobId=job_id, MaxResults=1)
        return str(answer["JobStatus"]), str(answer.get("StatusMessage", ""))

    def pages(self, detector: str, job_id: str) -> Iterator[Mapping[str, Any]]:
        """Follow NextToken to the end; botocore has no paginator for these calls."""
        entry = DETECTORS[detector]
        get = getattr(self._client, call_name("get", entry))
        token: dict[str, str] = {}
        while True:
            with translated(f"Reading {detector} detections"), _forgotten(detector):
                page = get(JobId=job_id, MaxResults=_PAGE_SIZE, **entry.get, **token)
            if page["JobStatus"] != "SUCCEEDED":
                reason = page.get("StatusMessage", "no reason given")
                raise DetectionFailedError(f"The {detector} detection is {page['JobStatus']}: {reason}")
            page.pop("ResponseMetadata", None)
            yield page
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}


def _start_refusal(error: ClientError, what: str) -> TrailerError:
    code = error_code(error)
    message = error.response.get("Error", {}).get("Message", "")
    if code in _QUOTA:
        return JobQuotaReachedError(message)
    if code == "VideoTooLargeException":
        return VideoTooLargeError(f"Rekognition takes films up to 10 GB and 6 hours: {message}")
    if code == "InvalidS3ObjectException":
        return UnsupportedVideoError(f"Rekognition can't read the uploaded film: {message}")
    return translate(error, what)


@contextmanager
def _forgotten(detector: str) -> Iterator[None]:
    """Name what only the Get calls say: that the job is unknown by now, or the place in its pages."""
    try:
        yield
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            raise ResultForgottenError(
                f"Rekognition no longer has the {detector} detection; it keeps results for seven days."
            ) from error
        if error_code(error) == "InvalidPaginationTokenException":
            raise ServiceBusyError(
                f"The place in the pages of the {detector} detection expired; they are read again."
            ) from error
        raise
