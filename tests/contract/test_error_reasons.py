"""Whatever AWS says to any call that we make has a reason in the table, and is treated as it says.

The calls are found in the code and the errors of each in botocore's models, so a new
call whose errors nobody has thought about fails here.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import botocore.session
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ParamValidationError

from tests.infra.calls import aws_calls, clients
from trailer import errors
from trailer.aws.failures import OPERATIONS, translate, translated
from trailer.domain.reasons import ErrorClass, explain, meaning_of

SERVICES = {
    "rekognition": "Rekognition",
    "mediaconvert": "MediaConvert",
    "s3": "S3",
    "dynamodb": "DynamoDb",
    "sns": "Sns",
    "stepfunctions": "StepFunctions",
    "lambda": "Lambda",
}
"""botocore's names to those in Step Functions' error names."""

COMMON = {
    # "Common errors", the same page in every API reference.
    "": """
        AccessDeniedException ExpiredTokenException IncompleteSignature InternalFailure InvalidAction
        InvalidClientTokenId MalformedHttpRequestException MalformedQueryString MissingAction
        MissingAuthenticationToken MissingParameter NotAuthorized OptInRequired RequestAbortedException
        RequestEntityTooLargeException RequestExpired RequestTimeoutException ServiceUnavailable
        SerializationException ThrottlingException Throttling UnknownOperationException
        UnrecognizedClientException ValidationError ValidationException
    """,
    # S3 guide, "List of error codes": what GET, HEAD, PUT and LIST can meet, with and without a body.
    "s3": """
        AccessDenied AccountProblem AllAccessDisabled BadDigest EntityTooLarge ExpiredToken InternalError
        InvalidAccessKeyId InvalidArgument InvalidBucketName InvalidDigest InvalidObjectState InvalidRange
        InvalidRequest InvalidSecurity InvalidStorageClass InvalidToken InvalidURI KeyTooLongError
        MetadataTooLarge MethodNotAllowed MissingContentLength NoSuchBucket NoSuchKey NoSuchVersion
        NotImplemented NotSignedUp OperationAborted PermanentRedirect PreconditionFailed Redirect
        RequestTimeTooSkewed RequestTimeout ServiceUnavailable SignatureDoesNotMatch SlowDown TemporaryRedirect
        IncompleteBody 301 307 400 403 404 405 409 411 412 500 502 503 504
        KMS.DisabledException KMS.NotFoundException KMS.KMSInvalidStateException KMS.AccessDeniedException
        KMS.ThrottlingException KMS.InvalidKeyUsageException KMS.KeyUnavailableException
        KMS.DependencyTimeoutException KMS.KMSInternalException
    """,
    # DynamoDB guide, "Error handling".
    "dynamodb": "AccessDeniedException ItemCollectionSizeLimitExceededException LimitExceededException",
    "sns": "AuthorizationError Throttled KMSOptInRequired NotFound",
}

MEDIACONVERT_JOB_ERRORS = """
    1010 1020 1021 1022 1030 1040 1041 1042 1043 1050 1056 1060 1075 1076 1080 1091 1092 1093 1401 1404 1432 1433
    1434 1507 1515 1517 1522 1550 1601 1602 1603 1700 1999 3400 3401 3403 3404 3408 3450 3451 3452 3453 3454 3455
    3456 3457 3458 3999 CANCELED
"""
"""MediaConvert guide, "Error codes", editions of 2023 and 2026, and a job that somebody cancelled."""

STATE_ERRORS = """
    States.Timeout States.HeartbeatTimeout States.TaskFailed States.Permissions States.Runtime
    States.DataLimitExceeded States.NoChoiceMatched States.IntrinsicFailure States.ParameterPathFailure
    States.ResultPathMatchFailure States.BranchFailed States.ExceedToleratedFailureThreshold
    States.ItemReaderFailed States.ResultWriterFailed States.QueryEvaluationError States.Http.Socket
    Lambda.Unknown Lambda.ServiceException Lambda.AWSLambdaException Lambda.SdkClientException
    Lambda.ClientExecutionTimeoutException Lambda.TooManyRequestsException Sandbox.Timedout
    Runtime.ExitError Runtime.ImportModuleError Runtime.HandlerNotFound Runtime.UserCodeSyntaxError
    Function.ResponseSizeTooLarge StepFunctions.AWSStepFunctionsException FAILED TIMED_OUT ABORTED
"""
"""Step Functions guide, "Handling errors", Lambda's own names, and how an execution can end."""

CALLS = sorted(aws_calls())


def _errors() -> Iterator[tuple[str, str, str]]:
    """(service, operation, code) of everything that can be said to a call."""
    for service, operation in CALLS:
        model = botocore.session.get_session().get_service_model(service)
        for shape in model.operation_model(operation).error_shapes:
            yield service, operation, shape.metadata.get("error", {}).get("code") or shape.name
            yield service, operation, shape.name
        for group in ("", service):
            yield from ((service, operation, code) for code in COMMON.get(group, "").split())


