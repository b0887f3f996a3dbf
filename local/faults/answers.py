"""Refusals as each service words them: names and statuses of botocore's models and Amazon's guides."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Final

_THROTTLED: Final = {
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "mediaconvert": ("TooManyRequestsException", 429),
    "rekognition": ("ProvisionedThroughputExceededException", 400),
    "s3": ("SlowDown", 503),
    "sns": ("Throttled", 429),
    "stepfunctions": ("ThrottlingException", 400),
}
_BROKEN: Final = {
    "dynamodb": ("InternalServerError", 500),
    "mediaconvert": ("InternalServerErrorException", 500),
    "rekognition": ("InternalServerError", 500),
    "s3": ("InternalError", 500),
    "sns": ("InternalError", 500),
    "stepfunctions": ("InternalServerError", 500),
}
_REFUSED: Final = {
    "mediaconvert": ("ForbiddenException", 403),
    "s3": ("AccessDenied", 403),
    "sns": ("AuthorizationError", 403),
}
_PHRASES: Final = {
    "throttled": "Rate exceeded.",
    "render-throttled": "Too Many Requests.",
    "server-error": "The request could not be processed because of an internal failure.",
    "refused": "User is not authorized to perform this action.",
    "page-token-expired": "The pagination token is not valid. Request the first page again.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def answer_to(service: str, fault: str) -> Answer:
    """The refusal of one service."""
    if fault in ("throttled", "render-throttled"):
        code, status = _THROTTLED.get(service, ("ThrottlingException", 400))
    elif fault == "server-error":
        code, status = _BROKEN.get(service, ("InternalFailure", 500))
    elif fault == "page-token-expired":
        code, status = "InvalidPaginationTokenException", 400
    else:
        code, status = _REFUSED.get(service, ("AccessDeniedException", 400))
    return _worded(service, code, status, _PHRASES[fault])


def _worded(service: str, code: str, status: int, message: str) -> Answer:
    request_id = str(uuid.uuid4())
    if service in ("s3", "sns"):
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        text = error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
        return Answer(status, {"content-type": "text/xml", "x-amzn-requestid": request_id}, text.encode())
    body = {"__type": code, "message": message, "Message": message}
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amzn-errortype": code,
        "x-amzn-requestid": request_id,
    }
    return Answer(status, headers, json.dumps(body).encode())
