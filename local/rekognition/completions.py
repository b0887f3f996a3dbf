"""Publishing completions to SNS, with patience: a lost message would leave the caller waiting."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.rekognition.jobs import Job

log = logging.getLogger(__name__)

ATTEMPTS = 8
FIRST_PAUSE = 0.25


def completion_body(job: Job) -> dict[str, Any]:
    """The message of aws.md 1.3: the job's id, outcome and object; the tag only if one was given."""
    place = job.request["Video"]["S3Object"]
    body: dict[str, Any] = {"JobId": job.job_id, "Status": job.announced or job.status, "API": job.operation}
    if job.request.get("JobTag"):
        body["JobTag"] = job.request["JobTag"]
    body["Timestamp"] = int((job.completed or time.time()) * 1000)
    body["Video"] = {"S3ObjectName": place.get("Name"), "S3Bucket": place.get("Bucket")}
    return body


class Completions:
    """Publishes in the background; each job's message until it is accepted or given up."""

    def __init__(self, delivered: Callable[[Job], None]) -> None:
        self._delivered = delivered
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="completion")
        self._stop = threading.Event()

    def publish(self, job: Job) -> None:
        """Send the job's completion to its notification channel."""
        self._pool.submit(self._send, job)

    def _send(self, job: Job) -> None:
        topic = job.request["NotificationChannel"]["SNSTopicArn"]
        message = json.dumps(completion_body(job))
        for attempt in range(ATTEMPTS):
            try:
                region = topic.split(":")[3]
                config = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1})
                boto3.client("sns", region_name=region, config=config).publish(
                    TopicArn=topic, Message=message
                )
            except (ClientError, BotoCoreError) as error:
                log.warning("Completion of job %s not published to %s: %s", job.job_id, topic, error)
                if self._stop.wait(FIRST_PAUSE * 2**attempt):
                    return
            else:
                log.info("Completion of job %s published: %s.", job.job_id, job.status)
                self._delivered(job)
                return
        log.error("Completion of job %s given up after %d attempts.", job.job_id, ATTEMPTS)

    def close(self) -> None:
        """Stop waiting; what is not published is taken up at the next start."""
        self._stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