def test_the_walk_through_the_code_finds_calls_of_every_service() -> None:
    assert {service for service, _ in CALLS} == {*clients(), "lambda"}
    # One of each way in which a call is written.
    assert {
        ("dynamodb", "UpdateItem"),
        ("dynamodb", "BatchWriteItem"),
        ("s3", "ListObjectsV2"),
        ("s3", "HeadObject"),
        ("rekognition", "StartFaceDetection"),
        ("rekognition", "GetCelebrityRecognition"),
        ("mediaconvert", "CreateJob"),
        ("stepfunctions", "StartExecution"),
    } <= set(CALLS)


@pytest.mark.parametrize(("service", "operation"), CALLS)
def test_everything_that_can_be_said_to_a_call_has_a_reason(service: str, operation: str) -> None:
    codes = {code for found, name, code in _errors() if (found, name) == (service, operation)}
    unmapped = sorted(code for code in codes if meaning_of(f"{SERVICES[service]}.{code}") is None)
    assert unmapped == [], "say in domain/reasons/table.py what these mean"


@pytest.mark.parametrize(("service", "operation"), CALLS)
def test_the_service_of_a_call_is_known(service: str, operation: str) -> None:
    """Otherwise a table that doesn't exist would be told as a job that Rekognition forgot."""
    assert operation in OPERATIONS[SERVICES[service]].split(), "add the call to OPERATIONS in aws/failures.py"


@pytest.mark.parametrize("name", [f"MediaConvert.{code}" for code in MEDIACONVERT_JOB_ERRORS.split()])
def test_every_way_a_render_job_ends_has_a_reason(name: str) -> None:
    assert meaning_of(name) is not None


@pytest.mark.parametrize("name", STATE_ERRORS.split())
def test_every_way_a_state_fails_has_a_reason(name: str) -> None:
    assert meaning_of(name) is not None


@pytest.mark.parametrize("name", [name for name, _ in inspect.getmembers(errors, inspect.isclass)])
def test_every_error_of_ours_has_a_reason(name: str) -> None:
    if name not in ("TrailerError", "RejectedError", "StillWaitingError"):
        assert meaning_of(name) is not None, "say in domain/reasons/table.py what it means"


@pytest.mark.parametrize(
    ("operation", "code", "kind"),
    [
        ("GetItem", "ThrottlingException", errors.ServiceBusyError),
        ("GetItem", "ResourceNotFoundException", errors.CallRefusedError),
        ("PutItem", "TransactionConflictException", errors.ServiceBusyError),
        ("GetLabelDetection", "InvalidPaginationTokenException", errors.ServiceBusyError),
        ("Publish", "KMSDisabled", errors.AccessRefusedError),
        ("GetObject", "KMS.KMSInvalidStateException", errors.AccessRefusedError),
        ("GetObject", "InvalidObjectState", errors.UnreadableVideoError),
        ("HeadObject", "403", errors.AccessRefusedError),
        ("HeadObject", "503", errors.ServiceBusyError),
        ("Probe", "ForbiddenException", errors.AccessRefusedError),
        ("SendTaskSuccess", "InvalidOutput", errors.CallRefusedError),
    ],
)
def test_an_error_is_raised_as_its_class_wants(operation: str, code: str, kind: type[Exception]) -> None:
    assert type(translate(refused(operation, code), "Doing it")) is kind


def test_what_is_retried_is_what_the_table_calls_busy() -> None:
    for service, operation, code in _errors():
        meaning = meaning_of(f"{SERVICES[service]}.{code}")
        assert meaning is not None
        error = translate(refused(operation, code), "Doing it")
        assert isinstance(error, errors.ServiceBusyError) == (meaning.error_class is ErrorClass.BUSY), code


def test_a_translated_error_keeps_the_meaning_of_the_code() -> None:
    """Through the text alone: that is all that Step Functions hands on."""
    for service, operation, code in _errors():
        meaning = meaning_of(f"{SERVICES[service]}.{code}")
        assert meaning is not None
        error = translate(refused(operation, code), "Doing it")
        reason = explain(type(error).__name__, str(error))
        assert reason.error_class is meaning.error_class
        assert reason.sentence.startswith(meaning.sentence)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, errors.ServiceBusyError),
        (429, errors.ServiceBusyError),
        (403, errors.AccessRefusedError),
        (400, errors.CallRefusedError),
    ],
)
def test_a_code_that_nobody_documented_is_judged_by_its_status(status: int, kind: type[Exception]) -> None:
    error = refused("GetItem", "BrandNewException", status)
    assert type(translate(error, "Doing it")) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EndpointConnectionError(endpoint_url="https://nowhere"), errors.ServiceBusyError),
        (NoCredentialsError(), errors.AccessRefusedError),
        (ParamValidationError(report="Key is missing"), errors.CallRefusedError),
    ],
)
def test_no_answer_is_busy_and_a_wrong_question_is_not(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind), translated("Doing it"):
        raise error


def refused(operation: str, code: str, status: int = 400) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": "AWS's own words"},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        operation,
    )
