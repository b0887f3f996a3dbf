"""Every error that we can meet, grouped by what it means to a person. A table: no code, no order.

Names are written as Step Functions writes them, ``<Service>.<code>``, or without a service
where they mean the same everywhere. Case and a final ``Exception`` don't count. MediaConvert's
numbers are its job error codes; capitals such as ``TIMED_OUT`` are states of an execution or a job.

Sources: botocore's service models; the MediaConvert guide's "Error codes"; the Rekognition guide's
"Troubleshooting" and "Error handling"; the Step Functions guide's "Handling errors"; the S3 guide's
"List of error codes"; the "Common errors" of each API reference.
"""

from __future__ import annotations

from typing import Final

from trailer.domain.reasons.meaning import AGAIN, PLATFORM, ErrorClass, Meaning
from trailer.domain.reasons.ours import OURS

_FILE, _OPTIONS, _PERMISSION = ErrorClass.FILE, ErrorClass.OPTIONS, ErrorClass.PERMISSION
_BUSY: Final = ErrorClass.BUSY

MEANINGS: Final = (
    # The film.
    Meaning(
        _FILE,
        "",
        "Upload the complete film again, best as H.264 with AAC sound in an MP4.",
        "UnreadableVideoError NoVideoTrackError UnsupportedVideoError",
    ),
    Meaning(
        _FILE,
        "AWS can't read the film: it is damaged, cut short or of a kind that is not supported.",
        "Upload the complete film again, best as H.264 with AAC sound in an MP4.",
        """
        Rekognition.InvalidS3Object MediaConvert.UnprocessableEntity
        MediaConvert.1010 MediaConvert.1020 MediaConvert.1030 MediaConvert.1075 MediaConvert.1076
        MediaConvert.1092
        """,
        # The one text of a failed Rekognition job that is known from reports; AWS lists none.
        texts=("unsupported codec",),
    ),
    Meaning(
        _FILE,
        "",
        "Upload a version of the film with less than 10 GB and 6 hours, or in parts.",
        "VideoTooLargeError VideoTooLongError",
    ),
    Meaning(
        _FILE,
        "The film is larger or longer than Rekognition takes (10 GB, 6 hours).",
        "Upload a version of the film with less than 10 GB and 6 hours, or in parts.",
        "Rekognition.VideoTooLarge",
    ),
    Meaning(
        _FILE,
        "",
        "Upload a longer film, or ask for a shorter trailer with max-duration.",
        "VideoTooShortError",
    ),
    Meaning(_FILE, "", "Upload the film again.", "UploadVanishedError"),
    Meaning(_FILE, "", "Upload this film again under a name of its own.", "UploadReplacedError"),
    Meaning(
        _FILE,
        "The uploaded file is no longer in the bucket.",
        "Upload the film again.",
        "S3.NoSuchKey S3.NoSuchVersion S3.NotFound S3.404 S3.MethodNotAllowed MediaConvert.1404",
    ),
    Meaning(
        _FILE,
        "The uploaded file is in an archive, from where it can't be read.",
        "Restore it in S3, or upload it again with the storage class STANDARD.",
        "S3.InvalidObjectState",
    ),
    # The options.
    Meaning(
        _OPTIONS,
        "",
        "Correct the options and upload the film again; `trailer profiles` lists the viewers.",
        "InvalidOptionsError UnknownProfileError InvalidProfileError",
    ),
    Meaning(
        _OPTIONS,
        "",
        "Raise max-cost, or ask for fewer detectors or profiles, and upload the film again.",
        "CostCapExceededError",
    ),
    Meaning(
        _OPTIONS,
        "",
        "Ask for another length or for fewer pins and bans with `trailer request`; "
        "the film needn't be uploaded again.",
        "InfeasiblePlanError",
    ),
    Meaning(_OPTIONS, "", "`trailer videos` lists the films and how far they are.", "UnknownVideoError"),
    # Rights and keys.
    Meaning(
        _PERMISSION,
        "AWS refused us, because the deployment lacks a permission.",
        f"{PLATFORM}give the right that is named (infra/constructs), deploy, then {AGAIN}",
        """
        AccessRefusedError AccessDenied 401 403 Forbidden NotAuthorized AuthorizationError
        UnauthorizedOperation Unauthorized States.Permissions
        MediaConvert.1091 MediaConvert.1401 MediaConvert.1432 MediaConvert.1433 MediaConvert.1434
        MediaConvert.1515 MediaConvert.3457
        """,
    ),
    Meaning(
        _PERMISSION,
        "AWS did not accept who we are: credentials, account or clock.",
        f"{PLATFORM}look at the account and at the roles of the functions, then {AGAIN}",
        """
        ExpiredToken InvalidAccessKeyId InvalidClientTokenId MissingAuthenticationToken UnrecognizedClient
        IncompleteSignature InvalidSignature S3.InvalidToken SignatureDoesNotMatch InvalidSecurity
        InvalidSecurityToken RequestExpired RequestTimeTooSkewed OptInRequired NotSignedUp
        AccountProblem AllAccessDisabled
        """,
    ),
    Meaning(
        _PERMISSION,
        "The encryption key may not be used by us.",
        f"{PLATFORM}let the function's role, and MediaConvert's, use the key (kms:Decrypt, "
        f"kms:GenerateDataKey), then {AGAIN}",
        """
        KMSAccessDenied KMS.AccessDenied KMSOptInRequired KMSInvalidKeyUsage KMS.InvalidKeyUsage
        KMS.InvalidGrantToken KMS.IncorrectKey KMS.InvalidCiphertext
        """,
    ),
    Meaning(
        _PERMISSION,
        "The encryption key is disabled, waits for its deletion or is gone.",
        f"{PLATFORM}enable the key or cancel its deletion; if it is gone, {AGAIN}",
        """
        KMSDisabled KMS.Disabled KMSInvalidState KMS.InvalidState KMS.KMSInvalidState KMSNotFound
        KMS.NotFound KMS.KeyUnavailable
        """,
    ),
    # AWS has no room.
    Meaning(
        _BUSY,
        "An AWS service stayed busy for too long.",
        f"Later, {AGAIN}",
        """
        ServiceBusyError 429 500 502 503 504
        Throttling Throttled RequestThrottled KMSThrottling KMSThrottled KMS.Throttling
        KMS.DependencyTimeout KMS.KMSInternal RequestLimitExceeded TooManyRequests
        ProvisionedThroughputExceeded BandwidthLimitExceeded SlowDown
        InternalError InternalFailure InternalServerError ServiceException ServiceUnavailable ServiceFailure
        Busy RequestAborted RequestTimeout EC2Throttled OperationAborted OverLimit PriorRequestNotComplete
        DynamoDb.LimitExceeded DynamoDb.TransactionConflict DynamoDb.TransactionInProgress
        DynamoDb.TransactionCanceled DynamoDb.ReplicatedWriteConflict Rekognition.InvalidPaginationToken
        MediaConvert.Conflict MediaConvert.ServiceQuotaExceeded
        StepFunctions.ExecutionLimitExceeded StepFunctions.AWSStepFunctions
        """,
    ),
    Meaning(
        _BUSY,
        "Rekognition had no room for the film.",
        f"Ask AWS for a higher quota (L-A6079699) if this comes often; later, {AGAIN}",
        "JobQuotaReachedError Rekognition.LimitExceeded",
    ),
    Meaning(
        _BUSY,
        "",
        f"Try once more: {AGAIN} If it fails again, convert it to H.264 with AAC sound in an MP4.",
        "DetectionFailedError SharedJobLostError SharedJobCrowdedError ProxyInWorkError",
    ),
    Meaning(
        _BUSY,
        "MediaConvert failed and does not say why.",
        f"Try once more: {AGAIN} If it fails again, convert it to H.264 with AAC sound in an MP4.",
        "MediaConvert.1050 MediaConvert.1056 MediaConvert.1507 MediaConvert.1550 MediaConvert.1999",
    ),
    Meaning(
        _BUSY,
        "A step took longer than it may and was given up; nothing more is billed for it.",
        f"Try once more: {AGAIN} If it takes too long again, the platform team has to act.",
        """
        States.Timeout States.HeartbeatTimeout Sandbox.Timedout TIMED_OUT Lambda.ClientExecutionTimeout
        DetectionTimedOutError
        """,
    ),
    Meaning(
        _BUSY,
        "AWS Lambda could not run one of our functions just then.",
        f"Later, {AGAIN}",
        """
        Lambda.Service Lambda.AWSLambda Lambda.SdkClient Lambda.ServiceQuotaExceeded
        Lambda.ResourceConflict Lambda.ResourceNotReady Lambda.ENILimitReached Lambda.ENINotReady
        Lambda.SubnetIPAddressLimitReached Lambda.EC2Unexpected Lambda.EFSIO Lambda.EFSMountConnectivity
        Lambda.EFSMountTimeout Lambda.S3FilesMountConnectivity Lambda.S3FilesMountTimeout
        Lambda.SnapStart Lambda.SnapStartNotReady Lambda.SnapStartTimeout
        Lambda.SnapStartRegenerationFailure Lambda.CodeArtifactUserPending
        """,
    ),
    *OURS,
)
