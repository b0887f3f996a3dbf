"""The dead-letter queues: what film a letter in each is about, and who should have got it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cli import queries
from cli.checkup.finding import invoke, output

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from cli.target import Deployment

_NO_FILM: Final = "no film"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, with what its bearer noted on it."""

    body: Any
    """Parsed where it is JSON, else text."""
    attributes: Mapping[str, str]
    message: MessageTypeDef

    @property
    def payload(self) -> Any:
        """What the function was called with, where Lambda wrote the letter."""
        return self.body.get("requestPayload", self.body) if isinstance(self.body, dict) else self.body

    @property
    def complaint(self) -> str:
        """What EventBridge or Lambda say about the failure."""
        if "ERROR_CODE" in self.attributes:
            return f"{self.attributes['ERROR_CODE']}: {self.attributes.get('ERROR_MESSAGE', '')}".rstrip(": ")
        failed = self.body.get("responsePayload") if isinstance(self.body, dict) else None
        if isinstance(failed, dict) and "errorMessage" in failed:
            return f"{failed.get('errorType', 'Error')}: {failed['errorMessage']}"
        return "the log of the function says why"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a letter is about."""

    film: str
    why: str
    hopeless: bool = False
    """Nobody could do anything with it, however often it is sent."""


@dataclass(frozen=True, slots=True)
class Box:
    """A dead-letter queue."""

    queue: str
    """The stack output with its name."""
    holds: str
    about: Callable[[Deployment, Letter], Verdict]
    deliver: Callable[[Deployment, Letter], None]
    """Hand a letter to what should have got it; raises ``RemedyError``."""


def _about_completion(deployment: Deployment, letter: Letter) -> Verdict:
    from trailer.errors import MalformedResponseError
    from trailer.wire.events import parse_completion

    try:
        completion = parse_completion(letter.message["Body"])
    except MalformedResponseError:
        return Verdict(_NO_FILM, "it is no completion of Rekognition", hopeless=True)
    row = queries.job(deployment.jobs, completion.job_tag)
    if row is None:
        return Verdict(
            _object_in(letter.body), f"its job {completion.job_tag} is not in the ledger", hopeless=True
        )
    if row["status"] in ("DONE", "FAILED"):
        return Verdict(str(row["videoId"]), f"its job is {row['status']} by now, so nothing is lost")
    return Verdict(str(row["videoId"]), "it could not be handled; the log of ResumeDetection says why")


def _object_in(completion: Any) -> str:
    """The object that Rekognition looked at, if the message says."""
    video = completion.get("Video") if isinstance(completion, dict) else None
    return str(video.get("S3ObjectName", _NO_FILM)) if isinstance(video, dict) else _NO_FILM


def _send_back(deployment: Deployment, letter: Letter) -> None:
    name = output(deployment, "CompletionQueueName")
    url = deployment.queues.get_queue_url(QueueName=name)["QueueUrl"]
    deployment.queues.send_message(QueueUrl=url, MessageBody=letter.message["Body"])


def _about_upload(deployment: Deployment, letter: Letter) -> Verdict:
    from trailer.errors import MalformedResponseError
    from trailer.wire.events import parse_object_created

    try:
        source, _size = parse_object_created(letter.body)
    except MalformedResponseError:
        return Verdict(_NO_FILM, "it is no upload", hopeless=True)
    return Verdict(source.key, letter.complaint)


def _about_sidecar(deployment: Deployment, letter: Letter) -> Verdict:
    from trailer.errors import MalformedResponseError
    from trailer.wire.events import parse_object_created

    try:
        source, _size = parse_object_created(letter.payload)
    except MalformedResponseError:
        return Verdict(_NO_FILM, "it is no upload", hopeless=True)
    return Verdict(source.key, letter.complaint)


def _apply_sidecar(deployment: Deployment, letter: Letter) -> None:
    """What lies beside the film now is read, so an old letter does no harm."""
    invoke(deployment, "ApplySidecarFunctionName", letter.payload)


def _start_execution(deployment: Deployment, letter: Letter) -> None:
    """Under a name of its own, so that it is started once; RegisterVideo would notice a second one, too."""
    stepfunctions = deployment.stepfunctions
    name = f"redriven-{hashlib.sha256(letter.message['MessageId'].encode()).hexdigest()[:32]}"
    try:
        stepfunctions.start_execution(
            stateMachineArn=deployment.outputs["AnalyseVideoStateMachineArn"],
            name=name,
            input=letter.message["Body"],
        )
    except stepfunctions.exceptions.ExecutionAlreadyExists:
        return


def _about_end(deployment: Deployment, letter: Letter) -> Verdict:
    payload = _end_payload(deployment, letter)
    if not isinstance(payload, dict):
        return Verdict(_NO_FILM, "it is no event", hopeless=True)
    arn = str(payload.get("executionId", ""))
    film = film_of_execution(deployment, arn) if arn else _NO_FILM
    return Verdict(film or arn, letter.complaint, hopeless=not film)


def _end_payload(deployment: Deployment, letter: Letter) -> Any:
    """EventBridge may keep the event as it came, before the rule's transformation."""
    payload = letter.payload
    if not isinstance(payload, dict) or "executionArn" not in payload.get("detail", {}):
        return payload
    detail = payload["detail"]
    trailer = detail.get("stateMachineArn") == deployment.outputs["MakeTrailerStateMachineArn"]
    return {"workflow": "MakeTrailer" if trailer else "AnalyseVideo", "executionId": detail["executionArn"]}


def _close_record(deployment: Deployment, letter: Letter) -> None:
    invoke(deployment, "CloseRecordsFunctionName", _end_payload(deployment, letter))


def _about_tick(deployment: Deployment, letter: Letter) -> Verdict:
    return Verdict(_NO_FILM, f"{letter.complaint} (the next tick does the same work)")


def _tick(deployment: Deployment, letter: Letter) -> None:
    invoke(deployment, "ReconcileJobsFunctionName", {})


def film_of_execution(deployment: Deployment, arn: str) -> str:
    """The film that an execution works on, by its input; empty when Step Functions does not know it."""
    from trailer.domain.work.upload import video_id
    from trailer.errors import TrailerError
    from trailer.wire.events import parse_object_created

    stepfunctions = deployment.stepfunctions
    try:
        given = json.loads(stepfunctions.describe_execution(executionArn=arn)["input"])
        return str(given["videoId"]) if "videoId" in given else video_id(parse_object_created(given)[0])
    except (
        stepfunctions.exceptions.ExecutionDoesNotExist,
        stepfunctions.exceptions.InvalidArn,
        TrailerError,
        KeyError,
        ValueError,
    ):
        return ""


BOXES: Final[Sequence[Box]] = (
    Box("UploadDeadLettersName", "upload", _about_upload, _start_execution),
    Box("CompletionDeadLettersName", "completion", _about_completion, _send_back),
    Box("EndedExecutionDeadLettersName", "ended execution", _about_end, _close_record),
    Box("TickDeadLettersName", "tick", _about_tick, _tick),
    Box("SidecarDeadLettersName", "sidecar", _about_sidecar, _apply_sidecar),
)
