"""Runs that both halves of the proof make: one description, read by the model and by ``local/faults``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.chaos.faults import UNHAPPY, Carrier, Fault
from tests.chaos.films import Film

EVERYWHERE: Final = (Fault.THROTTLED, Fault.ANSWER_LOST, Fault.KILL_DURING)
"""Each of these strikes each API at least once, if possible each time at another function."""

CALLERS: Final[Mapping[str, tuple[str, ...]]] = {
    "dynamodb.PutItem": ("start_detection", "register_video", "plan_trailer"),
    "dynamodb.GetItem": ("score_scenes", "start_detection", "complete_video"),
    "dynamodb.UpdateItem": ("publish_trailer", "start_detection", "resume_detection"),
    "dynamodb.Query": ("plan_trailer", "resume_detection", "start_detection"),
    "dynamodb.BatchWriteItem": ("score_scenes",),
    "s3.HeadObject": ("register_video",),
    "s3.GetObject": ("register_video", "plan_trailer", "score_scenes"),
    "s3.PutObject": ("score_scenes", "publish_trailer", "collect_detection"),
    "s3.ListObjectsV2": ("publish_trailer",),
    "rekognition.StartSegmentDetection": ("start_detection",),
    "rekognition.StartLabelDetection": ("start_detection",),
    "rekognition.GetSegmentDetection": ("collect_detection",),
    "rekognition.GetLabelDetection": ("collect_detection",),
    "mediaconvert.Probe": ("probe_video", "publish_trailer", "probe_video"),
    "sns.Publish": ("publish_trailer", "complete_video", "complete_video"),
    "stepfunctions.SendTaskSuccess": ("resume_detection",),
    "stepfunctions.SendTaskHeartbeat": ("start_detection",),
}
"""Each API that a film without trouble calls, and functions that call it."""

Rule = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One run.

    Attributes:
        name: what it is called in the table.
        rules: faults, in the words of ``local/faults``.
        films: what is uploaded, one after the other.
        letters: how many dead letters its faults explain.
        second_renders: whether its trailer may be rendered twice.
        aborts: whether somebody stops the execution while its jobs run.
    """

    name: str
    rules: tuple[Rule, ...]
    films: tuple[Film, ...] = ()
    letters: int = 0
    second_renders: bool = False
    aborts: bool = False
    restarts: bool = False
    """Whether the emulator is stopped and started again while its jobs run; the model has none."""

    def faults(self) -> set[Fault]:
        """The faults that may end it otherwise than well."""
        found = {Fault(str(rule["fault"])) for rule in self.rules} & set(UNHAPPY)
        if self.aborts:
            found.add(Fault.EXECUTION_ABORTED)
        if len({film.key for film in self.films}) < len(self.films):
            found.add(Fault.SAME_KEY)
        return found


def call(fault: Fault, function: str, api: str, nth: int = 1, **more: Any) -> Case:
    """One fault at one call."""
    rule = {"fault": str(fault), "function": function, "api": api, "nth": nth, **more}
    return Case(f"{fault} at {function} {api} #{nth}", (rule,))


def at_every_api() -> Iterator[Case]:
    """Each API with each of the three faults."""
    for api, callers in CALLERS.items():
        for number, fault in enumerate(EVERYWHERE):
            yield call(fault, callers[number % len(callers)], api)


