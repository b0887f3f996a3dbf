"""Who may do what: exactly this, and enough for what the code calls.

The emulator does not enforce IAM, so a missing right would show on AWS only.
"""

from __future__ import annotations

import pytest

from tests.infra.calls import calls_of_step
from tests.infra.synthesis import ROOT, Template, as_list

CATALOGUE, JOBS = "CatalogueTable.Arn", "JobsTable.Arn"
FILMS, FILM = "SourceBucket.Arn", "SourceBucket.Arn/*"
RESULTS, RESULT = (f"ResultsBucket.Arn{tail}" for tail in ("", "/videos/*"))
PROXY, DETECTIONS = (f"{RESULT}/{part}/*" for part in ("proxy", "detections"))
OPERATIONS = ("SegmentDetection", "LabelDetection", "FaceDetection", "CelebrityRecognition")

Rights = set[tuple[str, str]]


def _on(resource: str, *actions: str) -> Rights:
    return {(action, resource) for action in actions}


def _table(table: str, *operations: str) -> Rights:
    return _on(table, *(f"dynamodb:{operation}" for operation in operations))


READ_FILMS = _on(FILM, "s3:GetObject", "s3:GetObjectVersion") | _on(FILMS, "s3:ListBucket")
READ_RESULTS = _on(RESULT, "s3:GetObject") | _on(RESULTS, "s3:ListBucket")
READ_DETECTIONS = _on(DETECTIONS, "s3:GetObject") | _on(RESULTS, "s3:ListBucket")
WRITE_RESULTS = _on(RESULT, "s3:PutObject")
START_JOBS = (
    _on("*", *(f"rekognition:Start{operation}" for operation in OPERATIONS))
    | _on("CompletionChannel/Role.Arn", "iam:PassRole")
    | READ_FILMS
    | _on(PROXY, "s3:GetObject")
    | _on(RESULTS, "s3:ListBucket")
)
READ_ANSWERS = _on("*", *(f"rekognition:Get{operation}" for operation in OPERATIONS))
STATES = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:"
CALL_BACK = _on(
    f"{STATES}stateMachine:TrailerPipeline-prod-AnalyseVideo-*",
    *(f"states:SendTask{call}" for call in ("Success", "Failure", "Heartbeat")),
)
JOB_QUEUE = _table(JOBS, "GetItem", "UpdateItem") | _table(f"{JOBS}/index/byStatus", "Query")
START_TRAILERS = _on("Workflow/MakeTrailer/StateMachine", "states:StartExecution")
ASK_ANALYSES, ASK_REQUESTS = (
    _on(
        f"{STATES}execution:TrailerPipeline-prod-{machine}-*:*",
        "states:DescribeExecution",
    )
    for machine in ("AnalyseVideo", "MakeTrailer")
)
COUNT_COST = (
    _table(CATALOGUE, "GetItem", "UpdateItem", "Query")
    | _table(JOBS, "GetItem")
    | _on(RESULTS, "s3:ListBucket")
)
ANNOUNCE = _on("Notifications/Topic", "sns:Publish")

