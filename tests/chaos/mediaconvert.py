"""MediaConvert: Probe, GetJob and CreateJob, whose ClientRequestToken holds for one minute."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote

from tests.chaos.answers import AwsError
from tests.chaos.loop import Future, Loop
from tests.chaos.objects import Objects, Stored

TOKEN_SECONDS = 60.0
FINAL = frozenset({"COMPLETE", "ERROR", "CANCELED"})
_EXTENSIONS = {"MP4": "mp4", "M3U8": "m3u8", "RAW": "0000000.jpg"}


class Fate(Protocol):
    """What the fault plan decides about render jobs."""

    def render(self, metadata: Mapping[str, str]) -> tuple[float, int]:
        """Seconds that a job takes, and the code of the error that ends it, or 0."""


@dataclass
class Job:
    """One job."""

    id: str
    request: Mapping[str, Any]
    created: float
    ended: Future
    status: str = "SUBMITTED"
    error: int = 0
    milliseconds: int = 0
    content: str = ""
    """What it shows, when it is done."""

    @property
    def destination(self) -> str:
        """Where its first output goes."""
        return destination(self.request["Settings"])

    def describe(self) -> dict[str, Any]:
        """The ``Job`` of GetJob."""
        described: dict[str, Any] = {
            "Id": self.id,
            "Status": self.status,
            "Role": self.request["Role"],
            "Settings": self.request["Settings"],
            "UserMetadata": self.request.get("UserMetadata", {}),
        }
        if self.status == "ERROR":
            described |= {"ErrorCode": self.error, "ErrorMessage": "An unknown error occurred."}
        if self.status == "COMPLETE":
            details = {"DurationInMs": self.milliseconds}
            described["OutputGroupDetails"] = [{"OutputDetails": [details]}]
        return described


class MediaConvert:
    """The service.

    Attributes:
        jobs: all that were ever created, in order.
    """

    def __init__(
        self,
        loop: Loop,
        fate: Fate,
        objects: Objects,
        probe: Callable[[str, Stored], Mapping[str, Any] | None],
    ) -> None:
        """Make it; ``probe`` says what is in a file, given its key, or None when it is no video."""
        self._loop, self._fate, self._objects, self._probe = loop, fate, objects, probe
        self.jobs: dict[str, Job] = {}
        self._tokens: dict[str, str] = {}

    def handle(self, operation: str, path: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer Probe or GetJob.

        Raises:
            AwsError: as the API refuses.
        """
        if operation == "Probe":
            return self._probed(request["inputFiles"][0]["fileUrl"])
        if operation == "GetJob":
            job = self.jobs.get(unquote(path.rsplit("/", 1)[-1]))
            if job is None:
                raise AwsError("NotFoundException", "no such job", 404)
            return {"job": _lower(job.describe())}
        raise NotImplementedError(f"mediaconvert.{operation}")

    def create(self, request: Mapping[str, Any]) -> Job:
        """CreateJob, as the state machine calls it. A token from the last minute finds its job again.

        Raises:
            AwsError: the token belongs to other settings.
        """
        known = self._tokens.get(request.get("ClientRequestToken", ""))
        if known and self._loop.now - self.jobs[known].created < TOKEN_SECONDS:
            if self.jobs[known].request != request:
                raise AwsError("ConflictException", "The token was used with other settings.", 409)
            return self.jobs[known]
        job = Job(f"job-{len(self.jobs):05d}", request, self._loop.now, Future(self._loop))
        self.jobs[job.id] = job
        if "ClientRequestToken" in request:
            self._tokens[request["ClientRequestToken"]] = job.id
        seconds, job.error = self._fate.render(request.get("UserMetadata", {}))
        self._loop.after(seconds, lambda: self._end(job))
        return job

    def cancel(self, identity: str) -> None:
        """CancelJob."""
        job = self.jobs[identity]
        if job.status not in FINAL:
            job.status = "CANCELED"
            job.ended.set(None)

    def _end(self, job: Job) -> None:
        if job.status in FINAL:
            return
        if any(self._source(given) is None for given in job.request["Settings"]["Inputs"]):
            job.error = 1404
        job.status = "ERROR" if job.error else "COMPLETE"
        if not job.error:
            self._write(job)
        job.ended.set(None)

    def _write(self, job: Job) -> None:
        settings = job.request["Settings"]
        frames = sum(_frames(given, self._source_frames(given)) for given in settings["Inputs"])
        job.milliseconds = frames * 40
        source = self._source(settings["Inputs"][0])
        job.content = source.content if source else ""
        for group in settings["OutputGroups"]:
            own = group["OutputGroupSettings"]
            folder = (own.get("FileGroupSettings") or own["HlsGroupSettings"])["Destination"]
            bucket, _, key = folder.removeprefix("s3://").partition("/")
            for output in group["Outputs"]:
                extension = _EXTENSIONS[output["ContainerSettings"]["Container"]]
                name = f"{key}{output.get('NameModifier', '')}.{extension}"
                self._objects.put(bucket, name, Stored(f"{frames}".encode(), "", 1000, content=job.content))
            if "HlsGroupSettings" in own:
                self._objects.put(bucket, f"{key}.m3u8", Stored(b"", "", 1000))

    def _source(self, given: Mapping[str, Any]) -> Stored | None:
        """The input file: of a key the latest version, since such an address names no other."""
        bucket, _, key = given["FileInput"].removeprefix("s3://").partition("/")
        return self._objects.find(bucket, key)

    def _source_frames(self, given: Mapping[str, Any]) -> int:
        source = self._source(given)
        probed = self._probe(given["FileInput"], source) if source else None
        assert probed is not None
        return round(probed["Duration"] * 25)

    def _probed(self, url: str) -> dict[str, Any]:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        stored = self._objects.find(bucket, key)
        container = self._probe(url, stored) if stored else None
        if stored is None or container is None:
            raise AwsError("BadRequestException", "The file could not be probed.", 400)
        result = {"Container": container, "Metadata": {"FileSize": stored.size}}
        return {"probeResults": [_lower(result)]}


def destination(settings: Mapping[str, Any]) -> str:
    """Where the first output of a job goes."""
    group = settings["OutputGroups"][0]["OutputGroupSettings"]
    place: str = (group.get("FileGroupSettings") or group["HlsGroupSettings"])["Destination"]
    return place


def _frames(given: Mapping[str, Any], whole: int) -> int:
    """Frames of one input at 25 frames a second; the last frame of a clipping is part of it."""
    clippings = given.get("InputClippings")
    if not clippings:
        return whole
    return sum(_frame(clip["EndTimecode"]) - _frame(clip["StartTimecode"]) + 1 for clip in clippings)


def _frame(timecode: str) -> int:
    match = re.fullmatch(r"(\d\d):(\d\d):(\d\d):(\d\d)", timecode)
    assert match, timecode
    hours, minutes, seconds, frames = map(int, match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 25 + frames


def _lower(value: Any) -> Any:
    """MediaConvert's wire names begin in lower case; botocore's shapes have them in upper case."""
    if isinstance(value, Mapping):
        return {name[:1].lower() + name[1:]: _lower(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_lower(entry) for entry in value]
    return value
