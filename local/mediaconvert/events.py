"""Job state changes on EventBridge, as the user guide describes them.

Source ``aws.mediaconvert``, detail type ``MediaConvert Job State Change``. PutEvents refuses ``aws.``
sources from customers, on AWS and in the emulator; the header tells an emulator that knows it that these
come from a service. Where it refuses all the same, that is logged once and jobs go on.
"""

from __future__ import annotations

import functools
import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.faults.deliveries import send
from local.faults.injector import injector
from local.mediaconvert.objects import aws_client

DETAIL_TYPE = "MediaConvert Job State Change"
EMITTER_HEADER = "x-local-aws-emitter"
_log = logging.getLogger(__name__)


class Events:
    """Sends the events of jobs; never raises."""

    def __init__(self, client: Any = None) -> None:
        """``client`` is made on first use unless given: making one takes time that a start can't spare."""
        self._given = client
        self._refused = False
        self._faults = injector()

    @functools.cached_property
    def _client(self) -> Any:
        if self._given is not None:
            return self._given
        client = aws_client("events")
        client.meta.events.register("before-sign.events.PutEvents", _mark)
        return client

    def send(self, job: dict[str, Any], status: str, details: dict[str, Any] | None = None) -> None:
        """Send one state change of a job, with the fields of that state."""
        if self._refused:
            return
        detail = {
            "timestamp": int(time.time() * 1000),
            "accountId": job["Arn"].split(":")[4],
            "queue": job["Queue"],
            "jobId": job["Id"],
            "status": status,
            "userMetadata": job.get("UserMetadata", {}),
            **(details or {}),
        }
        entry = {
            "Time": datetime.now(UTC),
            "Source": "aws.mediaconvert",
            "Resources": [job["Arn"]],
            "DetailType": DETAIL_TYPE,
            "Detail": json.dumps(detail),
        }
        if self._faults is None:
            self._put(entry, job["Id"])
        else:
            send(self._faults, "rendered", lambda: self._put(entry, job["Id"]))

    def _put(self, entry: dict[str, Any], job_id: str) -> None:
        try:
            answer = self._client.put_events(Entries=[entry])
        except (ClientError, BotoCoreError) as error:
            _log.warning("An event of job %s was not sent: %s", job_id, error)
            return
        refusal = answer["Entries"][0].get("ErrorCode") if answer.get("FailedEntryCount") else None
        if refusal == "NotAuthorizedForSourceException":
            self._refused = True
            _log.warning("EventBridge refuses events of the source aws.mediaconvert; none will be sent.")


def _mark(request: Any, **_: object) -> None:
    request.headers[EMITTER_HEADER] = "mediaconvert"
