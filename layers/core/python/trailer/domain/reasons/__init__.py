"""From an error to what a person is told: a sentence, whose matter it is, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from trailer import errors
from trailer.domain.reasons.meaning import ErrorClass, Meaning
from trailer.domain.reasons.table import MEANINGS
from trailer.domain.work.plain import plain

__all__ = [
    "MEANINGS",
    "REQUEST_AGAIN",
    "UPLOAD_AGAIN",
    "ErrorClass",
    "Meaning",
    "Reason",
    "explain",
    "is_rejection",
    "meaning_of",
    "said",
]

UPLOAD_AGAIN: Final = "upload the film again; what was analysed is not paid for twice."
REQUEST_AGAIN: Final = "ask for the trailer again with `trailer request`; nothing is analysed again."
_MESSAGE_LIMIT: Final = 1000
_UNKNOWN: Final = Meaning(
    ErrorClass.BUG,
    "Something went wrong on our side.",
    "The platform team has to act: the log of the execution named on the record has the details.",
    "",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a film or a trailer was not made."""

    sentence: str
    error_class: ErrorClass
    action: str

    @property
    def rejected(self) -> bool:
        """Whether trying the same again can't help, because the film or the wish is the reason."""
        return self.error_class in (ErrorClass.FILE, ErrorClass.OPTIONS)


def is_rejection(name: str) -> bool:
    """Whether it is the name of one of our errors that refuse a film or a wish."""
    kind = getattr(errors, name, None)
    return isinstance(kind, type) and issubclass(kind, errors.RejectedError)


def explain(name: str, message: str, *, again: str = UPLOAD_AGAIN) -> Reason:
    """Return the reason for the record.

    What AWS said inside the message (see ``said``) tells more than the name of our error
    around it. A rejection's message is written by us, with words of the uploader in it:
    there only the name counts.

    Args:
        name: of one of our errors, of an AWS error as Step Functions or ``said`` writes
            it, or of any exception.
        message: of the error, in whatever words.
        again: how to start once more what failed.
    """
    text = plain(" ".join(message.split()))[:_MESSAGE_LIMIT]
    quoted = None if is_rejection(name) else _QUOTED.search(text)
    inside = None if is_rejection(name) else _meaning_inside(name, text)
    meaning = (quoted and meaning_of(quoted["code"])) or inside or meaning_of(name)
    known = meaning or _UNKNOWN
    detail = text if meaning or quoted else f"{name}: {text}"
    # A sentence that went into a later error's message isn't said twice.
    parts = [detail] if known.sentence and known.sentence in detail else [known.sentence, detail]
    return Reason(
        " ".join(part for part in parts if part).strip(), known.error_class, known.action.format(again=again)
    )


def meaning_of(name: str) -> Meaning | None:
    """Look an error up, first with the service before the dot, then without; None when nobody knows it."""
    key = _key(name)
    return _BY_NAME.get(key) or _BY_NAME.get(key.partition(".")[2])


def said(code: str, message: str) -> str:
    """Quote AWS inside a message of ours, so that ``explain`` finds the code again.

    Args:
        code: with the service, such as ``S3.SlowDown``.
        message: AWS's own words.
    """
    return f"AWS says {code}: {message or 'nothing more'}"


_QUOTED: Final = re.compile(r"AWS says (?P<code>[\w.]+): ")


def _meaning_inside(name: str, text: str) -> Meaning | None:
    """Of a reason that is part of a later one, and of what Rekognition says about a failed job."""
    detected = name == errors.DetectionFailedError.__name__
    words = text.casefold()
    for meaning in (*MEANINGS, _UNKNOWN):
        if meaning.sentence and meaning.sentence in text:
            return meaning
        if detected and any(known in words for known in meaning.texts):
            return meaning
    return None


def _key(name: str) -> str:
    return name.casefold().removesuffix("exception")


_BY_NAME: Final = {_key(name): meaning for meaning in MEANINGS for name in meaning.names.split()}
