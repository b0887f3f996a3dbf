"""What the stateless stack promises: nothing is lost, everything is logged for a while, and names are kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.stages import load_stage
from tests.infra.synthesis import ROOT, STAGE, Synthesis, Template, as_list
from trailer.settings import MAKE_TRAILER_ARN, NAMES, Settings

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "lambdas").glob("*/handler.py"))


def _pascal(folder: str) -> str:
    return folder.title().replace("_", "")


def _function(pipeline: Template, name: str) -> dict[str, Any]:
    functions = pipeline.resources("AWS::Lambda::Function")
    return next(body for path, body in functions.items() if path.split("/")[-2] == name)


def test_outputs_are_what_the_command_line_and_people_read(pipeline: Template) -> None:
    assert set(pipeline.body["Outputs"]) == {
        "SourceBucketName",
        "ResultsBucketName",
        "CatalogueTableName",
        "JobsTableName",
        "AnalyseVideoStateMachineArn",
        "MakeTrailerStateMachineArn",
        "NotificationTopicArn",
        "CompletionQueueName",
        "CompletionDeadLettersName",
        "UploadDeadLettersName",
        "EndedExecutionDeadLettersName",
        "TickDeadLettersName",
        "SidecarDeadLettersName",
        "ReconcileJobsFunctionName",
        "CloseRecordsFunctionName",
        "ApplySidecarFunctionName",
        "AlarmTopicArn",
    }


def test_every_lambda_folder_is_a_function_and_the_other_way_round(pipeline: Template) -> None:
    deployed = {path.split("/")[-2] for path in pipeline.resources("AWS::Lambda::Function")}
    assert deployed == {_pascal(folder) for folder in FUNCTIONS}


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_functions_are_traced_pure_python_on_arm(pipeline: Template, folder: str) -> None:
    function = _function(pipeline, _pascal(folder))
    assert function["Handler"] == "handler.handler"
    assert function["Runtime"] == "python3.14"
    assert function["Architectures"] == ["arm64"]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert function["LoggingConfig"]["ApplicationLogLevel"] == "INFO"
    assert function["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] == "INFO"
    assert len(function["Layers"]) == 2


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_functions_get_all_settings_that_the_product_reads(pipeline: Template, folder: str) -> None:
    variables = _function(pipeline, _pascal(folder))["Environment"]["Variables"]
    own = {MAKE_TRAILER_ARN} if folder == "apply_sidecar" else set()
    assert set(variables) == own | {
        *NAMES,
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
        "POWERTOOLS_LOG_LEVEL",
    }
    settings = Settings.from_env({name: pipeline.readable(value) for name, value in variables.items()})
    stage = load_stage(json.loads((ROOT / "cdk.json").read_text())["context"]["stages"], STAGE)
    assert settings.catalogue_table == "CatalogueTable"
    assert settings.jobs_table == "JobsTable"
    assert settings.results_bucket == "ResultsBucket"
    assert settings.default_options["detectors"] == list(stage.default_options.detectors)
    assert settings.default_options["maxDuration"] == stage.default_options.max_duration


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_assets_hold_sources_only(synthesis: Synthesis, folder: str) -> None:
    """A stray ``__pycache__`` changes the hash, and every deployment would replace the function."""
    code = synthesis.asset(_function(synthesis.pipeline, _pascal(folder))["Code"])
    assert {path.name for path in code.rglob("*")} == {"__init__.py", "handler.py"}


def test_the_core_layer_holds_the_product_only(synthesis: Synthesis) -> None:
    layers = synthesis.pipeline.resources("AWS::Lambda::LayerVersion")
    core = synthesis.asset(layers["Layers/Core"]["Content"])
    assert (core / "python" / "trailer" / "settings.py").is_file()
    assert {path.name for path in (core / "python").iterdir()} == {"trailer"}
    strays = [path for path in core.rglob("*") if path.suffix == ".pyc" or path.name == "__pycache__"]
    assert strays == []


def test_each_queue_is_encrypted_and_has_dead_letters(pipeline: Template) -> None:
    queues = pipeline.resources("AWS::SQS::Queue")
    assert {path for path in queues if not path.endswith("DeadLetters")} == {"CompletionChannel/Queue"}
    for path, queue in queues.items():
        assert queue["SqsManagedSseEnabled"] is True
        if not path.endswith("DeadLetters"):
            assert pipeline.readable(queue["RedrivePolicy"]["deadLetterTargetArn"]) == (
                "CompletionChannel/DeadLetters.Arn"
            )


def test_a_completion_stays_hidden_for_six_time_outs(pipeline: Template) -> None:
    """Less, and Lambda's throttled polls would deliver it twice."""
    queue = pipeline.resources("AWS::SQS::Queue")["CompletionChannel/Queue"]
    assert queue["VisibilityTimeout"] >= 6 * _function(pipeline, "ResumeDetection")["Timeout"]


