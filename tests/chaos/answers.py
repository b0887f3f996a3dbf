"""What goes over the wire: answers and errors in the protocol of each service, as botocore expects them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSResponse

from tests.chaos.faults import Fault

XML_SERVICES = frozenset({"s3", "sns"})


class AwsError(Exception):
    """A service refuses."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class _Raw(io.BytesIO):
    """The body, as urllib3 gives it."""

    def stream(self, amount: int = 65536, **_: Any) -> Iterator[bytes]:
        while chunk := self.read(amount):
            yield chunk


def http(url: str, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> AWSResponse:
    """An answer as botocore's own HTTP session would return it."""
    given = {"content-length": str(len(body)), "x-amzn-requestid": "chaos", **(headers or {})}
    return AWSResponse(url, status, given, _Raw(body))


def json_answer(url: str, value: Any) -> AWSResponse:
    """A success of a JSON service."""
    return http(url, 200, json.dumps(value, default=_plain).encode(), {"content-type": "application/json"})


def error_answer(url: str, service: str, error: AwsError, *, head: bool = False) -> AWSResponse:
    """A refusal in the service's protocol. HEAD has no body, so S3's code is lost there, as on AWS."""
    if head:
        return http(url, error.status, b"")
    if service == "s3":
        text = f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
        return http(url, error.status, text.encode(), {"content-type": "application/xml"})
    if service == "sns":
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{error.code}</Code>"
            f"<Message>{escape(error.message)}</Message></Error></ErrorResponse>"
        )
        return http(url, error.status, text.encode(), {"content-type": "text/xml"})
    headers = {"content-type": "application/json", "x-amzn-errortype": error.code}
    body = json.dumps({"__type": error.code, "message": error.message}).encode()
    return http(url, error.status, body, headers)


def refuse(fault: Fault | AwsError | None, service: str, operation: str) -> None:
    """Let a call fail if that is the fault.

    Raises:
        AwsError: it is.
    """
    if isinstance(fault, AwsError):
        raise fault
    if fault is Fault.THROTTLED:
        raise throttling(service, operation)
    if fault is Fault.SERVER_ERROR:
        raise server_error(service)
    if fault is Fault.REFUSED:
        raise refusal(service, operation)


def throttling(service: str, operation: str) -> AwsError:
    """How a service says that it was too fast."""
    match service:
        case "s3":
            return AwsError("SlowDown", "Please reduce your request rate.", 503)
        case "dynamodb":
            return AwsError("ThrottlingException", "Rate of requests exceeds the allowed throughput.")
        case "rekognition" if operation.startswith("Start"):
            return AwsError("ProvisionedThroughputExceededException", "Provisioned Rate exceeded.")
        case "rekognition":
            return AwsError("ThrottlingException", "Rate exceeded", 500)
        case "mediaconvert":
            return AwsError("TooManyRequestsException", "Too Many Requests", 429)
        case "sns":
            return AwsError("Throttling", "Rate exceeded")
        case _:
            return AwsError("ThrottlingException", "Rate exceeded")


def server_error(service: str) -> AwsError:
    """How a service says that it is broken."""
    codes = {
        "s3": "InternalError",
        "dynamodb": "InternalServerError",
        "rekognition": "InternalServerError",
        "mediaconvert": "InternalServerErrorException",
        "sns": "InternalError",
    }
    return AwsError(codes.get(service, "InternalFailure"), "We encountered an internal error.", 500)


def refusal(service: str, operation: str) -> AwsError:
    """How a service says that we may not."""
    if service == "mediaconvert":
        return AwsError("ForbiddenException", f"not authorized to perform mediaconvert:{operation}", 403)
    code = "AccessDenied" if service == "s3" else "AccessDeniedException"
    if service == "sns":
        code = "AuthorizationError"
    message = f"User is not authorized to perform: {service}:{operation}"
    return AwsError(code, message, 403 if service in XML_SERVICES else 400)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)
