"""MediaConvert jobs that a state waits for."""

import json

from tests.e2e.conformance.conftest import Machines
from tests.e2e.conformance.media import FakeMediaConvert
from tests.e2e.conformance.states import retry, task

RESOURCE = "arn:aws:states:::mediaconvert:createJob.sync"


def rendering(metadata: dict, **fields: object) -> dict:
    parameters = {
        "Role": "arn:aws:iam::123456789012:role/render",
        "Settings.$": "$.settings",
        "UserMetadata": {"purpose": "trailer", **metadata},
        "ClientRequestToken.$": "States.Hash($$.Execution.Id, 'SHA-256')",
    }
    return task(RESOURCE, Parameters=parameters, **fields)


SETTINGS = {"settings": {"Inputs": [{"FileInput": "s3://b/é.mp4"}], "OutputGroups": []}}


def test_the_state_ends_with_the_completed_job(machines: Machines, media: FakeMediaConvert) -> None:
    done = machines.run({"A": rendering({"polls": "3"})}, SETTINGS)
    job = done.output["Job"]
    assert job["Status"] == "COMPLETE"
    assert media.jobs[job["Id"]]["job"]["settings"]["inputs"] == [{"fileInput": "s3://b/é.mp4"}]
    assert len(media.jobs[job["Id"]]["job"]["clientRequestToken"]) == 64
    assert job["CreatedAt"] == 1_790_000_000_000


def test_a_failed_job_is_a_failed_task_with_the_job_as_cause(machines: Machines) -> None:
    done = machines.run({"A": rendering({"ending": "ERROR"})}, SETTINGS)
    assert done.error == "States.TaskFailed"
    cause = json.loads(done.cause)
    assert (cause["Status"], cause["ErrorCode"]) == ("ERROR", 1401)
    assert cause["ErrorMessage"] == "no such input"


def test_a_cancelled_job_is_a_failed_task(machines: Machines) -> None:
    assert machines.run({"A": rendering({"ending": "CANCELED"})}, SETTINGS).error == "States.TaskFailed"


def test_an_api_error_has_the_prefix_of_its_service(machines: Machines, media: FakeMediaConvert) -> None:
    media.refusals.append((400, "BadRequestException"))
    assert machines.run({"A": rendering({})}, SETTINGS).error == "MediaConvert.BadRequestException"


def test_a_throttled_creation_is_retried_by_its_name(machines: Machines, media: FakeMediaConvert) -> None:
    media.refusals.append((429, "TooManyRequestsException"))
    state = rendering({}, Retry=[retry("MediaConvert.TooManyRequestsException")])
    assert machines.run({"A": state}, SETTINGS).status == "SUCCEEDED"


def test_a_setting_that_the_api_does_not_have_is_refused(machines: Machines) -> None:
    done = machines.run({"A": rendering({})}, {"settings": {"Inputz": []}})
    assert done.error == "States.Runtime"
    assert "Inputz" in done.cause


def test_a_state_that_times_out_cancels_its_job(machines: Machines, media: FakeMediaConvert) -> None:
    before = set(media.jobs)
    done = machines.run({"A": rendering({"polls": "100000"}, TimeoutSeconds=1)}, SETTINGS)
    assert done.error == "States.Timeout"
    (job,) = set(media.jobs) - before
    assert job in media.cancelled


def test_the_result_can_be_selected_down_to_the_id(machines: Machines) -> None:
    """The state must not carry the job settings on."""
    selector = {"jobId.$": "$.Job.Id"}
    done = machines.run({"A": rendering({}, ResultSelector=selector, ResultPath="$.settings")}, SETTINGS)
    assert list(done.output["settings"]) == ["jobId"]
