"""The two ways MediaConvert says no: an API error at once, or a job that ends in ERROR."""

from __future__ import annotations

from typing import ClassVar


class ApiError(Exception):
    """An answer other than 2xx.

    Attributes:
        code: Exception name in botocore's model, such as ``BadRequestException``.
        status: HTTP status of that exception.
        message: What is wrong, with the path of the offending member where there is one.
    """

    STATUS: ClassVar[dict[str, int]] = {
        "BadRequestException": 400,
        "ForbiddenException": 403,
        "NotFoundException": 404,
        "ConflictException": 409,
        "UnprocessableEntityException": 422,
        "TooManyRequestsException": 429,
        "InternalServerErrorException": 500,
    }

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = self.STATUS[code]
        self.message = message


def bad_request(message: str) -> ApiError:
    """The error for a request that MediaConvert would not accept."""
    return ApiError("BadRequestException", message)


class JobError(Exception):
    """A job that can't be finished.

    Attributes:
        code: MediaConvert's job error code (user guide, "Job error codes").
        message: A sentence naming the input, output or setting.
    """

    CANNOT_OPEN = 1010
    NO_VIDEO = 1020
    UNSUPPORTED_CODEC = 1030
    SETTINGS = 1040
    DISK_FULL = 1050
    CLIP_NOT_IN_INPUT = 1060
    READ = 1076
    AUDIO_DECODE = 1092
    S3_DENIED = 1401
    S3_NOT_FOUND = 1404
    UNKNOWN = 1999

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class JobCanceledError(Exception):
    """The job was cancelled while it rendered."""
