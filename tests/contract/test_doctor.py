"""``trailer doctor`` finds what is stuck, failed or lost, offers what helps, and what it does is safe.

Tables and queues are moto's; Step Functions, Lambda and Rekognition answer as the test says.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import typer

from cli import console
from cli.checkup import films, jobs, letters, uploads
from cli.checkup.boxes import BOXES
from cli.checkup.finding import Finding, RemedyError, Scope
from cli.commands import doctor as command
from infra.constructs.ingest import NOT_FILMS
from tests.contract.doctor_fakes import NOW, Functions, StepFunctions
from tests.contract.test_queries import aws, catalogue, put  # noqa: F401
from tests.contract.test_queries import jobs as ledger  # noqa: F401
from trailer.domain.work.upload import ObjectVersion, video_id
from trailer.wire.events import parse_object_created

SCOPE = Scope(NOW, NOW - timedelta(hours=1), NOW - timedelta(days=1))
LONG_AGO, LATELY = "2026-11-21T09:00:00+00:00", "2026-11-21T11:59:00+00:00"
QUEUES = ("CompletionQueueName", *(box.queue for box in BOXES))
UPLOAD = {"detail": {"bucket": {"name": "b"}, "object": {"key": "in/Film.mp4", "size": 9, "version-id": "v"}}}


@pytest.fixture
def deployment(catalogue: Any, ledger: Any) -> Any:  # noqa: F811
    queues = boto3.client("sqs", region_name="us-east-1")
    for name in QUEUES:
        queues.create_queue(QueueName=name)
    outputs = {name: name for name in QUEUES} | {
        "AnalyseVideoStateMachineArn": "analyse",
        "MakeTrailerStateMachineArn": "make",
        "ReconcileJobsFunctionName": "reconcile",
        "CloseRecordsFunctionName": "close",
    }
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="source")
    s3.put_bucket_versioning(Bucket="source", VersioningConfiguration={"Status": "Enabled"})
    return SimpleNamespace(
        s3=s3,
        source_bucket="source",
        catalogue=catalogue,
        jobs=ledger,
        queues=queues,
        outputs=outputs,
        stepfunctions=StepFunctions(),
        functions=Functions(),
        rekognition=SimpleNamespace(get_label_detection=lambda **request: {"JobStatus": "SUCCEEDED"}),
    )


def send(deployment: Any, queue: str, body: Any, **attributes: str) -> None:
    url = deployment.queues.get_queue_url(QueueName=queue)["QueueUrl"]
    noted = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    text = body if isinstance(body, str) else json.dumps(body)
    deployment.queues.send_message(QueueUrl=url, MessageBody=text, MessageAttributes=noted)


def depth(deployment: Any, queue: str) -> int:
    url = deployment.queues.get_queue_url(QueueName=queue)["QueueUrl"]
    name = "ApproximateNumberOfMessages"
    return int(
        deployment.queues.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
    )


def put_job(deployment: Any, tag: str, status: str, turn: str, **more: Any) -> None:
    row = {"jobTag": tag, "status": status, "turn": turn, "videoId": "film-1", "detector": "labels"}
    deployment.jobs.put_item(Item={**row, "createdAt": LONG_AGO, "waiting": {}, **more})


def apply(finding: Finding) -> str:
    assert finding.remedy is not None
    return finding.remedy.apply()


def test_nothing_is_found_where_nothing_is_wrong(deployment: Any) -> None:
    put(deployment.catalogue, "film-1", "VIDEO", status="ANALYSING", updatedAt=LATELY, executionId="fresh")
    put_job(deployment, "a/labels.1/1", "DONE", LONG_AGO)
    assert list(command._look(deployment, SCOPE, lambda step: None)) == []


def test_a_letter_tells_its_film_and_stays_until_it_is_delivered(deployment: Any) -> None:
    send(
        deployment, "UploadDeadLettersName", UPLOAD, ERROR_CODE="NO_PERMISSIONS", ERROR_MESSAGE="not allowed"
    )
    [found] = letters.dead_letters(deployment)
    assert (found.subject, found.count) == ("in/Film.mp4", 1)
    assert "NO_PERMISSIONS: not allowed" in found.why
    assert depth(deployment, "UploadDeadLettersName") == 1

    apply(found)
    assert depth(deployment, "UploadDeadLettersName") == 0
    [started] = deployment.stepfunctions.started
    assert started["stateMachineArn"] == "analyse" and json.loads(started["input"]) == UPLOAD


def test_a_completion_goes_back_to_its_queue(deployment: Any) -> None:
    put_job(deployment, "a/labels.1/1", "RUNNING", LATELY)
    body = {"JobId": "1", "Status": "SUCCEEDED", "JobTag": "a/labels.1/1"}
    send(deployment, "CompletionDeadLettersName", body)
    [found] = letters.dead_letters(deployment)
    assert found.subject == "film-1"
    apply(found)
    assert (depth(deployment, "CompletionDeadLettersName"), depth(deployment, "CompletionQueueName")) == (
        0,
        1,
    )


def test_what_fails_again_is_kept_with_the_reason(deployment: Any) -> None:
    payload = {"workflow": "AnalyseVideo", "executionId": "gone"}
    deployment.stepfunctions.statuses["gone"] = "FAILED"
    failed = {"errorType": "AccessRefusedError", "errorMessage": "no right"}
    send(deployment, "EndedExecutionDeadLettersName", {"requestPayload": payload, "responsePayload": failed})
    [found] = letters.dead_letters(deployment)
    assert found.subject == "film-1" and "AccessRefusedError: no right" in found.why

    deployment.functions.broken = "still no right"
    with pytest.raises(RemedyError, match="1 of 1 ended executions failed again.*still no right"):
        apply(found)
    assert depth(deployment, "EndedExecutionDeadLettersName") == 1

    deployment.functions.broken = ""
    assert apply(found) == "Sent 1 ended execution once more."
    assert deployment.functions.called == [("close", payload)]
    assert depth(deployment, "EndedExecutionDeadLettersName") == 0


def test_an_event_that_a_rule_kept_as_it_came_is_delivered_too(deployment: Any) -> None:
    deployment.stepfunctions.statuses["gone"] = "FAILED"
    event = {"detail": {"executionArn": "gone", "stateMachineArn": "make", "status": "FAILED"}}
    send(deployment, "EndedExecutionDeadLettersName", event, ERROR_CODE="THROTTLING")
    [found] = letters.dead_letters(deployment)
    apply(found)
    assert deployment.functions.called == [("close", {"workflow": "MakeTrailer", "executionId": "gone"})]


@pytest.mark.parametrize(
    ("queue", "body"),
    [
        ("CompletionDeadLettersName", "garbage"),
        ("CompletionDeadLettersName", {"JobId": "1", "Status": "SUCCEEDED", "JobTag": "no/such.row/1"}),
        ("UploadDeadLettersName", {"nonsense": 1}),
        ("EndedExecutionDeadLettersName", [1, 2]),
    ],
)
def test_what_nobody_can_use_is_deleted_only_on_demand(deployment: Any, queue: str, body: Any) -> None:
    send(deployment, queue, body)
    [found] = letters.dead_letters(deployment)
    assert found.remedy is not None and found.remedy.discards
    assert command._mend([found], discard=False) == set()
    assert depth(deployment, queue) == 1
    assert command._mend([found], discard=True) == {found.remedy.name}
    assert depth(deployment, queue) == 0


def test_useless_letters_are_not_sent_and_useful_ones_are_not_deleted(deployment: Any) -> None:
    put_job(deployment, "a/labels.1/1", "RUNNING", LATELY)
    useful = {"JobId": "1", "Status": "SUCCEEDED", "JobTag": "a/labels.1/1"}
    for body in ("garbage", useful):
        send(deployment, "CompletionDeadLettersName", body)
    by_film = {found.subject: found for found in letters.dead_letters(deployment)}
    assert apply(by_film["no film"]) == "Deleted 1 completion."
    assert depth(deployment, "CompletionDeadLettersName") == 1
    send(deployment, "CompletionDeadLettersName", "garbage")
    assert apply(by_film["film-1"]) == "Sent 1 completion once more."
    assert depth(deployment, "CompletionDeadLettersName") == 1


def test_letters_of_one_kind_are_one_line(deployment: Any) -> None:
    for _ in range(12):
        send(
            deployment,
            "TickDeadLettersName",
            {"requestPayload": {}, "responsePayload": {"errorMessage": "x"}},
        )
    [found] = letters.dead_letters(deployment)
    assert found.count == 12
    assert apply(found) == "Sent 12 ticks once more."


def test_a_film_whose_execution_is_over_is_closed(deployment: Any) -> None:
    put(deployment.catalogue, "film-1", "VIDEO", status="ANALYSING", updatedAt=LONG_AGO, executionId="dead")
    deployment.stepfunctions.statuses["dead"] = "TIMED_OUT"
    [found] = films.stuck_films(deployment, SCOPE)
    assert "its execution is TIMED_OUT" in found.why
    assert apply(found) == "Closed 1 of 1 records that stood still."


def test_a_film_whose_execution_runs_tells_where_it_is(deployment: Any) -> None:
    put(deployment.catalogue, "film-1", "VIDEO", status="ANALYSING", updatedAt=LONG_AGO, executionId="alive")
    deployment.stepfunctions.statuses["alive"] = "RUNNING"
    [found] = films.stuck_films(deployment, SCOPE)
    assert found.why.startswith("in Detect for ")
    assert found.remedy is not None and found.remedy.name == "settle jobs"


def test_an_execution_that_no_record_waits_for_is_stopped(deployment: Any) -> None:
    put(
        deployment.catalogue, "film-1", "VIDEO", status="COMPLETED", updatedAt=LONG_AGO, executionId="useless"
    )
    put(deployment.catalogue, "film-2", "VIDEO", status="ANALYSING", updatedAt=LATELY, executionId="useful")
    deployment.stepfunctions.statuses |= {"useless": "RUNNING", "useful": "RUNNING"}
    [found] = films.open_executions(deployment, SCOPE)
    apply(found)
    assert deployment.stepfunctions.stopped == ["useless"]


def test_jobs_that_stand_still_tell_why(deployment: Any) -> None:
    put(deployment.catalogue, "film-1", "VIDEO", status="ANALYSING", updatedAt=LATELY, executionId="alive")
    put_job(deployment, "a/labels.1/1", "PENDING", "0001", waiting={"film-1": "token"})
    put_job(deployment, "b/labels.1/1", "PENDING", "0002", waiting={"film-9": "token"})
    put_job(deployment, "c/labels.1/1", "RUNNING", LONG_AGO, startedAt=LONG_AGO)
    put_job(deployment, "d/labels.1/1", "RUNNING", LONG_AGO, startedAt=LONG_AGO, jobId="1")
    put_job(deployment, "e/labels.1/1", "DONE", f"waking {LONG_AGO}", settledAt=LONG_AGO)
    put_job(deployment, "f/labels.1/1", "RUNNING", LATELY, startedAt=LATELY, jobId="2")
    found = list(jobs.stuck_jobs(deployment, SCOPE))
    assert [finding.why for finding in found] == [
        "labels waits, 0 before it; nothing was refused lately, so the tick may not run",
        "labels nobody waits for it",
        "labels the answer to its start was lost",
        "labels Rekognition ended it (SUCCEEDED), and the message was lost",
        "labels is DONE, and its films were not told",
    ]
    assert len({finding.remedy.name for finding in found if finding.remedy}) == 1


def test_failures_are_grouped_by_whose_matter_they_are(deployment: Any) -> None:
    for number, (error, error_class) in enumerate(
        [("NoVideoTrackError", "file"), ("ServiceBusyError", "busy"), ("ServiceBusyError", "busy")]
    ):
        failed = {"error": error, "errorClass": error_class, "reason": error, "action": "Do it."}
        put(deployment.catalogue, f"film-{number}", "VIDEO", status="FAILED", updatedAt=LATELY, **failed)
    put(deployment.catalogue, "film-old", "VIDEO", status="FAILED", updatedAt="2026-11-01T00:00:00+00:00")
    found = list(films.failed_films(deployment, SCOPE))
    assert [(finding.kind, finding.count, finding.alarming) for finding in found] == [
        ("failed: busy", 2, True),
        ("failed: file", 1, False),
    ]


def test_a_group_of_failures_says_when_its_reason_is_not_that_of_all(deployment: Any) -> None:
    failed = {"error": "UnreadableVideoError", "errorClass": "file", "status": "REJECTED"}
    for number, reason in enumerate(["It is empty.", "It is cut short.", "It is empty."]):
        latest = LATELY.replace("+", f".{number}+")
        put(deployment.catalogue, f"film-{number}", "VIDEO", reason=reason, updatedAt=latest, **failed)
    [found] = films.failed_films(deployment, SCOPE)
    assert found.why == "It is empty. (Other words for 1 of them: `trailer videos`.)"


def test_an_execution_that_ran_out_of_time_goes_on_once(deployment: Any) -> None:
    failed = {"status": "FAILED", "updatedAt": LATELY, "executionId": "slow", "errorClass": "busy"}
    put(deployment.catalogue, "film-1", "VIDEO", error="TIMED_OUT", **failed)
    deployment.stepfunctions.statuses["slow"] = "TIMED_OUT"
    [found] = films.failed_films(deployment, SCOPE)
    assert apply(found) == "Took up 1 of 1 executions where they ran out of time."
    assert apply(found) == "Took up 0 of 1 executions where they ran out of time."


def test_a_trailer_that_aws_had_no_room_for_is_made_again_once(deployment: Any) -> None:
    put(deployment.catalogue, "film-1", "VIDEO", status="COMPLETED", updatedAt=LATELY)
    trailer = {"profileId": "romance", "status": "FAILED", "updatedAt": LATELY, "executionId": "was"}
    put(deployment.catalogue, "film-1", "TRAILER#romance#0001", errorClass="busy", **trailer)
    deployment.stepfunctions.statuses["was"] = "FAILED"
    [found] = films.missing_trailers(deployment, SCOPE)
    assert apply(found) == "Began to make film-1 romance once more."
    assert apply(found) == "film-1 romance is being made again already."
    [started] = deployment.stepfunctions.started
    assert json.loads(started["input"])["profileId"] == "romance"


def test_a_trailer_that_was_made_later_is_not_missing(deployment: Any) -> None:
    put(deployment.catalogue, "film-1", "VIDEO", status="COMPLETED", updatedAt=LATELY)
    trailer = {"profileId": "romance", "updatedAt": LATELY, "executionId": "was", "errorClass": "busy"}
    put(deployment.catalogue, "film-1", "TRAILER#romance#0001", status="FAILED", **trailer)
    put(deployment.catalogue, "film-1", "TRAILER#romance#0002", status="PUBLISHED", **trailer)
    assert list(films.missing_trailers(deployment, SCOPE)) == []


def test_what_is_found_is_told_as_lines_and_as_json(
    deployment: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    console.out.cache_clear()
    send(deployment, "UploadDeadLettersName", UPLOAD)
    found = list(letters.dead_letters(deployment))
    command._show(found, as_json=False)
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.startswith("trouble\tnumber") and "in/Film.mp4" in row
    command._show(found, as_json=True)
    assert json.loads(capsys.readouterr().out)["remedy"] == "send uploads once more"
    command._show([], as_json=False)
    assert "All is well" in capsys.readouterr().out


def run(deployment: Any, **more: Any) -> int:
    """The command; its exit code."""
    context: Any = SimpleNamespace(obj=SimpleNamespace(connect=lambda: deployment))
    try:
        command.doctor(context, **more)
    except typer.Exit as done:
        return done.exit_code
    return 0


def test_the_exit_code_tells_whether_somebody_has_to_act(deployment: Any) -> None:
    assert run(deployment) == 0
    refused = {"errorClass": "file", "error": "NoVideoTrackError", "updatedAt": datetime.now(UTC).isoformat()}
    put(deployment.catalogue, "film-1", "VIDEO", status="REJECTED", **refused)
    assert run(deployment) == 0, "what only the uploader can mend is told and is no alarm"
    send(deployment, "UploadDeadLettersName", UPLOAD)
    assert run(deployment) == 1
    assert run(deployment, fix=True) == 0
    assert run(deployment) == 0


def test_what_could_not_be_mended_is_still_a_trouble(deployment: Any) -> None:
    send(deployment, "TickDeadLettersName", {"requestPayload": {}})
    deployment.functions.broken = "no right"
    assert run(deployment, fix=True) == 1


# Uploads that nobody has seen.


def upload(deployment: Any, key: str) -> str:
    """Put a film into the bucket, past every event; its id."""
    version = deployment.s3.put_object(Bucket="source", Key=key, Body=b"film")["VersionId"]
    return video_id(ObjectVersion("source", key, version))


def unseen(deployment: Any, *, hours: float = 2) -> list[Finding]:
    now = datetime.now(UTC) + timedelta(hours=hours)
    scope = Scope(now, now - timedelta(hours=1), now - timedelta(days=1))
    return list(uploads.unseen_uploads(deployment, scope))


def test_an_upload_whose_event_was_lost_is_found_and_analysed_once(deployment: Any) -> None:
    upload(deployment, "in/Film #1.mp4")
    newest = upload(deployment, "in/Film #1.mp4")
    seen = upload(deployment, "in/seen.mp4")
    put(deployment.catalogue, seen, "VIDEO", status="COMPLETED")
    for beside in uploads.NOT_FILMS:
        upload(deployment, f"in/Film{beside}")
    [finding] = unseen(deployment)
    assert (finding.kind, finding.subject) == ("unseen upload", newest)
    assert finding.remedy is not None
    for _ in range(2):
        finding.remedy.apply()
    [started] = deployment.stepfunctions.started
    assert started["stateMachineArn"] == "analyse"
    source, size = parse_object_created(json.loads(started["input"]))
    assert (video_id(source), source.key, size) == (newest, "in/Film #1.mp4", 4)


@pytest.mark.parametrize("hours", [0.5, 26])
def test_an_upload_that_came_just_now_or_long_ago_is_not_told(deployment: Any, hours: float) -> None:
    upload(deployment, "in/film.mp4")
    assert unseen(deployment, hours=hours) == []


def test_what_the_rule_of_the_bucket_leaves_out_is_no_film() -> None:
    assert uploads.NOT_FILMS == NOT_FILMS
