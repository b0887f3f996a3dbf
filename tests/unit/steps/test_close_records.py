"""A record is closed when its execution is over, by whoever notices first, and never before."""

import json
from datetime import timedelta

import pytest

from tests.fakes import fake_services, upload_event
from trailer.domain.work.executions import Execution
from trailer.domain.work.upload import ObjectVersion, video_id
from trailer.errors import AccessRefusedError, ServiceBusyError
from trailer.steps.close_records import close_records
from trailer.steps.plan_trailer import claim_version
from trailer.steps.record_failure import record_failure
from trailer.steps.register_video import register_video

FILM = video_id(ObjectVersion("source", "films/Film.mp4", "v1"))
TICK: dict[str, str] = {}
INPUT = json.dumps(upload_event())


@pytest.fixture
def services():
    services = fake_services()
    register_video(upload_event(), "execution-1", services)
    return services


def later(services, minutes=11):
    services.clock.start += timedelta(minutes=minutes)


def film(services):
    return services.catalogue.get(FILM, "VIDEO")


@pytest.mark.parametrize(
    ("execution", "error", "words"),
    [
        (Execution("ABORTED", error="Operator", cause="wrong film"), "ABORTED", "wrong film"),
        (Execution("TIMED_OUT"), "TIMED_OUT", "longer than it may"),
        (Execution("FAILED", error="States.Runtime", cause="no path $.x"), "States.Runtime", "no path $.x"),
        (Execution("FAILED"), "FAILED", "before it could say why"),
        (None, "StepFunctions.ExecutionDoesNotExist", ""),
    ],
    ids=["stopped", "timed out", "broken", "broken without a word", "forgotten"],
)
def test_a_record_that_stands_still_is_closed_with_the_reason(services, execution, error, words):
    services.workflow.executions["execution-1"] = execution
    later(services)
    assert close_records(TICK, services)["closed"] == 1
    record = film(services)
    assert (record["status"], record["error"]) == ("FAILED", error)
    assert words in record["reason"] and record["action"]


def test_event_and_tick_agree_and_people_are_told_once(services):
    services.workflow.executions["execution-1"] = Execution("ABORTED", input="{}", cause="wrong film")
    other = fake_services()
    register_video(upload_event(), "execution-1", other)
    other.workflow.executions["execution-1"] = Execution("ABORTED", input=INPUT, cause="wrong film")
    later(services)
    close_records(TICK, services)
    event = {"workflow": "AnalyseVideo", "executionId": "execution-1"}
    for _ in range(2):
        close_records(event, other)
    later(other)
    assert close_records(TICK, other) == {"standing": 0, "closed": 0}
    told = ("status", "error", "reason", "action")
    assert [film(services)[name] for name in told] == [film(other)[name] for name in told]
    assert len(services.notifier.sent) == len(other.notifier.sent) == 1


def test_who_waits_for_hours_in_the_queue_is_left_alone(services):
    services.workflow.executions["execution-1"] = Execution("RUNNING")
    later(services, minutes=600)
    assert close_records(TICK, services) == {"standing": 1, "closed": 0}
    assert film(services)["status"] == "REGISTERED"


def test_step_functions_is_not_asked_about_what_moved_a_moment_ago(services):
    """An execution that was just started may not be known to DescribeExecution yet."""
    assert close_records(TICK, services) == {"standing": 0, "closed": 0}
    assert film(services)["status"] == "REGISTERED"


def test_the_event_of_an_end_before_a_redrive_closes_nothing(services):
    services.workflow.executions["execution-1"] = Execution("RUNNING", input=INPUT)
    event = {"workflow": "AnalyseVideo", "executionId": "execution-1"}
    assert close_records(event, services) == {"closed": False}
    assert film(services)["status"] == "REGISTERED"


def test_a_trailer_that_stands_still_is_closed_too(services):
    claim_version(FILM, "romance", "execution-2", services)
    services.workflow.executions |= {
        "execution-1": Execution("RUNNING"),
        "execution-2": Execution("TIMED_OUT"),
    }
    later(services)
    assert close_records(TICK, services) == {"standing": 2, "closed": 1}
    assert services.catalogue.get(FILM, "TRAILER#romance#0001")["status"] == "FAILED"
    assert film(services)["status"] == "REGISTERED"


def test_nobody_is_left_out_however_many_wait(services):
    """Long waits at the head of the index must not hide a stopped film behind them."""
    for number in range(120):
        register_video(upload_event(f"films/{number}.mp4"), f"waiting-{number}", services)
        services.workflow.executions[f"waiting-{number}"] = Execution("RUNNING")
    services.workflow.executions["execution-1"] = Execution("RUNNING")
    register_video(upload_event("films/last.mp4"), "stopped", services)
    services.workflow.executions["stopped"] = Execution("ABORTED")
    later(services)
    closed = 0
    for _ in range(3):
        closed += close_records(TICK, services)["closed"]
        later(services, minutes=1)
    assert closed == 1


def test_a_success_whose_record_was_lost_is_no_silence(services):
    """It can't happen by itself; a table restored to an earlier time looks so."""
    claim_version(FILM, "romance", "execution-2", services)
    services.workflow.executions |= {
        "execution-1": Execution("RUNNING"),
        "execution-2": Execution("SUCCEEDED"),
    }
    later(services)
    close_records(TICK, services)
    assert services.catalogue.get(FILM, "TRAILER#romance#0001")["error"] == "RecordLostError"


def test_a_busy_service_leaves_the_rest_to_the_next_minute(services):
    def busy(execution_id):
        raise ServiceBusyError("throttled")

    services.workflow.execution = busy
    later(services)
    assert close_records(TICK, services) == {"standing": 1, "closed": 0}


def test_the_first_outcome_stays(services):
    error = {"Error": "NoVideoTrackError", "Cause": "The file has sound but no picture."}
    record_failure("AnalyseVideo", upload_event(), "execution-1", error, services)
    services.workflow.executions["execution-1"] = Execution("FAILED", input=INPUT, error="x", cause="y")
    close_records({"workflow": "AnalyseVideo", "executionId": "execution-1"}, services)
    assert film(services)["status"] == "REJECTED"
    assert len(services.notifier.sent) == 1


def test_one_record_that_can_not_be_looked_at_keeps_no_other_open(services):
    """Such as one of an earlier deployment, whose state machine these functions may not ask about."""
    register_video(upload_event("films/other.mp4"), "execution-2", services)
    ask = services.workflow.execution

    def refuse_the_first(execution_id):
        if execution_id == "execution-1":
            raise AccessRefusedError("not authorized to perform states:DescribeExecution")
        return ask(execution_id)

    services.workflow.execution = refuse_the_first
    services.workflow.executions["execution-2"] = Execution("ABORTED")
    later(services)
    with pytest.raises(AccessRefusedError, match="DescribeExecution"):
        close_records(TICK, services)
    other = video_id(ObjectVersion("source", "films/other.mp4", "v1"))
    assert services.catalogue.get(other, "VIDEO")["status"] == "FAILED"
    assert film(services)["status"] == "REGISTERED"
