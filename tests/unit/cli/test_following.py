"""An execution is shown as its history and its records say, and never followed for ever."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from cli import following, queries
from cli.errors import NotFinishedError
from cli.execution import ANALYSE_VIDEO, MAKE_TRAILER, Execution, Progress, apply_event, covered_seconds
from cli.following import follow, terminal_record, wait_for_video
from cli.watching import Watch

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def entered(name: str, second: int, number: int = 0) -> dict[str, Any]:
    return {
        "id": number,
        "type": "TaskStateEntered",
        "timestamp": START + timedelta(seconds=second),
        "stateEnteredEventDetails": {"name": name},
    }


def exited(name: str, second: int, number: int = 0) -> dict[str, Any]:
    return {
        "id": number,
        "type": "TaskStateExited",
        "timestamp": START + timedelta(seconds=second),
        "stateExitedEventDetails": {"name": name},
    }


class StepFunctions:
    """Answers as GetExecutionHistory and DescribeExecution do, in pages of two events."""

    def __init__(self, events: list[dict[str, Any]], status: str = "RUNNING") -> None:
        self.events = [{**event, "id": number} for number, event in enumerate(events, start=1)]
        self.status = status
        self.history_calls = 0

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        described: dict[str, Any] = {"status": self.status, "startDate": START}
        if self.status != "RUNNING":
            described["stopDate"] = START + timedelta(seconds=60)
        return described

    def get_execution_history(self, **request: Any) -> dict[str, Any]:
        assert request["reverseOrder"]
        self.history_calls += 1
        begin = int(request.get("nextToken", "0"))
        page = list(reversed(self.events))[begin : begin + 2]
        more = begin + 2 < len(self.events)
        return {"events": page, **({"nextToken": str(begin + 2)} if more else {})}


def deployment(stepfunctions: StepFunctions | None = None) -> Any:
    return SimpleNamespace(
        stepfunctions=stepfunctions,
        catalogue=None,
        jobs=None,
        poll_seconds=0.0,
        patience_seconds=0.0,
        outputs={"AnalyseVideoStateMachineArn": "arn"},
    )


def test_a_state_lasts_from_its_entry_to_its_exit() -> None:
    execution = Execution("arn", ANALYSE_VIDEO)
    for event in (entered("RegisterVideo", 1), exited("RegisterVideo", 3), entered("ProbeVideo", 4)):
        apply_event(execution, event)

    assert execution.parts["RegisterVideo"].progress is Progress.DONE
    assert execution.parts["RegisterVideo"].seconds == 2
    assert execution.current == "ProbeVideo"


def test_the_state_before_record_failure_is_the_one_that_failed() -> None:
    execution = Execution("arn", ANALYSE_VIDEO)
    for event in (
        entered("RegisterVideo", 0),
        exited("RegisterVideo", 1),
        entered("ProbeVideo", 1),
        exited("ProbeVideo", 2),
        entered("RecordFailure", 2),
        exited("RecordFailure", 3),
    ):
        apply_event(execution, event)

    assert execution.parts["RegisterVideo"].progress is Progress.DONE
    assert execution.parts["ProbeVideo"].progress is Progress.FAILED
    assert execution.parts["RecordFailure"].progress is Progress.DONE


def test_states_inside_a_map_are_not_taken_for_states_of_the_machine() -> None:
    execution = Execution("arn", ANALYSE_VIDEO)
    apply_event(execution, entered("Detect", 0))
    apply_event(execution, entered("StartDetection", 1))
    apply_event(execution, exited("StartDetection", 2))
    assert list(execution.parts) == ["Detect"]


def test_every_event_is_applied_once_whatever_the_pages() -> None:
    machine = StepFunctions(
        [entered("PlanTrailer", 0), exited("PlanTrailer", 2), entered("RenderTrailer", 2)]
    )
    execution = Execution("arn", MAKE_TRAILER)
    following.refresh(deployment(machine), execution)
    assert execution.current == "RenderTrailer"

    machine.events += [{**exited("RenderTrailer", 9), "id": 4}, {**entered("PublishTrailer", 9), "id": 5}]
    machine.history_calls = 0
    following.refresh(deployment(machine), execution)

    assert execution.parts["RenderTrailer"].seconds == 7
    assert execution.current == "PublishTrailer"
    assert machine.history_calls <= 2


def test_an_execution_that_ends_leaves_nothing_running() -> None:
    machine = StepFunctions([entered("PlanTrailer", 0)], status="TIMED_OUT")
    execution = Execution("arn", MAKE_TRAILER)
    shown: list[str] = []

    follow(deployment(machine), execution, timeout_seconds=5, show=lambda seen: shown.append(seen.status))

    assert shown == ["TIMED_OUT"]
    assert execution.parts["PlanTrailer"].progress is Progress.FAILED


def test_following_gives_up_with_a_sentence() -> None:
    machine = StepFunctions([entered("RenderTrailer", 0)])
    execution = Execution("arn", MAKE_TRAILER, "film-1")
    with pytest.raises(NotFinishedError, match=r"RenderTrailer.*trailer status film-1"):
        follow(deployment(machine), execution, timeout_seconds=0, show=lambda seen: None)


def test_an_upload_that_starts_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "video", lambda table, video_id: None)
    with pytest.raises(NotFinishedError, match="no execution began"):
        wait_for_video(deployment(), "film-1")


def test_a_record_may_settle_after_its_execution(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: Iterator[dict[str, str]] = iter(({"status": "CUTTING"}, {"status": "COMPLETED"}))
    monkeypatch.setattr(queries, "video", lambda table, video_id: next(answers))
    assert terminal_record(deployment(), "film-1")["status"] == "COMPLETED"


def test_a_record_that_never_settles_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "_SETTLING_SECONDS", 0)
    monkeypatch.setattr(queries, "video", lambda table, video_id: {"status": "CUTTING"})
    with pytest.raises(NotFinishedError, match="CUTTING"):
        terminal_record(deployment(), "film-1")


def test_detectors_and_trailers_are_shown_from_their_records(monkeypatch: pytest.MonkeyPatch) -> None:
    when = START.isoformat()
    rows = [
        {"detector": "segments", "status": "DONE", "createdAt": when, "updatedAt": when},
        {"detector": "labels", "status": "PENDING", "createdAt": when, "updatedAt": when},
    ]
    trailers = [{"profileId": "romance", "status": "FAILED", "reason": "No clip.", "createdAt": when}]
    monkeypatch.setattr(queries, "video", lambda table, video_id: {"videoId": video_id})
    monkeypatch.setattr(queries, "jobs_of_video", lambda jobs, film: rows)
    monkeypatch.setattr(queries, "trailers", lambda table, video_id: trailers)
    machine = StepFunctions([entered("Detect", 0), exited("Detect", 9), entered("CutTrailers", 9)])
    execution = Execution("arn", ANALYSE_VIDEO, "film-1")

    following.refresh(deployment(machine), execution)

    assert execution.parts["Detect/segments"].progress is Progress.DONE
    assert execution.parts["Detect/labels"].progress is Progress.RUNNING
    assert "slot" in execution.parts["Detect/labels"].detail
    assert execution.parts["CutTrailers/romance"].progress is Progress.FAILED
    assert execution.parts["CutTrailers/romance"].detail == "No clip."


def test_detectors_are_not_read_at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand reads a minute would take from the analysis that they tell of; events come fast, too."""
    asked: list[str] = []
    monkeypatch.setattr(queries, "video", lambda table, video_id: {"videoId": video_id})
    monkeypatch.setattr(queries, "jobs_of_video", lambda jobs, film: asked.append(film["videoId"]) or [])
    machine = StepFunctions([entered("Detect", 0)])
    execution = Execution("arn", ANALYSE_VIDEO, "film-1")

    for second in range(1, 6):
        following.refresh(deployment(machine), execution)
        machine.events.append(entered("StartDetection", second, number=second + 1))
    assert len(asked) == 1

    execution.look_inside_at = 0
    following.refresh(deployment(machine), execution)
    assert len(asked) == 2

    machine.status = "SUCCEEDED"
    following.refresh(deployment(machine), execution)
    assert len(asked) == 3


