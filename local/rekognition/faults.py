"""Errors of the API, by the names that botocore turns into exceptions."""

from __future__ import annotations


class Fault(Exception):
    """An error answer: its AWS code, a message and the HTTP status."""

    code = "InternalServerError"
    status = 400


class AccessDeniedException(Fault):
    """The operation is not offered."""

    code = "AccessDeniedException"


class UnknownOperationException(Fault):
    """Rekognition has no such operation."""

    code = "UnknownOperationException"


class SerializationException(Fault):
    """The body is not a JSON object."""

    code = "SerializationException"


class InvalidParameterException(Fault):
    """A member is missing, unknown, of the wrong type or out of range."""

    code = "InvalidParameterException"


class InvalidS3ObjectException(Fault):
    """The object is not there or may not be read."""

    code = "InvalidS3ObjectException"


class VideoTooLargeException(Fault):
    """More than 10 GB."""

    code = "VideoTooLargeException"


class LimitExceededException(Fault):
    """Too many jobs are open."""

    code = "LimitExceededException"


class IdempotentParameterMismatchException(Fault):
    """A client request token came again with other parameters."""

    code = "IdempotentParameterMismatchException"


class InvalidPaginationTokenException(Fault):
    """The next token is not one of ours, or is too old."""

    code = "InvalidPaginationTokenException"


class ResourceNotFoundException(Fault):
    """No such job, or its results have expired."""

    code = "ResourceNotFoundException"


class ProvisionedThroughputExceededException(Fault):
    """Too many calls a second."""

    code = "ProvisionedThroughputExceededException"


class ThrottlingException(Fault):
    """Too many calls a second; AWS answers it as a server fault."""

    code = "ThrottlingException"
    status = 500


class InternalServerError(Fault):
    """Our own defect."""

    status = 500