def test_one_bad_completion_does_not_take_its_batch_along(pipeline: Template) -> None:
    (mapping,) = pipeline.resources("AWS::Lambda::EventSourceMapping").values()
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert pipeline.readable(mapping["EventSourceArn"]) == "CompletionChannel/Queue.Arn"
    assert pipeline.readable(mapping["FunctionName"]) == "Detection/ResumeDetection/Function"


def test_topics_and_queues_refuse_plain_http(pipeline: Template) -> None:
    guarded = set()
    for type_, key in (("AWS::SNS::TopicPolicy", "Topics"), ("AWS::SQS::QueuePolicy", "Queues")):
        for policy in pipeline.resources(type_).values():
            denies = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
            if any(s["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} for s in denies):
                guarded |= {pipeline.readable(target) for target in policy[key]}
    everything = set(pipeline.resources("AWS::SNS::Topic")) | set(pipeline.resources("AWS::SQS::Queue"))
    assert guarded == everything


def test_every_log_ends_and_every_function_has_its_own(pipeline: Template) -> None:
    groups = pipeline.resources("AWS::Logs::LogGroup")
    assert {group["RetentionInDays"] for group in groups.values()} == {365}
    used = [
        pipeline.readable(function["LoggingConfig"]["LogGroup"])
        for function in pipeline.resources("AWS::Lambda::Function").values()
    ]
    assert len(set(used)) == len(FUNCTIONS)
    assert set(used) <= set(groups)


def test_uploads_start_an_analysis_but_options_files_and_folder_markers_do_not(pipeline: Template) -> None:
    rule = pipeline.resources("AWS::Events::Rule")["Ingest/ObjectCreated"]
    pattern = rule["EventPattern"]
    assert pattern["source"] == ["aws.s3"]
    assert pattern["detail-type"] == ["Object Created"]
    assert [pipeline.readable(name) for name in pattern["detail"]["bucket"]["name"]] == ["SourceBucket"]
    beside = [".trailer.json", ".transcript.json", ".vtt", ".srt", "/"]
    assert pattern["detail"]["object"]["key"] == [{"anything-but": {"suffix": beside}}]
    (target,) = rule["Targets"]
    assert pipeline.readable(target["Arn"]) == "Workflow/AnalyseVideo/StateMachine"
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    assert pipeline.readable(target["DeadLetterConfig"]["Arn"]) == "Ingest/DeadLetters.Arn"
    assert "InputTransformer" not in target, "RegisterVideo reads the event as S3 sent it"


def test_options_beside_a_film_reach_their_function(pipeline: Template) -> None:
    rule = pipeline.resources("AWS::Events::Rule")["Sidecars/ObjectCreated"]
    assert rule["EventPattern"]["detail"]["object"]["key"] == [{"suffix": ".trailer.json"}]
    (target,) = rule["Targets"]
    assert pipeline.readable(target["Arn"]) == "Sidecars/ApplySidecar/Function.Arn"
    function = pipeline.resources("AWS::Lambda::Function")["Sidecars/ApplySidecar/Function"]
    started = function["Environment"]["Variables"]["MAKE_TRAILER_ARN"]
    assert pipeline.readable(started) == "Workflow/MakeTrailer/StateMachine"


def test_lost_completions_are_looked_for_every_minute(pipeline: Template) -> None:
    rule = pipeline.resources("AWS::Events::Rule")["Detection/ReconcileTick"]
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    assert [pipeline.readable(target["Arn"]) for target in rule["Targets"]] == [
        "Detection/ReconcileJobs/Function.Arn"
    ]


def test_records_that_stand_still_are_looked_for_every_minute(pipeline: Template) -> None:
    """Step Functions sends the event of an end on a best-effort basis."""
    rule = pipeline.resources("AWS::Events::Rule")["EndedExecutions/Tick"]
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    (target,) = rule["Targets"]
    assert pipeline.readable(target["Arn"]) == "EndedExecutions/CloseRecords/Function.Arn"
    assert target["Input"] == "{}", "an executionId would make it look for that one alone"


@pytest.mark.parametrize("machine", ["AnalyseVideo", "MakeTrailer"])
def test_executions_that_end_past_every_catch_are_recorded(pipeline: Template, machine: str) -> None:
    rule = pipeline.resources("AWS::Events::Rule")[f"EndedExecutions/{machine}"]
    detail = rule["EventPattern"]["detail"]
    assert [pipeline.readable(arn) for arn in detail["stateMachineArn"]] == [
        f"Workflow/{machine}/StateMachine"
    ]
    assert detail["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    (target,) = rule["Targets"]
    assert pipeline.readable(target["Arn"]) == "EndedExecutions/CloseRecords/Function.Arn"
    # Placeholders stand unquoted in the template; quoted, EventBridge would send their names.
    template = re.sub(r"<[\w-]+>", '"x"', target["InputTransformer"]["InputTemplate"])
    assert set(json.loads(template)) == {"workflow", "executionId"}
    assert json.loads(template)["workflow"] == machine


@pytest.mark.parametrize(
    ("path", "service"),
    [("CompletionChannel/Role", "rekognition"), ("Rendering/Role", "mediaconvert")],
)
def test_services_assume_their_role_for_this_account_only(
    pipeline: Template, path: str, service: str
) -> None:
    (statement,) = pipeline.resources("AWS::IAM::Role")[path]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
    account = statement["Condition"]["StringEquals"]["aws:SourceAccount"]
    assert pipeline.readable(account) == "<AWS::AccountId>"


def test_every_dead_letter_queue_wakes_somebody(pipeline: Template) -> None:
    alarms = pipeline.resources("AWS::CloudWatch::Alarm").values()
    watched = {
        pipeline.readable(dimension["Value"]).split(".")[0]
        for alarm in alarms
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
        for dimension in alarm["Dimensions"]
    }
    queues = pipeline.resources("AWS::SQS::Queue")
    assert watched == {path for path in queues if path.endswith("DeadLetters")}
    topics = {pipeline.readable(action) for alarm in alarms for action in as_list(alarm["AlarmActions"])}
    assert topics == {"Observability/AlarmTopic"}


def test_who_wants_to_be_woken_finds_the_topic_of_alarms(pipeline: Template) -> None:
    assert pipeline.readable(pipeline.body["Outputs"]["AlarmTopicArn"]["Value"]) == "Observability/AlarmTopic"


def test_the_dashboard_shows_what_this_stage_s_functions_count(pipeline: Template) -> None:
    """A graph of a metric that nobody writes is empty for ever, and nobody notices."""
    functions = pipeline.resources("AWS::Lambda::Function").values()
    variables = [body.get("Environment", {}).get("Variables", {}) for body in functions]
    (namespace,) = {each["POWERTOOLS_METRICS_NAMESPACE"] for each in variables if each}
    (service,) = {each["POWERTOOLS_SERVICE_NAME"] for each in variables if each}
    (dashboard,) = pipeline.resources("AWS::CloudWatch::Dashboard").values()
    text = json.dumps(dashboard["DashboardBody"]).replace("\\", "")
    for metric in ("Rejected", "Failed"):
        assert f'["{namespace}","{metric}","service","{service}"' in text
    assert namespace != "Trailer/" and namespace.startswith("Trailer/")


@pytest.mark.parametrize("machine", ["AnalyseVideo", "MakeTrailer"])
def test_state_machines_are_traced_and_log_no_task_token(pipeline: Template, machine: str) -> None:
    body = pipeline.resources("AWS::StepFunctions::StateMachine")[f"Workflow/{machine}/StateMachine"]
    assert body["TracingConfiguration"] == {"Enabled": True}
    assert body["LoggingConfiguration"]["Level"] == "ALL"
    assert not body["LoggingConfiguration"].get("IncludeExecutionData")
    name = pipeline.resources("AWS::Logs::LogGroup")[f"Workflow/{machine}/Logs"]["LogGroupName"]
    assert pipeline.readable(name) == (
        f"/aws/vendedlogs/states/TrailerPipeline-{STAGE}/{machine}-<AWS::StackId>[/2][-0]"
    )


PHYSICAL_NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
PARTS_OF_OTHERS = {
    "AWS::IAM::Policy",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}
"""They go with what they belong to, and have no name in the account."""


def test_a_stack_that_is_made_again_finds_no_name_taken(synthesis: Synthesis) -> None:
    """A fixed name of something that was kept, or is slow to go, would refuse the new stack."""
    for template in (synthesis.media, synthesis.pipeline):
        for logical_id, resource in template.body["Resources"].items():
            if resource["Type"] in PARTS_OF_OTHERS:
                continue
            name = resource.get("Properties", {}).get(PHYSICAL_NAMES[resource["Type"]])
            assert name is None or "AWS::StackId" in json.dumps(name), logical_id
        assert all("Export" not in output for output in template.body.get("Outputs", {}).values())


def test_logs_are_kept_but_not_those_of_a_deployment_that_failed(pipeline: Template) -> None:
    for group in pipeline.whole("AWS::Logs::LogGroup").values():
        assert group["DeletionPolicy"] == "RetainExceptOnCreate"
        assert group["UpdateReplacePolicy"] == "Retain"


def test_infra_imports_of_the_product_its_settings_only() -> None:
    imports = re.compile(r"^\s*(?:from|import) (trailer[\w.]*)(?: import (\w+))?", re.MULTILINE)
    found = {
        ".".join(part for part in match if part)
        for path in [Path(ROOT, "app.py"), *Path(ROOT, "infra").rglob("*.py")]
        for match in imports.findall(path.read_text(encoding="utf-8"))
    }
    assert found == {"trailer.settings"}
