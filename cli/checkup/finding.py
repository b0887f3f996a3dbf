"""Something that needs somebody, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cli.errors import CliError, NotRunningError

if TYPE_CHECKING:
    from cli.target import Deployment


class RemedyError(CliError):
    """A remedy did not work; the message says why, and what it was for stays as it was."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What ``--fix`` does. It is safe: done twice it does no more than once, and costs no more."""

    name: str
    """Several findings may have the same; it is done once."""
    apply: Callable[[], str]
    """Returns the sentence that says what was done; raises ``RemedyError``."""
    discards: bool = False
    """Whether it throws something away, which takes a word more than ``--fix``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of trouble with one film, queue or execution."""

    kind: str
    subject: str
    """A film's id wherever it is known."""
    why: str
    advice: str
    since: datetime | None = None
    remedy: Remedy | None = None
    count: int = 1
    alarming: bool = True
    """False for what only its uploader can mend."""

    def as_record(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "count": self.count,
            "since": self.since.isoformat() if self.since else None,
            "why": self.why,
            "advice": self.advice,
            "remedy": self.remedy.name if self.remedy else None,
            "alarming": self.alarming,
        }


@dataclass(frozen=True, slots=True)
class Scope:
    """What is old enough to be looked at."""

    now: datetime
    stuck_before: datetime
    """What has not moved since then counts as stuck."""
    failed_since: datetime
    """What failed before then is history."""


def output(deployment: Deployment, name: str) -> str:
    """An output of the stack.

    Raises:
        NotRunningError: the stack was deployed before the output existed.
    """
    if name not in deployment.outputs:
        raise NotRunningError(
            f"The deployment is older than this command and has no {name}; deploy it again."
        )
    return deployment.outputs[name]


def moment(text: object) -> datetime | None:
    """A stored time."""
    return datetime.fromisoformat(str(text)) if text else None


def from_milliseconds(text: object) -> datetime | None:
    """A time as SQS has it."""
    return datetime.fromtimestamp(int(str(text)) / 1000, UTC) if text else None


def invoke(deployment: Deployment, function: str, payload: Mapping[str, Any]) -> Any:
    """Call one of our functions and wait for its answer.

    Raises:
        RemedyError: it failed; the message is its own.
    """
    import json

    answer = deployment.functions.invoke(
        FunctionName=output(deployment, function), Payload=json.dumps(payload).encode()
    )
    body = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        failed = body if isinstance(body, dict) else {}
        raise RemedyError(f"{failed.get('errorType', 'failed')}: {failed.get('errorMessage', body)}")
    return body


def settle_jobs(deployment: Deployment) -> Remedy:
    """The minute tick, now: starts what is pending, asks Rekognition, wakes who waits."""

    def apply() -> str:
        done = invoke(deployment, "ReconcileJobsFunctionName", {})
        told = ", ".join(f"{count} {what}" for what, count in done.items())
        return f"Asked Rekognition about open jobs: {told}."

    return Remedy("settle jobs", apply)


def close_records(deployment: Deployment) -> Remedy:
    """The minute tick, now: closes the records of executions that are over."""

    def apply() -> str:
        done = invoke(deployment, "CloseRecordsFunctionName", {})
        return f"Closed {done['closed']} of {done['standing']} records that stood still."

    return Remedy("close records", apply)