def at_other_moments() -> Iterator[Case]:
    """Deaths before and after a call, errors of a server, and what a retry can't mend."""
    yield call(Fault.KILL_BEFORE, "register_video", "dynamodb.PutItem")
    yield call(Fault.KILL_BEFORE, "start_detection", "rekognition.StartSegmentDetection")
    yield call(Fault.KILL_AFTER, "start_detection", "rekognition.StartSegmentDetection")
    yield call(Fault.KILL_AFTER, "start_detection", "dynamodb.PutItem")
    yield call(Fault.KILL_AFTER, "collect_detection", "s3.PutObject", 2)
    yield call(Fault.KILL_AFTER, "complete_video", "sns.Publish")
    yield call(Fault.SERVER_ERROR, "score_scenes", "dynamodb.BatchWriteItem")
    yield call(Fault.SERVER_ERROR, "start_detection", "rekognition.StartLabelDetection")
    for function, api in (
        ("probe_video", "mediaconvert.Probe"),
        ("start_detection", "rekognition.StartLabelDetection"),
        ("publish_trailer", "s3.ListObjectsV2"),
    ):
        rule = {"fault": str(Fault.REFUSED), "function": function, "api": api}
        yield Case(f"{Fault.REFUSED} to {function} {api} for ever", (rule,))


def at_invocations() -> Iterator[Case]:
    """Lambda itself fails."""
    for fault, function in (
        (Fault.FUNCTION_THROTTLED, "register_video"),
        (Fault.FUNCTION_UNAVAILABLE, "collect_detection"),
        (Fault.FUNCTION_ANSWER_LOST, "plan_trailer"),
        (Fault.FUNCTION_ANSWER_LOST, "start_detection"),
        (Fault.FUNCTION_ANSWER_LOST, "resume_detection"),
        (Fault.FUNCTION_ANSWER_LOST, "complete_video"),
    ):
        rule = {"fault": str(fault), "function": function, "nth": 1}
        yield Case(f"{fault} at {function}", (rule,))


def on_the_way() -> Iterator[Case]:
    """Events and messages are lost, late or double."""
    for fault, carrier, seconds in (
        (Fault.DUPLICATED, Carrier.UPLOAD, 0),
        (Fault.DELAYED, Carrier.UPLOAD, 2),
        (Fault.DROPPED, Carrier.COMPLETION, 0),
        (Fault.DUPLICATED, Carrier.COMPLETION, 0),
        (Fault.DELAYED, Carrier.COMPLETION, 4),
        (Fault.DROPPED, Carrier.RENDERED, 0),
        (Fault.DUPLICATED, Carrier.RENDERED, 0),
    ):
        rule = {"fault": str(fault), "carrier": str(carrier), "nth": 1, "seconds": seconds}
        yield Case(f"{fault} {carrier}", (rule,))


def in_services() -> Iterator[Case]:
    """Rekognition and MediaConvert misbehave."""
    start, get = "rekognition.StartSegmentDetection", "rekognition.GetSegmentDetection"
    yield Case("detection-failed", ({"fault": "detection-failed", "api": start},))
    yield Case(
        "detection-failed, as ERROR", ({"fault": "detection-failed", "api": start, "status": "ERROR"},)
    )
    yield Case("detection-at-once", ({"fault": "detection-at-once", "api": start, "nth": 1, "seconds": 1},))
    yield Case("detection-late", ({"fault": "detection-late", "api": start, "nth": 1, "seconds": 4},))
    yield Case("page-token-expired", ({"fault": "page-token-expired", "api": get, "nth": 1},))
    yield Case("slots-taken, all", ({"fault": "slots-taken", "count": 20, "seconds": 4},))
    yield Case("render-failed", ({"fault": "render-failed"},))
    yield Case("render-throttled", ({"fault": "render-throttled", "nth": 1},))
    yield Case("render-answer-lost", ({"fault": "render-answer-lost", "nth": 1},))


def by_people() -> Iterator[Case]:
    """Nothing fails; people do what people do."""
    one = Film("films/one.mp4", "one")
    yield Case("nothing", ())
    yield Case("same-bytes", (), (one, Film("copies/one again.mp4", "one")))
    yield Case("same-key", (), (one, Film("films/one.mp4", "two")))
    yield Case("execution-aborted", (), aborts=True)
    yield Case("emulator-restarted", (), restarts=True)


def common() -> list[Case]:
    """The subset on which both halves must agree."""
    parts = (at_every_api, at_other_moments, at_invocations, on_the_way, in_services, by_people)
    return [case for part in parts for case in part()]