EXPECTED: dict[str, Rights] = {
    "Registration/RegisterVideo": READ_FILMS | _table(CATALOGUE, "GetItem", "PutItem", "UpdateItem"),
    "Registration/ProbeVideo": READ_FILMS
    | _table(CATALOGUE, "GetItem", "UpdateItem")
    | _table(JOBS, "GetItem", "UpdateItem")
    | _on("*", "mediaconvert:Probe")
    | _on(RESULTS, "s3:ListBucket")
    | ASK_ANALYSES,
    "Registration/CheckProxy": READ_FILMS
    | _on(PROXY, "s3:GetObject")
    | _on(RESULTS, "s3:ListBucket")
    | _table(CATALOGUE, "GetItem", "UpdateItem")
    | _table(JOBS, "GetItem", "UpdateItem")
    | _on("*", "mediaconvert:Probe"),
    "Detection/StartDetection": START_JOBS
    | CALL_BACK
    | JOB_QUEUE
    | COUNT_COST
    | READ_DETECTIONS
    | _table(JOBS, "PutItem"),
    "Detection/ResumeDetection": START_JOBS
    | READ_ANSWERS
    | CALL_BACK
    | JOB_QUEUE
    | COUNT_COST
    | _on(
        "CompletionChannel/Queue.Arn",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
    ),
    "Detection/ReconcileJobs": START_JOBS
    | READ_ANSWERS
    | CALL_BACK
    | JOB_QUEUE
    | COUNT_COST
    | _on("Detection/DeadLetters.Arn", "sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"),
    "Detection/CollectDetection": READ_ANSWERS
    | READ_DETECTIONS
    | WRITE_RESULTS
    | _table(JOBS, "GetItem", "UpdateItem")
    | _table(CATALOGUE, "GetItem"),
    "Scoring/ScoreScenes": READ_FILMS
    | READ_RESULTS
    | WRITE_RESULTS
    | _table(CATALOGUE, "GetItem", "UpdateItem", "Query", "BatchWriteItem", "DeleteItem"),
    "Rendering/PlanTrailer": READ_RESULTS
    | WRITE_RESULTS
    | _table(CATALOGUE, "GetItem", "PutItem", "UpdateItem", "Query"),
    "Rendering/PublishTrailer": READ_FILMS
    | READ_RESULTS
    | WRITE_RESULTS
    | ANNOUNCE
    | COUNT_COST
    | _on("*", "mediaconvert:GetJob", "mediaconvert:Probe"),
    "Completion/CompleteVideo": ANNOUNCE | COUNT_COST,
    "Completion/RecordFailure": ANNOUNCE | COUNT_COST | _table(CATALOGUE, "PutItem"),
    "Sidecars/ApplySidecar": ANNOUNCE
    | READ_FILMS
    | _table(CATALOGUE, "GetItem", "UpdateItem")
    | START_TRAILERS
    | _on("Sidecars/DeadLetters.Arn", "sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"),
    "EndedExecutions/CloseRecords": ANNOUNCE
    | COUNT_COST
    | _table(CATALOGUE, "PutItem")
    | _table(f"{CATALOGUE}/index/byStatus", "Query")
    | ASK_ANALYSES
    | ASK_REQUESTS
    | _on("EndedExecutions/DeadLetters.Arn", "sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"),
}

NEEDED: dict[str, Rights] = {
    "catalogue.claim": _table(CATALOGUE, "PutItem", "GetItem"),
    "catalogue.get": _table(CATALOGUE, "GetItem"),
    "catalogue.update": _table(CATALOGUE, "UpdateItem"),
    "catalogue.update_open": _table(CATALOGUE, "UpdateItem"),
    "catalogue.update_unchanged": _table(CATALOGUE, "UpdateItem"),
    "catalogue.query": _table(CATALOGUE, "Query"),
    "catalogue.unchanged": _table(f"{CATALOGUE}/index/byStatus", "Query"),
    "catalogue.replace": _table(CATALOGUE, "Query", "BatchWriteItem", "DeleteItem"),
    "proxies.get": _table(JOBS, "GetItem"),
    "proxies.claim": _table(JOBS, "UpdateItem"),
    "proxies.judge": _table(JOBS, "UpdateItem"),
    "jobs.add": _table(JOBS, "PutItem"),
    "jobs.get": _table(JOBS, "GetItem"),
    "jobs.attempts": _table(JOBS, "GetItem"),
    "jobs.queue": _table(JOBS, "GetItem"),
    "jobs.adopt": _table(JOBS, "UpdateItem"),
    "jobs.drop": _table(JOBS, "UpdateItem"),
    "jobs.claim": _table(JOBS, "UpdateItem"),
    "jobs.release": _table(JOBS, "UpdateItem"),
    "jobs.mark_running": _table(JOBS, "UpdateItem"),
    "jobs.settle": _table(JOBS, "UpdateItem"),
    "jobs.abandon": _table(JOBS, "UpdateItem"),
    "jobs.mark_woken": _table(JOBS, "UpdateItem"),
    "jobs.mark_collected": _table(JOBS, "UpdateItem"),
    "jobs.take_turn": _table(JOBS, "UpdateItem"),
    "jobs.advance": _table(JOBS, "UpdateItem"),
    "jobs.set_full": _table(JOBS, "UpdateItem"),
    "jobs.pending": _table(f"{JOBS}/index/byStatus", "Query"),
    "jobs.running": _table(f"{JOBS}/index/byStatus", "Query"),
    "jobs.unwoken": _table(f"{JOBS}/index/byStatus", "Query"),
    "detections.start": START_JOBS,
    "detections.status": READ_ANSWERS,
    "detections.pages": READ_ANSWERS,
    "transcoder.probe": _on("*", "mediaconvert:Probe"),
    "transcoder.job": _on("*", "mediaconvert:GetJob"),
    "uploads.head": READ_FILMS,
    "uploads.sidecar": READ_FILMS,
    "uploads.current": READ_FILMS,
    "uploads.beside": READ_FILMS,
    "results.put_json": WRITE_RESULTS,
    "results.put_text": WRITE_RESULTS,
    "results.get_json": READ_RESULTS,
    "results.list": _on(RESULTS, "s3:ListBucket"),
    "workflow.succeed": CALL_BACK,
    "workflow.fail": CALL_BACK,
    "workflow.is_waiting": CALL_BACK,
    "workflow.execution": ASK_ANALYSES,
    "workflow.start_trailer": START_TRAILERS,
    "notifier.notify": ANNOUNCE,
}
"""What each call of a port comes to on AWS; ``trailer.aws`` is the source."""

