"""From boto3's errors to ours, in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from trailer.errors import AccessRefusedError, ServiceBusyError, TrailerError

_BUSY = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerErrorException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_REFUSED = frozenset({"AccessDenied", "AccessDeniedException", "Forbidden", "ForbiddenException", "403"})


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise AWS's refusals as ours; what has no translation passes through unchanged.

    Args:
        what: what was being done, for the message: "reading the film's header".
    """
    try:
        yield
    except ClientError as error:
        translation = translate(error, what)
        if translation is None:
            raise
        raise translation from error
    except BotoCoreError as error:
        raise ServiceBusyError(f"{what} did not get an answer ({error}).") from error


def translate(error: ClientError, what: str) -> TrailerError | None:
    """The product's error for an AWS error code, where there is one for every service alike."""
    code, message = error_code(error), error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _REFUSED:
        return AccessRefusedError(f"{what} was refused by AWS: {message}")
    if code in _BUSY or status >= 500:
        return ServiceBusyError(f"{what} was put off by AWS ({code}: {message}).")
    return None


def error_code(error: ClientError) -> str:
    """The code of an AWS error, such as ``ThrottlingException``."""
    return str(error.response.get("Error", {}).get("Code", ""))
