"""From the name of an error to the sentence on the record."""

from __future__ import annotations

from trailer import errors

_SENTENCES = {
    "States.Timeout": "A step took longer than it may and was given up; nothing more will be billed for it. "
    "Upload the film again, or ask the platform team to look at the execution.",
    "ABORTED": "{message} Upload the film again if that was not intended.",
    "TIMED_OUT": "The work on this film took longer than it may and was stopped. {message}",
    "States.TaskFailed": "A step failed in an AWS service: {message}",
    "ServiceBusyError": "An AWS service stayed busy for too long: {message} Upload the film again later.",
    "AccessRefusedError": "The deployment lacks a permission, so the platform team has to act: {message}",
    "MalformedResponseError": "An AWS service answered in a way that we don't understand: {message}",
    "DetectionFailedError": "{message}",
    "RenderFailedError": "The trailer could not be rendered: {message}",
}
_UNKNOWN = "Something went wrong on our side, and the platform team has to act: {name}: {message}"


def is_rejection(name: str) -> bool:
    """Whether the film or the wish was refused, as opposed to something having broken."""
    kind = getattr(errors, name, None)
    return isinstance(kind, type) and issubclass(kind, errors.RejectedError)


def sentence(name: str, message: str) -> str:
    """What a person reads about an error; rejections speak for themselves."""
    text = " ".join(message.split())[:1000]
    if is_rejection(name):
        return text
    return _SENTENCES.get(name, _UNKNOWN).format(name=name, message=text).strip()
