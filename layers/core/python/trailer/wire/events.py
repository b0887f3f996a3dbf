"""Messages that arrive: S3 uploads, Rekognition completions, failures of a state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trailer.domain.reasons import said
from trailer.domain.work.upload import ObjectVersion
from trailer.errors import MalformedResponseError


@dataclass(frozen=True, slots=True)
class Completion:
    """What Rekognition says when a job ended."""

    job_tag: str
    job_id: str
    succeeded: bool
    status: str
    """SUCCEEDED, FAILED or ERROR are documented; anything else counts as not succeeded."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The error that ended an execution, unwrapped to where it began."""

    name: str
    message: str


def parse_object_created(event: Mapping[str, Any]) -> tuple[ObjectVersion, int]:
    """Read an EventBridge ``Object Created`` event of S3.

    The key of such an event is raw, unlike that of a classic S3 notification:
    decoding it would break names with ``+`` or ``%``.

    Returns:
        The object version and its size in bytes.

    Raises:
        MalformedResponseError: it is no such event, or comes from a bucket without
            versions, where an upload has no identity that lasts.
    """
    try:
        detail = event["detail"]
        obj = detail["object"]
        return ObjectVersion(detail["bucket"]["name"], obj["key"], obj["version-id"]), int(obj["size"])
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedResponseError(f"This is no S3 Object Created event: {error!r} is missing.") from error


def parse_completion(body: str) -> Completion:
    """Read a queue message with Rekognition's completion, wrapped by SNS or delivered raw.

    Raises:
        MalformedResponseError: it is no such message, or has no JobTag.
    """
    try:
        message = json.loads(body)
        if "Message" in message:
            message = json.loads(message["Message"])
        status = str(message["Status"])
        return Completion(
            job_tag=message["JobTag"],
            job_id=message["JobId"],
            succeeded=status == "SUCCEEDED",
            status=status,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedResponseError(f"This is no Rekognition completion: {error!r}.") from error


def rendered_milliseconds(job: Mapping[str, Any]) -> int:
    """Length of the longest output of a completed MediaConvert job, in milliseconds.

    Raises:
        MalformedResponseError: the job tells no length.
    """
    lengths = [
        int(output["DurationInMs"])
        for group in job.get("OutputGroupDetails", [])
        for output in group.get("OutputDetails", [])
        if "DurationInMs" in output
    ]
    if not lengths:
        raise MalformedResponseError(f"The render job {job.get('Id')} does not say how long its outputs are.")
    return max(lengths)


def parse_failure(error: Mapping[str, Any]) -> Failure:
    """Unwrap the error output of a Catch to the name and message of its origin.

    A Lambda's exception arrives as JSON in ``Cause`` with ``errorType`` and
    ``errorMessage``; a failed child execution as JSON with ``Error`` and
    ``Cause``; a MediaConvert job that did not complete as JSON with its ``Status``;
    anything else as plain text, for example what AWS said to a call that Step
    Functions made by itself.
    """
    name, cause = str(error.get("Error", "Unknown")), str(error.get("Cause", ""))
    try:
        detail = json.loads(cause)
    except ValueError:
        return _plain_failure(name, cause)
    if not isinstance(detail, dict):
        return _plain_failure(name, cause)
    job = detail.get("Job", detail)
    if isinstance(job, dict) and job.get("Status") in ("ERROR", "CANCELED"):
        code = job.get("ErrorCode", job["Status"])
        return Failure("RenderFailedError", said(f"MediaConvert.{code}", str(job.get("ErrorMessage", ""))))
    if "errorMessage" in detail:
        return Failure(str(detail.get("errorType") or name), str(detail["errorMessage"]))
    if "Cause" in detail or "Error" in detail:
        return parse_failure({"Error": detail.get("Error", name), "Cause": detail.get("Cause", "")})
    return _plain_failure(name, cause)


def _plain_failure(name: str, cause: str) -> Failure:
    """``MediaConvert.BadRequestException`` and its like are not ours, so their message is a quotation."""
    service = name.partition(".")[0]
    own = service in (name, "States")
    return Failure(name, cause if own else said(name, cause))
