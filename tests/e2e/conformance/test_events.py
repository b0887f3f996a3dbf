"""What starts things: uploads, messages, the clock."""

import json
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conformance.conftest import ROLE, Emulator, Machines, create_function
from tests.e2e.conformance.states import PASS

KEYS = [
    "a b.mp4",
    "a+b.mp4",
    "a%20b.mp4",
    "a#b?&=.mp4",
    "影片/映画.mp4",
    "🎬 naïve.mp4",
    "x/../y.mp4",
]


def eventually(check: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> str:
    name = f"source-{uuid.uuid4().hex[:8]}"
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return name


@pytest.fixture(scope="module")
def watcher(emulator: Emulator, machines: Machines, bucket: str) -> str:
    """A state machine that every new object of the bucket starts."""
    machine = machines.create({"StartAt": "A", "States": {"A": PASS}})
    events = emulator.client("events")
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [bucket]}},
    }
    events.put_rule(Name=bucket, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=bucket, Targets=[{"Id": "1", "Arn": machine, "RoleArn": ROLE}])
    return machine


def uploads(machines: Machines, machine: str) -> dict[str, dict]:
    found = {}
    for run in machines.client.list_executions(stateMachineArn=machine)["executions"]:
        described = machines.client.describe_execution(executionArn=run["executionArn"])
        detail = json.loads(described["input"])["detail"]
        found[detail["object"]["key"]] = detail
    return found


@pytest.mark.parametrize("key", KEYS)
def test_an_upload_starts_a_machine_with_its_raw_key_and_version(
    emulator: Emulator, machines: Machines, bucket: str, watcher: str, key: str
) -> None:
    """The key in such an event is not URL-encoded; whoever decodes it loses a plus or a percent sign."""
    version = emulator.client("s3").put_object(Bucket=bucket, Key=key, Body=b"film")["VersionId"]
    detail = eventually(lambda: uploads(machines, watcher).get(key))
    assert detail["object"]["version-id"] == version
    assert detail["object"]["size"] == 4
    assert detail["reason"] == "PutObject"
    assert set(detail) == {
        "version",
        "bucket",
        "object",
        "request-id",
        "requester",
        "source-ip-address",
        "reason",
    }


def test_a_multipart_upload_is_one_event(
    emulator: Emulator, machines: Machines, bucket: str, watcher: str, tmp_path: Path
) -> None:
    from boto3.s3.transfer import TransferConfig

    film = tmp_path / "film"
    film.write_bytes(bytes(11_000_000))
    config = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
    emulator.client("s3").upload_file(str(film), bucket, "parts +1.mp4", Config=config)
    detail = eventually(lambda: uploads(machines, watcher).get("parts +1.mp4"))
    assert (detail["reason"], detail["object"]["size"]) == ("CompleteMultipartUpload", 11_000_000)


