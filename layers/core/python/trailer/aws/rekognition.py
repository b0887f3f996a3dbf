"""Rekognition Video: start jobs, ask about them, read their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from trailer.aws.failures import error_code, translated
from trailer.domain.jobs import DetectionJob
from trailer.errors import (
    DetectionFailedError,
    JobQuotaReachedError,
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

    def __init__(self, client: RekognitionClient, *, topic_arn: str, role_arn: str) -> None:
        self._client = client
        self._channel = {"SNSTopicArn": topic_arn, "RoleArn": role_arn}

    def start(self, job: DetectionJob) -> str:
        """Start the job under its own tokens, so that repeating it is free."""
        detector = DETECTORS[job.detector]
        video = {"Bucket": job.source.bucket, "Name": job.source.key}
        if job.source.version:
            video["Version"] = job.source.version
        start = getattr(self._client, call_name("start", detector))
        with translated(f"Starting {job.detector} detection"):
            try:
                answer = start(
                    Video={"S3Object": video},
                    ClientRequestToken=job.request_token,
                    JobTag=job.tag,
                    NotificationChannel=self._channel,
                    **detector.start,
                )
            except ClientError as error:
                raise _start_refusal(error) or error from error
        return str(answer["JobId"])

    def status(self, detector: str, job_id: str) -> tuple[str, str]:
        """Ask for one row, which brings the status."""
        get = getattr(self._client, call_name("get", DETECTORS[detector]))
        with translated(f"Asking about {detector} detection"):
            answer = get(JobId=job_id, MaxResults=1)
        return str(answer["JobStatus"]), str(answer.get("StatusMessage", ""))

    def pages(self, detector: str, job_id: str) -> Iterator[Mapping[str, Any]]:
        """Follow NextToken to the end; botocore has no paginator for these calls."""
        entry = DETECTORS[detector]
        get = getattr(self._client, call_name("get", entry))
        token: dict[str, str] = {}
        while True:
            with translated(f"Reading {detector} detections"):
                page = get(JobId=job_id, MaxResults=_PAGE_SIZE, **entry.get, **token)
            if page["JobStatus"] != "SUCCEEDED":
                reason = page.get("StatusMessage", "no reason given")
                raise DetectionFailedError(f"The {detector} detection is {page['JobStatus']}: {reason}")
            page.pop("ResponseMetadata", None)
            yield page
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}


def _start_refusal(error: ClientError) -> Exception | None:
    code = error_code(error)
    message = error.response.get("Error", {}).get("Message", "")
    if code in _QUOTA:
        return JobQuotaReachedError(message)
    if code == "VideoTooLargeException":
        return VideoTooLargeError(f"Rekognition takes films up to 10 GB and 6 hours: {message}")
    if code == "InvalidS3ObjectException":
        return UnsupportedVideoError(f"Rekognition can't read the uploaded film: {message}")
    return None
