"""Faults at calls: what an HTTP request is called as an API, and what becomes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from local.faults.answers import Answer, answer_to
from local.faults.callers import Caller
from local.faults.injector import Injector
from local.faults.plan import Place

_SCOPE: Final = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/([a-z0-9-]+)/")
_S3_OBJECT: Final = {
    "GET": "GetObject",
    "HEAD": "HeadObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
}
_S3_QUERY: Final = (
    ("uploads", "CreateMultipartUpload"),
    ("partNumber", "UploadPart"),
    ("uploadId", "CompleteMultipartUpload"),
)
_MEDIACONVERT: Final = {
    ("POST", "probe"): "Probe",
    ("POST", "jobs"): "CreateJob",
    ("GET", "jobs"): "GetJob",
    ("DELETE", "jobs"): "CancelJob",
}
_UNANSWERED: Final = ("kill-during", "answer-lost", "render-answer-lost")


@dataclass(frozen=True, slots=True)
class Request:
    """As much of an HTTP request as tells which API it is."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    """Names in lower case."""
    body: str = ""
    """Of JSON and form requests; the bodies of objects are left out."""

    @property
    def service(self) -> str:
        """As botocore names it: the scope of the signature."""
        scope = _SCOPE.search(self.headers.get("authorization", ""))
        name = scope[1] if scope else ""
        return {"states": "stepfunctions"}.get(name, name)

    @property
    def api(self) -> str:
        """``service.Operation``."""
        return f"{self.service}.{self._operation()}"

    def _operation(self) -> str:
        target = self.headers.get("x-amz-target")
        if target:
            return target.rpartition(".")[2]
        parts = [part for part in self.path.split("/") if part]
        if self.service == "s3":
            return self._object_operation(len(parts))
        if self.service == "mediaconvert":
            return _MEDIACONVERT.get((self.method, parts[1] if len(parts) > 1 else ""), "")
        return parse_qs(self.body).get("Action", [""])[0]

    def _object_operation(self, depth: int) -> str:
        for name, operation in _S3_QUERY:
            if name in parse_qs(self.query, keep_blank_values=True) and self.method in ("POST", "PUT"):
                return operation
        if depth < 2:
            return "ListObjectsV2" if self.method == "GET" else "Bucket"
        return _S3_OBJECT.get(self.method, "")


@dataclass(slots=True)
class Verdict:
    """What becomes of one request."""

    refusal: Answer | None = None
    """Answer this, do nothing."""
    unheard: bool = False
    """Do nothing and answer nothing: close the connection."""
    unanswered: bool = False
    """Do what was asked and then close the connection."""
    victim: str | None = None
    """The process that dies when it was done."""


class CallFaults:
    """Judges the calls of functions; other people's are never touched."""

    def __init__(self, injector: Injector) -> None:
        self._injector = injector

    def caller(self, headers: dict[str, str]) -> Caller | None:
        """Who calls, if it is a function or Step Functions."""
        return self._injector.callers.find(headers.get("user-agent", ""))

    def judge(self, caller: Caller, request: Request) -> Verdict:
        """Decide about one request, and kill whom it kills before it is heard."""
        callers = self._injector.callers
        if callers.is_doomed(caller.process):
            callers.kill(caller.process)
            return Verdict(unheard=True)
        names = {"function": caller.function, "api": request.api}
        self._injector.note_call(**names)
        rule = self._injector.decide(Place.CALL, **names, text=request.body)
        if rule is None:
            return Verdict()
        if rule.fault == "kill-before":
            callers.kill(caller.process)
            return Verdict(unheard=True)
        if rule.fault == "kill-after":
            callers.doom(caller.process)
            return Verdict()
        if rule.fault in _UNANSWERED:
            return Verdict(unanswered=True, victim=caller.process if rule.fault == "kill-during" else None)
        return Verdict(refusal=answer_to(request.service, rule.fault))

    def done(self, verdict: Verdict) -> None:
        """The request was carried out: end the process that must not hear of it."""
        self._injector.callers.kill(verdict.victim)