@pytest.fixture(scope="module")
def queues(emulator: Emulator) -> dict[str, str]:
    """Topic → queue → function, with a dead-letter queue, as completions travel."""
    sqs, sns = emulator.client("sqs"), emulator.client("sns")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    attributes = ["QueueArn"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=attributes)["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    # Not shorter than the function may take, as AWS demands: else a slow first start comes twice.
    queue = sqs.create_queue(
        QueueName="completions", Attributes={"VisibilityTimeout": "5", "RedrivePolicy": redrive}
    )["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=attributes)["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="detections")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    function = create_function(emulator, "consumer", "function.batch", Timeout=5)
    emulator.client("lambda").create_event_source_mapping(
        FunctionName=function,
        EventSourceArn=arn,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    return {"topic": topic, "queue": queue, "dead": dead}


def depth(emulator: Emulator, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = emulator.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)
    return sum(int(value) for value in found["Attributes"].values())


def test_a_reported_message_comes_again_and_then_goes_to_the_dead_letters(
    emulator: Emulator, queues: dict[str, str], tmp_path: Path
) -> None:
    """One completion that can't be handled must neither block nor repeat its neighbours."""
    sns = emulator.client("sns")
    good, bad = tmp_path / "good", tmp_path / "bad"
    for message in ({"counter": str(good)}, {"counter": str(bad), "bad": True}):
        sns.publish(TopicArn=queues["topic"], Message=json.dumps(message))
    eventually(lambda: depth(emulator, queues["dead"]) == 1, seconds=60)
    assert depth(emulator, queues["queue"]) == 0
    assert (good.stat().st_size, bad.stat().st_size) == (1, 2)


def test_only_our_own_services_speak_as_aws(emulator: Emulator) -> None:
    """MediaConvert's state changes come from our service; a customer's PutEvents may not claim to."""
    events = emulator.client("events")
    entry = {"Source": "aws.mediaconvert", "DetailType": "MediaConvert Job State Change", "Detail": "{}"}
    refused = events.put_events(Entries=[entry])
    assert refused["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    events.meta.events.register(
        "before-sign.events.PutEvents",
        lambda request, **_: request.headers.add_header("x-local-aws-emitter", "mediaconvert"),
    )
    assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0


def ended(machines: Machines, emulator: Emulator, definition: dict, act: Callable[[str], None]) -> list[dict]:
    """Run a definition, act on it, and return the status events that a rule passed on."""
    machine, listener = machines.create(definition), machines.create({"StartAt": "A", "States": {"A": PASS}})
    name = f"ended-{uuid.uuid4().hex[:8]}"
    pattern = {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"stateMachineArn": [machine], "status": ["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED"]},
    }
    events = emulator.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": listener, "RoleArn": ROLE}])
    arn = machines.client.start_execution(stateMachineArn=machine, input='{"film": "é"}')["executionArn"]
    act(arn)
    runs = eventually(
        lambda: machines.client.list_executions(stateMachineArn=listener, statusFilter="SUCCEEDED")[
            "executions"
        ]
    )
    events.remove_targets(Rule=name, Ids=["1"])
    details = [
        json.loads(machines.client.describe_execution(executionArn=run["executionArn"])["input"])["detail"]
        for run in runs
    ]
    assert [detail["executionArn"] for detail in details] == [arn] * len(details)
    return details


ENDINGS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "FAILED": ({"A": {"Type": "Fail", "Error": "E", "Cause": "c"}}, {}),
    "TIMED_OUT": ({"A": {"Type": "Wait", "Seconds": 600, "End": True}}, {"TimeoutSeconds": 1}),
    "ABORTED": ({"A": {"Type": "Wait", "Seconds": 600, "End": True}}, {}),
    "SUCCEEDED": ({"A": PASS}, {}),
}


@pytest.mark.parametrize("status", sorted(ENDINGS))
def test_the_end_of_an_execution_is_an_event(emulator: Emulator, machines: Machines, status: str) -> None:
    """No Catch sees an execution that runs out of time or is stopped; its record is closed by this event."""
    states, machine = ENDINGS[status]

    def act(arn: str) -> None:
        if status == "ABORTED":
            machines.client.stop_execution(executionArn=arn, error="Operator", cause="by hand")

    [detail] = ended(machines, emulator, {"StartAt": "A", "States": states, **machine}, act)
    assert (detail["status"], json.loads(detail["input"])) == (status, {"film": "é"})
    assert detail["redriveStatus"] == ("NOT_REDRIVABLE" if status == "SUCCEEDED" else "REDRIVABLE")


def test_a_rule_s_function_is_tried_again_and_then_its_event_is_a_dead_letter(
    emulator: Emulator, counter: str
) -> None:
    """Lambda invokes it asynchronously: what the end of an execution says must not be lost."""
    sqs, events = emulator.client("sqs"), emulator.client("events")
    dead = sqs.create_queue(QueueName=f"dead-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    name = f"broken-{uuid.uuid4().hex[:8]}"
    function = create_function(emulator, name)
    emulator.client("lambda").put_function_event_invoke_config(
        FunctionName=name,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": attributes["QueueArn"]}},
    )
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    given = {"counter": counter, "error": "ValueError"}
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": function, "Input": json.dumps(given)}])
    events.put_events(Entries=[{"Source": name, "DetailType": "x", "Detail": "{}"}])
    [message] = eventually(lambda: sqs.receive_message(QueueUrl=dead).get("Messages"))
    assert json.loads(message["Body"])["requestPayload"] == given
    assert Path(counter).stat().st_size == 2


@pytest.mark.skipif("TRAILER_SLOW_TESTS" not in os.environ, reason="takes a minute; set TRAILER_SLOW_TESTS")
def test_a_schedule_really_fires(emulator: Emulator, tmp_path: Path) -> None:
    """The reconciler is what ends a wait whose completion was lost; it must run without being asked."""
    counter = tmp_path / "ticks"
    function = create_function(emulator, "ticking")
    events = emulator.client("events")
    events.put_rule(Name="every-minute", ScheduleExpression="rate(1 minute)")
    target = {"Id": "1", "Arn": function, "Input": json.dumps({"counter": str(counter)})}
    events.put_targets(Rule="every-minute", Targets=[target])
    eventually(counter.exists, seconds=80)
    events.remove_targets(Rule="every-minute", Ids=["1"])
