"""What survives the end of the emulator: everything that was deployed, and every film under way."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conformance.conftest import PROJECT, Emulator, Machines, create_function, free_port
from tests.e2e.conformance.media import FakeMediaConvert
from tests.e2e.conformance.states import each, task

CALLBACK = "arn:aws:states:::lambda:invoke.waitForTaskToken"
CHILD = "arn:aws:states:::states:startExecution.sync:2"


@pytest.fixture
def own(tmp_path: Path, media: FakeMediaConvert) -> Iterator[Emulator]:
    """An emulator that the test may end."""
    state = tmp_path / "state"
    state.mkdir()
    emulator = Emulator(state, free_port(), media.url)
    emulator.start()
    yield emulator
    emulator.stop()


def written(file: Path) -> str:
    deadline = time.monotonic() + 10
    while not file.exists() or not file.read_text():
        assert time.monotonic() < deadline, "the function was not invoked"
        time.sleep(0.01)
    return file.read_text()


@pytest.mark.parametrize("kill", [False, True])
def test_an_execution_goes_on_where_it_was(own: Emulator, tmp_path: Path, *, kill: bool) -> None:
    """Whoever closes the laptop in the middle of a film still gets a terminal record."""
    machines = Machines(own)
    function = create_function(own, "conformance")
    first, token = tmp_path / "first", tmp_path / "token"
    payload = {"do": "start", "token.$": "$$.Task.Token", "file": str(token)}
    waiting = task(CALLBACK, Parameters={"FunctionName": function, "Payload": payload}, TimeoutSeconds=600)
    before = task(function, Parameters={"counter": str(first), "n.$": "$$.Map.Item.Value"}, Next="Wait")
    inner = machines.create(
        {"StartAt": "M", "States": {"M": each({"Before": before, "Wait": waiting}, ItemsPath="$.items")}}
    )
    parameters = {"StateMachineArn": inner, "Input": {"items": [1]}}
    arn = machines.start({"StartAt": "C", "States": {"C": task(CHILD, Parameters=parameters)}})
    written(token)
    # A killed emulator goes back to its last save; that is made here, not waited for.
    time.sleep(0.3)
    if kill:
        own.client("s3").create_bucket(Bucket="touch")
        save(own)
    own.stop(kill=kill)
    own.start()
    machines = Machines(own)
    assert machines.client.describe_execution(executionArn=arn)["status"] == "RUNNING"
    machines.client.send_task_success(taskToken=token.read_text(), output=json.dumps("done"))
    done = machines.wait(arn)
    assert done.status == "SUCCEEDED"
    assert done.output["Output"] == ["done"]
    assert first.stat().st_size == 1, "a finished state was executed again"


def save(emulator: Emulator) -> None:
    urllib.request.urlopen(f"{emulator.url}/_local/save", data=b"").close()


def test_objects_items_queues_and_rules_are_kept(own: Emulator) -> None:
    s3, table, sqs = own.client("s3"), own.client("dynamodb"), own.client("sqs")
    s3.create_bucket(Bucket="films")
    s3.put_bucket_versioning(Bucket="films", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="films", Key="é 🎬+.mp4", Body=b"film", Metadata={"pin": "1"})["VersionId"]
    table.create_table(
        TableName="catalogue",
        KeySchema=[{"AttributeName": "videoId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "videoId", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.put_item(TableName="catalogue", Item={"videoId": {"S": "v"}, "cost": {"N": "1.25"}})
    url = sqs.create_queue(QueueName="completions")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="waiting")
    own.stop()
    own.port = free_port()
    own.start()
    found = own.client("s3").get_object(Bucket="films", Key="é 🎬+.mp4", VersionId=version)
    assert (found["Body"].read(), found["Metadata"]) == (b"film", {"pin": "1"})
    item = own.client("dynamodb").get_item(TableName="catalogue", Key={"videoId": {"S": "v"}})["Item"]
    assert item["cost"] == {"N": "1.25"}
    sqs = own.client("sqs")
    url = sqs.get_queue_url(QueueName="completions")["QueueUrl"]
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "waiting"


def test_an_older_version_outlives_the_newer_one_and_the_emulator(own: Emulator) -> None:
    s3 = own.client("s3")
    s3.create_bucket(Bucket="films")
    s3.put_bucket_versioning(Bucket="films", VersioningConfiguration={"Status": "Enabled"})
    bodies = [b"first", b"second", b"third, and longer"]
    versions = [s3.put_object(Bucket="films", Key="a.mp4", Body=body)["VersionId"] for body in bodies]
    own.stop()
    own.start()
    s3 = own.client("s3")
    for version, body in zip(versions, bodies, strict=True):
        assert s3.get_object(Bucket="films", Key="a.mp4", VersionId=version)["Body"].read() == body
    s3.delete_object(Bucket="films", Key="a.mp4", VersionId=versions[1])
    s3.delete_object(Bucket="films", Key="a.mp4", VersionId=versions[2])
    s3.put_object(Bucket="films", Key="a.mp4", Body=b"fourth")
    assert s3.get_object(Bucket="films", Key="a.mp4", VersionId=versions[0])["Body"].read() == b"first"
    assert s3.get_object(Bucket="films", Key="a.mp4")["Body"].read() == b"fourth"


def test_messages_reach_their_function_after_a_start_on_another_port(own: Emulator, tmp_path: Path) -> None:
    """The port is part of a queue's URL; completions must arrive all the same."""
    counter = tmp_path / "counter"
    sqs = own.client("sqs")
    url = sqs.create_queue(QueueName="completions")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    function = create_function(own, "consumer", "function.batch")
    own.client("lambda").create_event_source_mapping(
        FunctionName=function, EventSourceArn=attributes["QueueArn"]
    )
    own.stop()
    own.port = free_port()
    own.start()
    sqs = own.client("sqs")
    url = sqs.get_queue_url(QueueName="completions")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=f'{{"counter": "{counter}"}}')
    assert written(counter) == "."


TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


def test_a_service_that_nobody_asked_for_keeps_what_it_had(own: Emulator) -> None:
    """It sleeps until it is used; a start and a stop meanwhile must not take its state."""
    own.client("cloudformation").create_stack(StackName="sleeper", TemplateBody=TEMPLATE)
    stacks = {"sleeper": "CREATE_COMPLETE"}
    deadline = time.monotonic() + 10
    while asked(own, "stacks") != stacks:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    own.client("ssm").put_parameter(Name="sleeper", Value="kept", Type="String")
    for _ in range(2):
        own.stop()
        own.start()
        own.client("s3").create_bucket(Bucket="touch")
        assert asked(own, "stacks") == stacks, "known from its file"
    assert own.client("ssm").get_parameter(Name="sleeper")["Parameter"]["Value"] == "kept"
    described = own.client("cloudformation").describe_stacks(StackName="sleeper")["Stacks"]
    assert described[0]["StackStatus"] == "CREATE_COMPLETE"
    own.client("cloudformation").delete_stack(StackName="sleeper")
    while asked(own, "stacks"):
        assert time.monotonic() < deadline + 10
        time.sleep(0.05)


def test_a_start_wakes_only_what_a_film_needs(own: Emulator) -> None:
    """CloudFormation imports every service there is; once deployed, no start may pay for that again."""
    own.client("cloudformation").create_stack(StackName="sleeper", TemplateBody=TEMPLATE)
    own.stop()
    program = (
        "import sys; from pathlib import Path; from local.emulator import configuration, corrections;"
        "configuration.configure(1, Path(sys.argv[1])); corrections.apply(Path(sys.argv[1]), None);"
        "from ministack import app; app._load_persisted_state();"
        "print(*sorted(n for n in sys.modules if n.startswith('ministack.services.') and n.count('.') == 2));"
        "corrections.stop()"
    )
    command = [sys.executable, "-c", program, str(own.state)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    awake = {name.rsplit(".", 1)[1] for name in done.stdout.split()}
    assert {"lambda_svc", "stepfunctions", "s3", "dynamodb", "sqs", "sns", "eventbridge"} <= awake
    assert not awake & {"cloudformation", "cognito", "cloudfront", "apigateway_v1", "iot", "ec2", "rds"}


def asked(emulator: Emulator, what: str) -> dict[str, str]:
    with urllib.request.urlopen(f"{emulator.url}/_local/{what}", timeout=10) as response:
        answer: dict[str, str] = json.load(response)
        return answer
