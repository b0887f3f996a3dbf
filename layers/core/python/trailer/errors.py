"""Every way this product says no, by name.

The class names are a contract: the state machines match them in ``ErrorEquals``
and the final record of a video shows them, so renaming one is a breaking
change. Each message is a sentence for the person who uploaded the film: what
was wrong and what is allowed.
"""


class TrailerError(Exception):
    """Root of all errors that this product raises on purpose."""


class RejectedError(TrailerError):
    """The film or the wish can't be served; trying again will not help. Record: ``REJECTED``."""


class InvalidOptionsError(RejectedError):
    """An upload option has an unknown name or a value that is not allowed."""


class UnknownProfileError(RejectedError):
    """A viewer profile was asked for that does not exist."""


class InvalidProfileError(RejectedError):
    """A viewer profile breaks the schema or uses a word that Rekognition never emits."""


class UnreadableVideoError(RejectedError):
    """The bytes are not a video that can be opened: empty, damaged, cut short or another kind of file."""


class NoVideoTrackError(RejectedError):
    """The file opens but holds no picture."""


class UnsupportedVideoError(RejectedError):
    """The file is a video, of a kind that can't be analysed here."""


class VideoTooLargeError(RejectedError):
    """More bytes than Rekognition accepts (10 GB)."""


class VideoTooLongError(RejectedError):
    """More running time than Rekognition accepts (6 hours)."""


class VideoTooShortError(RejectedError):
    """The film is not longer than the trailer that was asked for."""


class CostCapExceededError(RejectedError):
    """The estimated price is above the cap of the upload or of the stage."""


class InfeasiblePlanError(RejectedError):
    """No trailer satisfies the hard rules: too little is left after gates, pins and bans."""


class UnknownVideoError(RejectedError):
    """No such video in the catalogue, or it has not been analysed yet."""


class UploadReplacedError(RejectedError):
    """Another file came under the film's name, and MediaConvert reads only the newest of a name."""


class UploadVanishedError(RejectedError):
    """The uploaded object version is no longer in the bucket."""


class DetectionFailedError(TrailerError):
    """Rekognition ended a job as FAILED or ERROR; the message carries its reason."""


class DetectionTimedOutError(TrailerError):
    """A detection did not end in ten days, the wait for a slot included; raised by the state machine."""


class SharedJobLostError(TrailerError):
    """A job shared with a film of equal bytes can't read that film's file; tried again with the own one."""


class StillWaitingError(TrailerError):
    """Another film with equal bytes has to come first; the state machine asks again, and nothing failed."""


class SharedJobCrowdedError(StillWaitingError):
    """As many films with equal bytes as a ledger row can hold wait for one job; this one asks again later."""


class ProxyInWorkError(StillWaitingError):
    """A film with equal bytes makes the copy that both need; this one asks again later."""


class StartUnansweredError(TrailerError):
    """Rekognition has not answered the start of a job for a day; the job is asked about again each minute."""


class ResultForgottenError(TrailerError):
    """Rekognition doesn't know the job any more: it keeps results for seven days."""


class RenderFailedError(TrailerError):
    """MediaConvert ended a job as ERROR or CANCELED, or its output is not what was planned."""


class JobQuotaReachedError(TrailerError):
    """The account's Rekognition job slots or start rate are taken; the job stays in the queue."""


class AccessRefusedError(TrailerError):
    """AWS refused us a call: a permission of the deployment is missing."""


class ServiceBusyError(TrailerError):
    """An AWS service throttled us or failed for a moment; retried by the state machine."""


class CallRefusedError(TrailerError):
    """AWS did not accept what we asked of it; trying the same again will not help."""


class RecordLostError(TrailerError):
    """An execution succeeded and what it wrote is gone, for example since the table was restored."""


class MalformedResponseError(TrailerError):
    """An AWS answer lacks something that its documentation promises."""