def test_what_another_film_paid_for_is_called_reused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own seconds were another film's: to show them would claim that this one waited."""
    later = (START + timedelta(seconds=34)).isoformat()
    row = {"detector": "labels", "status": "DONE", "createdAt": START.isoformat(), "updatedAt": later}
    monkeypatch.setattr(queries, "video", lambda table, video_id: {"videoId": video_id})
    monkeypatch.setattr(queries, "jobs_of_video", lambda jobs, film: [{**row, "videoId": "film-0"}])
    execution = Execution("arn", ANALYSE_VIDEO, "film-1")

    following.refresh(deployment(StepFunctions([entered("Detect", 60)])), execution)
    Watch().show(execution)

    assert "Detect/labels done: reused from film-0" in capsys.readouterr().err
    assert execution.parts["Detect/labels"].seconds == 0


@pytest.mark.parametrize(
    ("stretches", "seconds"),
    [
        ([], 0),
        ([(0, 5)], 5),
        ([(0, 5), (3, 8)], 8),
        ([(3, 8), (0, 5), (20, 21)], 9),
        ([(0, 10), (2, 3)], 10),
    ],
)
def test_renderings_at_the_same_time_count_once(stretches: list[tuple[int, int]], seconds: float) -> None:
    moments = [(START + timedelta(seconds=a), START + timedelta(seconds=b)) for a, b in stretches]
    assert covered_seconds(moments) == seconds
