"""From boto3's errors to ours, in one place, by the table of ``domain.reasons``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError

from trailer.domain.reasons import ErrorClass, meaning_of, said
from trailer.errors import (
    AccessRefusedError,
    CallRefusedError,
    InvalidOptionsError,
    ServiceBusyError,
    TrailerError,
    UnreadableVideoError,
)

OPERATIONS: Final = {
    "Rekognition": """
        StartSegmentDetection StartLabelDetection StartFaceDetection StartCelebrityRecognition
        GetSegmentDetection GetLabelDetection GetFaceDetection GetCelebrityRecognition
    """,
    "MediaConvert": "CreateJob GetJob Probe",
    "S3": "HeadObject GetObject PutObject ListObjectsV2",
    "DynamoDb": "GetItem PutItem UpdateItem DeleteItem Query BatchWriteItem",
    "Sns": "Publish",
    "StepFunctions": "SendTaskSuccess SendTaskFailure SendTaskHeartbeat StartExecution DescribeExecution",
    "Lambda": "Invoke",
}
"""Every call that this product makes, by the service's name in Step Functions' error names.

A ``ClientError`` knows its operation and not its service, and the same code means
different things in different services.
"""

_KINDS: Final[dict[ErrorClass, type[TrailerError]]] = {
    ErrorClass.BUSY: ServiceBusyError,
    ErrorClass.PERMISSION: AccessRefusedError,
    ErrorClass.FILE: UnreadableVideoError,
    ErrorClass.OPTIONS: InvalidOptionsError,
    ErrorClass.BUG: CallRefusedError,
}
_SERVICE_OF: Final = {name: service for service, names in OPERATIONS.items() for name in names.split()}


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise AWS's refusals as ours.

    Args:
        what: what was being done, for the message: "reading the film's header".

    Raises:
        ServiceBusyError: it may work later; the state machines retry this and nothing else.
        TrailerError: one of the other kinds, which stay as they are however often one tries.
    """
    try:
        yield
    except ClientError as error:
        raise translate(error, what) from error
    except NoCredentialsError as error:
        raise AccessRefusedError(f"{what} needs credentials ({error}).") from error
    except ParamValidationError as error:
        raise CallRefusedError(f"{what} was asked for in a wrong way ({error}).") from error
    except BotoCoreError as error:
        raise ServiceBusyError(f"{what} did not get an answer ({error}).") from error


def translate(error: ClientError, what: str) -> TrailerError:
    """The product's error for an AWS error: its kind is the class of the code's meaning."""
    code, message = qualified_code(error), error.response.get("Error", {}).get("Message", "")
    meaning = meaning_of(code)
    kind = _KINDS[meaning.error_class if meaning else _class_of_status(error)]
    text = f"{what}: {said(code, message)}"
    if meaning and issubclass(kind, InvalidOptionsError | UnreadableVideoError):
        return kind(f"{meaning.sentence} {text}")
    return kind(text)


def error_code(error: ClientError) -> str:
    """The code of an AWS error, such as ``ThrottlingException``."""
    return str(error.response.get("Error", {}).get("Code", ""))


def qualified_code(error: ClientError) -> str:
    """The code with its service, such as ``DynamoDb.ThrottlingException``."""
    service = _SERVICE_OF.get(error.operation_name)
    return f"{service}.{error_code(error)}" if service else error_code(error)


def _class_of_status(error: ClientError) -> ErrorClass:
    """For a code that nobody documented."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500 or status == 429:
        return ErrorClass.BUSY
    return ErrorClass.PERMISSION if status in (401, 403) else ErrorClass.BUG
