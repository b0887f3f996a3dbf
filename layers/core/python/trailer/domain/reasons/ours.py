"""Errors that are ours to mend; see ``table``, of which this is a part."""

from __future__ import annotations

from typing import Final

from trailer.domain.reasons.meaning import AGAIN, PLATFORM, ErrorClass, Meaning

_BUG: Final = ErrorClass.BUG

OURS: Final = (
    Meaning(
        _BUG,
        "The trailer could not be made as it was planned.",
        "Ask for it again with `trailer request`; if it fails again, the platform team has to act.",
        "RenderFailedError",
    ),
    Meaning(
        _BUG,
        "An AWS service answered in a way that we don't understand.",
        f"{PLATFORM}compare the answer in the log with wire/.",
        "MalformedResponseError",
    ),
    Meaning(
        _BUG,
        "An AWS service did not accept what we asked of it.",
        f"{PLATFORM}the log of the function shows the call.",
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
        "",
        f"Try once more: {AGAIN}",
        "RecordLostError",
    ),
    Meaning(
        _BUG,
        "Rekognition no longer has the results; it keeps them for 7 days.",
        f"Try once more: {AGAIN}",
        "ResultForgottenError Rekognition.ResourceNotFound",
    ),
    Meaning(
        _BUG,
        "Rekognition has not answered the start of a detection for a day.",
        f"{PLATFORM}see whether the account's Region has Rekognition Video and what its status page says; "
        "it is asked again every minute.",
        "StartUnansweredError",
    ),
    Meaning(
        _BUG,
        "A part of the deployment is missing.",
        f"{PLATFORM}deploy again, then {AGAIN}",
        """
        404 NotFound ResourceNotFound ResourceNotFoundError NoSuchBucket NoSuchUpload TableNotFound
        QueueDoesNotExist NonExistentQueue TopicNotFound
        StepFunctions.StateMachineDoesNotExist StepFunctions.StateMachineDeleting
        """,
    ),
    Meaning(
        _BUG,
        "MediaConvert could not do what we asked of it with this film.",
        f"{PLATFORM}the job in MediaConvert's console shows settings and input.",
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
        "Step Functions doesn't know the work on this film any more.",
        f"Try once more: {AGAIN}",
        "StepFunctions.ExecutionDoesNotExist",
    ),
    Meaning(
        _BUG,
        "Somebody stopped the work on this film.",
        f"If that was not intended, redrive the execution named on the record, or {AGAIN}",
        "ABORTED MediaConvert.CANCELED",
    ),
    Meaning(
        _BUG,
        "The work on this film broke before it could say why.",
        f"{PLATFORM}look at the execution named on the record; then {AGAIN}",
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
        f"{PLATFORM}look at the function's log and memory; then {AGAIN}",
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
