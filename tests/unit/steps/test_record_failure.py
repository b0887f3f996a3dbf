"""Every failure becomes one terminal record whose reason a content person understands."""

import json

import pytest

from tests.fakes import fake_services, upload_event
from trailer.domain.work.upload import ObjectVersion, video_id
from trailer.errors import ServiceBusyError
from trailer.steps.record_failure import record_failure
from trailer.steps.register_video import register_video

FILM = video_id(ObjectVersion("source", "films/Film.mp4", "v1"))


def lambda_error(name, message):
    return {
        "Error": name,
        "Cause": json.dumps({"errorMessage": message, "errorType": name, "stackTrace": []}),
    }


def test_a_rejection_speaks_for_itself():
    services = fake_services()
    register_video(upload_event(), "execution-1", services)
    error = lambda_error("NoVideoTrackError", "The file has sound but no picture.")
    result = record_failure("AnalyseVideo", upload_event(), "execution-1", error, services)
    record = services.catalogue.get(FILM, "VIDEO")
    assert (record["status"], record["reason"]) == ("REJECTED", "The file has sound but no picture.")
    assert result["error"] == "NoVideoTrackError"
    assert services.notifier.sent[0][0] == "REJECTED: Film.mp4"


def test_what_broke_before_the_claim_still_gets_a_record():
    services = fake_services()
    error = {"Error": "States.Timeout", "Cause": ""}
    record_failure("AnalyseVideo", upload_event(), "execution-1", error, services)
    record = services.catalogue.get(FILM, "VIDEO")
    assert record["status"] == "FAILED" and "longer than it may" in record["reason"]


def test_the_reason_of_a_failed_trailer_reaches_the_film():
    inner = lambda_error("InfeasiblePlanError", "Nothing is left.")
    child = {"Error": inner["Error"], "Cause": inner["Cause"], "Status": "FAILED"}
    services = fake_services()
    register_video(upload_event(), "execution-1", services)
    wrapped = {"Error": "States.TaskFailed", "Cause": json.dumps(child)}
    record_failure("AnalyseVideo", upload_event(), "execution-1", wrapped, services)
    assert services.catalogue.get(FILM, "VIDEO")["reason"] == "Nothing is left."


def test_a_failed_render_names_the_service_error():
    services = fake_services()
    job = {"Job": {"Status": "ERROR", "ErrorCode": 1030, "ErrorMessage": "Unsupported codec"}}
    error = {"Error": "States.TaskFailed", "Cause": json.dumps(job)}
    wish = {"videoId": FILM, "profileId": "romance"}
    record_failure("MakeTrailer", wish, "execution-9", error, services)
    record = services.catalogue.get(FILM, "TRAILER#romance#0001")
    assert (record["status"], record["errorClass"]) == ("REJECTED", "file")
    assert "1030" in record["reason"] and "H.264" in record["action"]


def test_a_trailer_whose_render_somebody_cancelled_says_so():
    services = fake_services()
    error = {"Error": "States.TaskFailed", "Cause": json.dumps({"Id": "1", "Status": "CANCELED"})}
    record_failure("MakeTrailer", {"videoId": FILM, "profileId": "romance"}, "execution-9", error, services)
    record = services.catalogue.get(FILM, "TRAILER#romance#0001")
    assert (record["status"], record["errorClass"]) == ("FAILED", "bug")
    assert record["reason"].startswith("Somebody stopped") and "trailer request" in record["action"]


def test_what_aws_said_to_step_functions_itself_is_classified():
    services = fake_services()
    error = {"Error": "MediaConvert.ForbiddenException", "Cause": "no iam:PassRole (Service: MediaConvert)"}
    record_failure("AnalyseVideo", upload_event(), "execution-1", error, services)
    record = services.catalogue.get(FILM, "VIDEO")
    assert (record["error"], record["errorClass"]) == ("MediaConvert.ForbiddenException", "permission")
    assert "iam:PassRole" in record["reason"] and "platform team" in record["action"]


def test_people_are_told_with_class_and_action_and_only_once():
    services = fake_services()
    for _ in range(2):
        record_failure("AnalyseVideo", upload_event(), "execution-1", lambda_error("KeyError", "x"), services)
    [(subject, message)] = services.notifier.sent
    assert subject == "FAILED: Film.mp4"
    assert message["errorClass"] == "bug" and message["reason"] and message["action"]


def test_people_are_told_when_the_first_try_broke_between_the_record_and_the_telling():
    class Lame(type(fake_services().notifier)):
        def notify(self, subject, message):
            if not self.sent:
                self.sent.append("broken")
                raise ServiceBusyError("SNS is busy")
            super().notify(subject, message)

    services = fake_services(notifier=Lame())
    first = lambda_error("NoVideoTrackError", "No picture.")
    with pytest.raises(ServiceBusyError):
        record_failure("AnalyseVideo", upload_event(), "execution-1", first, services)
    later = {"Error": "FAILED", "Cause": "the execution failed"}
    record_failure("AnalyseVideo", upload_event(), "execution-1", later, services)
    [_, (subject, message)] = services.notifier.sent
    assert subject == "REJECTED: Film.mp4" and message["reason"] == "No picture."


@pytest.mark.parametrize("cause", ["plain text", "[1, 2]", '"a"', "{}", "null", "NaN"])
def test_any_cause_is_survived(cause):
    services = fake_services()
    result = record_failure(
        "AnalyseVideo", upload_event(), "execution-1", {"Error": "X", "Cause": cause}, services
    )
    assert result["status"] == "FAILED" and result["reason"]


def test_the_first_outcome_stays_and_nobody_writes_over_another_execution():
    services = fake_services()
    register_video(upload_event(), "execution-1", services)
    first = lambda_error("NoVideoTrackError", "No picture.")
    record_failure("AnalyseVideo", upload_event(), "execution-1", first, services)
    stopped = {"Error": "ABORTED", "Cause": "stopped"}
    for execution in ("execution-1", "execution-2"):
        record_failure("AnalyseVideo", json.dumps(upload_event()), execution, stopped, services)
    assert services.catalogue.get(FILM, "VIDEO")["reason"] == "No picture."
    assert len(services.notifier.sent) == 1


def test_an_execution_stopped_from_outside_is_recorded_from_its_input_text():
    services = fake_services()
    register_video(upload_event(), "execution-1", services)
    stopped = {"Error": "ABORTED", "Cause": "stopped by somebody"}
    record_failure("AnalyseVideo", json.dumps(upload_event()), "execution-1", stopped, services)
    record = services.catalogue.get(FILM, "VIDEO")
    assert record["status"] == "FAILED" and "stopped by somebody" in record["reason"]