READS_ONLY_DETECTIONS = {"Detection/StartDetection", "Detection/CollectDetection"}
"""Functions that need nothing of the results bucket but collected pages."""

FREE = {"clock.now", "settings", "results.bucket"}
"""Calls of ports that AWS never sees."""


def _own_log_and_traces(path: str) -> Rights:
    return _on(f"{path}/Logs.Arn", "logs:CreateLogStream", "logs:PutLogEvents") | _on(
        "*", "xray:PutTraceSegments", "xray:PutTelemetryRecords"
    )


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_a_function_may_do_this_and_nothing_else(pipeline: Template, path: str) -> None:
    assert pipeline.rights(f"{path}/Role") == EXPECTED[path] | _own_log_and_traces(path)


def test_every_function_is_judged(pipeline: Template) -> None:
    functions = pipeline.resources("AWS::Lambda::Function")
    assert {path.removesuffix("/Function") for path in functions} == set(EXPECTED)


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_a_function_may_do_all_that_its_step_calls(path: str) -> None:
    folder = next(
        entry.name
        for entry in (ROOT / "lambdas").iterdir()
        if entry.name.title().replace("_", "") == path.rsplit("/", maxsplit=1)[-1]
    )
    calls = calls_of_step(folder) - FREE
    assert calls, f"{folder} calls nothing, so the walk through its code is broken"
    assert not calls - set(NEEDED), "say in NEEDED which rights the new call takes"
    needed = set().union(*(NEEDED[call] for call in calls))
    if path in READS_ONLY_DETECTIONS:
        needed = (needed - READ_RESULTS) | READ_DETECTIONS
    assert needed <= EXPECTED[path]


def test_no_action_has_a_wildcard(pipeline: Template) -> None:
    for role in pipeline.resources("AWS::IAM::Role"):
        wild = [action for action, _ in pipeline.rights(role) if "*" in action]
        assert wild == [], role


def test_every_role_is_passed_to_its_one_service(pipeline: Template) -> None:
    services = {
        "CompletionChannel/Role.Arn": "rekognition.amazonaws.com",
        "Rendering/Role.Arn": "mediaconvert.amazonaws.com",
    }
    passed = [
        (pipeline.readable(resource), statement["Condition"]["StringEquals"]["iam:PassedToService"])
        for role in pipeline.resources("AWS::IAM::Role")
        for statement in pipeline.statements(role)
        if "iam:PassRole" in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    ]
    assert len(passed) == 5
    assert all(services[role] == service for role, service in passed)


@pytest.mark.parametrize("machine", ["AnalyseVideo", "MakeTrailer"])
def test_a_state_machine_tags_its_jobs_and_nothing_else(pipeline: Template, machine: str) -> None:
    """``createJob.sync`` sends tags; a queue or a preset with other tags is no business of ours."""
    rights = pipeline.rights(f"Workflow/{machine}/Role")
    assert {right for right in rights if "Tag" in right[0]} == _on(
        "arn:<AWS::Partition>:mediaconvert:<AWS::Region>:<AWS::AccountId>:jobs/*", "mediaconvert:TagResource"
    )


def test_media_convert_reads_films_and_writes_below_videos(pipeline: Template) -> None:
    assert pipeline.rights("Rendering/Role") == (
        _on(FILM, "s3:GetObject", "s3:GetObjectVersion") | _on(RESULT, "s3:GetObject", "s3:PutObject")
    )


def test_rekognition_may_only_announce(pipeline: Template) -> None:
    assert pipeline.rights("CompletionChannel/Role") == _on("CompletionChannel/Topic", "sns:Publish")
