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

from trailer.domain.reasons.meaning import ErrorClass, Meaning

_FILE, _OPTIONS, _PERMISSION = ErrorClass.FILE, ErrorClass.OPTIONS, ErrorClass.PERMISSION
_BUSY, _BUG = ErrorClass.BUSY, ErrorClass.BUG
_PLATFORM: Final = "The platform team has to act: "
_AGAIN: Final = "{again}"
"""How to start once more: uploading the film, or asking for the trailer."""

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
        f"{_PLATFORM}give the right that is named (infra/constructs), deploy, then {_AGAIN}",
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
        f"{_PLATFORM}look at the account and at the roles of the functions, then {_AGAIN}",
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
        f"{_PLATFORM}let the function's role, and MediaConvert's, use the key (kms:Decrypt, "
        f"kms:GenerateDataKey), then {_AGAIN}",
        """
        KMSAccessDenied KMS.AccessDenied KMSOptInRequired KMSInvalidKeyUsage KMS.InvalidKeyUsage
        KMS.InvalidGrantToken KMS.IncorrectKey KMS.InvalidCiphertext
        """,
    ),
    Meaning(
        _PERMISSION,
        "The encryption key is disabled, waits for its deletion or is gone.",
        f"{_PLATFORM}enable the key or cancel its deletion; if it is gone, {_AGAIN}",
        """
        KMSDisabled KMS.Disabled KMSInvalidState KMS.InvalidState KMS.KMSInvalidState KMSNotFound
        KMS.NotFound KMS.KeyUnavailable
        """,
    ),
    # AWS has no room.
    Meaning(
        _BUSY,
        "An AWS service stayed busy for too long.",
        f"Later, {_AGAIN}",
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
        f"Ask AWS for a higher quota (L-A6079699) if this comes often; later, {_AGAIN}",
        "JobQuotaReachedError Rekognition.LimitExceeded",
    ),
    Meaning(
        _BUSY,
        "",
        f"Try once more: {_AGAIN} If it fails again, convert it to H.264 with AAC sound in an MP4.",
        "DetectionFailedError SharedJobLostError SharedJobCrowdedError",
    ),
    Meaning(
        _BUSY,
        "MediaConvert failed and does not say why.",
        f"Try once more: {_AGAIN} If it fails again, convert it to H.264 with AAC sound in an MP4.",
        "MediaConvert.1050 MediaConvert.1056 MediaConvert.1507 MediaConvert.1550 MediaConvert.1999",
    ),
    Meaning(
        _BUSY,
        "A step took longer than it may and was given up; nothing more is billed for it.",
        f"Try once more: {_AGAIN} If it takes too long again, the platform team has to act.",
        "States.Timeout States.HeartbeatTimeout Sandbox.Timedout TIMED_OUT Lambda.ClientExecutionTimeout",
    ),
    Meaning(
        _BUSY,
        "AWS Lambda could not run one of our functions just then.",
        f"Later, {_AGAIN}",
        """
        Lambda.Service Lambda.AWSLambda Lambda.SdkClient Lambda.ServiceQuotaExceeded
        Lambda.ResourceConflict Lambda.ResourceNotReady Lambda.ENILimitReached Lambda.ENINotReady
        Lambda.SubnetIPAddressLimitReached Lambda.EC2Unexpected Lambda.EFSIO Lambda.EFSMountConnectivity
        Lambda.EFSMountTimeout Lambda.S3FilesMountConnectivity Lambda.S3FilesMountTimeout
        Lambda.SnapStart Lambda.SnapStartNotReady Lambda.SnapStartTimeout
        Lambda.SnapStartRegenerationFailure Lambda.CodeArtifactUserPending
        """,
    ),
    # Ours.
    Meaning(
        _BUG,
        "The trailer could not be made as it was planned.",
        "Ask for it again with `trailer request`; if it fails again, the platform team has to act.",
        "RenderFailedError",
    ),
    Meaning(
        _BUG,
        "An AWS service answered in a way that we don't understand.",
        f"{_PLATFORM}compare the answer in the log with wire/.",
        "MalformedResponseError",
    ),
    Meaning(
        _BUG,
        "An AWS service did not accept what we asked of it.",
        f"{_PLATFORM}the log of the function shows the call.",
        """
        CallRefusedError 400 BadRequest BadDigest InvalidRequest InvalidArgument InvalidAction InvalidInput
        InvalidParameter InvalidParameterValue InvalidParameterCombination InvalidQueryParameter
        InvalidRequestContent ParameterValueInvalid MissingParameter MissingAction MalformedQueryString
        MalformedHttpRequest MalformedXML MethodNotAllowed NotAcceptable Serialization UnsupportedOperation
        UnknownOperation Validation ValidationError EntityTooLarge EntityTooSmall KeyTooLong KeyTooLongError
        PreconditionFailed NotImplemented InvalidDigest MissingContentLength PermanentRedirect
        TemporaryRedirect Redirect 301 307 405 409 411 412 413 415 422
        IdempotentParameterMismatch RequestEntityTooLarge
        DynamoDb.ConditionalCheckFailed DynamoDb.ItemCollectionSizeLimitExceeded DynamoDb.DuplicateItem
        S3.InvalidWriteOffset S3.TooManyParts S3.EncryptionTypeMismatch S3.MetadataTooLarge
        S3.InvalidBucketName S3.InvalidObjectName S3.InvalidRange S3.InvalidStorageClass S3.InvalidURI
        S3.IncompleteBody S3.RequestHeaderSectionTooLarge
        Sns.EndpointDisabled Sns.PlatformApplicationDisabled Sns.InvalidMessageContents
        Sqs.InvalidMessageContents Sqs.InvalidAddress Sqs.InvalidIdFormat Sqs.ReceiptHandleIsInvalid
        StepFunctions.InvalidOutput StepFunctions.InvalidName StepFunctions.InvalidExecutionInput
        StepFunctions.InvalidArn StepFunctions.ExecutionAlreadyExists StepFunctions.ExecutionNotRedrivable
        """,
    ),
    Meaning(
        _BUG,
        "Nobody waits for this answer any more.",
        "If the film has no final record, `trailer doctor --fix`; else nothing.",
        "StepFunctions.TaskDoesNotExist StepFunctions.TaskTimedOut StepFunctions.InvalidToken",
    ),
    Meaning(
        _BUG,
        "Rekognition no longer has the results; it keeps them for 7 days.",
        f"Try once more: {_AGAIN}",
        "ResultForgottenError Rekognition.ResourceNotFound",
    ),
    Meaning(
        _BUG,
        "A part of the deployment is missing.",
        f"{_PLATFORM}deploy again, then {_AGAIN}",
        """
        404 NotFound ResourceNotFound ResourceNotFoundError NoSuchBucket NoSuchUpload TableNotFound
        QueueDoesNotExist NonExistentQueue TopicNotFound
        StepFunctions.StateMachineDoesNotExist StepFunctions.StateMachineDeleting
        StepFunctions.ExecutionDoesNotExist
        """,
    ),
    Meaning(
        _BUG,
        "MediaConvert could not do what we asked of it with this film.",
        f"{_PLATFORM}the job in MediaConvert's console shows settings and input.",
        """
        MediaConvert.1021 MediaConvert.1022 MediaConvert.1040 MediaConvert.1041 MediaConvert.1042
        MediaConvert.1043 MediaConvert.1060 MediaConvert.1080 MediaConvert.1093 MediaConvert.1517
        MediaConvert.1522 MediaConvert.1601 MediaConvert.1602 MediaConvert.1603 MediaConvert.1700
        MediaConvert.3400 MediaConvert.3401 MediaConvert.3403 MediaConvert.3404 MediaConvert.3408
        MediaConvert.3450 MediaConvert.3451 MediaConvert.3452 MediaConvert.3453 MediaConvert.3454
        MediaConvert.3455 MediaConvert.3456 MediaConvert.3458 MediaConvert.3999
        """,
    ),
    Meaning(
        _BUG,
        "Somebody stopped the work on this film.",
        f"If that was not intended, {_AGAIN}",
        "ABORTED MediaConvert.CANCELED",
    ),
    Meaning(
        _BUG,
        "The work on this film broke before it could say why.",
        f"{_PLATFORM}look at the execution named on the record; then {_AGAIN}",
        """
        FAILED States.TaskFailed States.Runtime States.DataLimitExceeded States.NoChoiceMatched
        States.IntrinsicFailure States.ParameterPathFailure States.ResultPathMatchFailure
        States.BranchFailed States.ExceedToleratedFailureThreshold States.ItemReaderFailed
        States.ResultWriterFailed States.QueryEvaluationError States.Http.Socket
        """,
    ),
    Meaning(
        _BUG,
        "One of our functions broke off.",
        f"{_PLATFORM}look at the function's log and memory; then {_AGAIN}",
        """
        Lambda.Unknown Lambda.ResourceNotFound Lambda.RequestTooLarge
        Lambda.SerializedRequestEntityTooLarge Lambda.UnsupportedMediaType Lambda.InvalidRuntime
        Lambda.InvalidZipFile Lambda.InvalidSecurityGroupID Lambda.InvalidSubnetID Lambda.EC2AccessDenied
        Lambda.EFSMountFailure Lambda.S3FilesMountFailure Lambda.NoPublishedVersion Lambda.ModeNotSupported
        Lambda.RecursiveInvocation Lambda.CodeArtifactUserDeleted Lambda.CodeArtifactUserFailed
        Lambda.DurableExecutionAlreadyStarted Function.ResponseSizeTooLarge MissingSettingsError MemoryError
        Runtime.ExitError Runtime.OutOfMemory Runtime.ImportModuleError Runtime.HandlerNotFound
        Runtime.UserCodeSyntaxError Runtime.MarshalError Runtime.UnmarshalError Runtime.InvalidEntrypoint
        Runtime.Unknown Extension.Crash Sandbox.Failure
        """,
    ),
)
