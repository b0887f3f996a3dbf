"""The fault plan: it strikes when it says so, the same way each time, and refuses what it can't do."""

import json
from pathlib import Path

import pytest

from local.faults.callers import Callers
from local.faults.calls import Request
from local.faults.injector import Injector
from local.faults.plan import Place, Plan, PlanError, parse

START = "TrailerPipeline-local-DetectionStartDetectionFuncti6A7187E8D381B"


def planned(*faults: dict, seed: int = 7) -> Plan:
    return parse(json.dumps({"seed": seed, "faults": list(faults)}))


def strikes(plan: Plan, times: int, **names: str) -> list[bool]:
    place = Place(names.pop("place", "call"))
    return [plan.decide(place, **names) is not None for _ in range(times)]


def test_a_fault_strikes_the_nth_occasion_and_as_many_as_it_says() -> None:
    plan = planned({"fault": "throttled", "api": "s3.PutObject", "nth": 2, "times": 2})
    assert strikes(plan, 5, function=START, api="s3.PutObject") == [False, True, True, False, False]


def test_only_its_own_function_and_api_count() -> None:
    rule = {"fault": "throttled", "function": "start_detection", "api": "s3.PutObject", "nth": 1}
    plan = planned(rule)
    assert plan.decide(Place.CALL, function="TrailerPipeline-ResumeDetection-1", api="s3.PutObject") is None
    assert plan.decide(Place.CALL, function=START, api="s3.GetObject") is None
    assert plan.decide(Place.INVOCATION, function=START) is None
    assert plan.decide(Place.CALL, function=START, api="s3.PutObject") is not None


def test_a_rate_is_drawn_from_the_seed_and_so_repeats() -> None:
    rule = {"fault": "server-error", "rate": 0.3}
    first = strikes(planned(rule), 400, function=START, api="s3.PutObject")
    assert first == strikes(planned(rule), 400, function=START, api="s3.PutObject")
    assert first != strikes(planned(rule, seed=8), 400, function=START, api="s3.PutObject")
    assert 80 < sum(first) < 160


def test_a_rule_does_not_shift_another() -> None:
    rule = {"fault": "throttled", "api": "s3.PutObject", "nth": 3}
    both = planned({"fault": "server-error", "api": "s3.PutObject", "nth": 1}, rule)
    assert strikes(both, 3, api="s3.PutObject") == [True, False, True]


def test_a_fault_of_the_render_call_needs_no_api() -> None:
    plan = planned({"fault": "render-answer-lost", "nth": 1})
    assert strikes(plan, 2, function="states", api="mediaconvert.GetJob") == [False, False]
    assert strikes(plan, 2, function="states", api="mediaconvert.CreateJob") == [True, False]


def test_slots_are_taken_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned({"fault": "slots-taken", "count": 19, "after": 5, "seconds": 10})
    for since, taken in ((0, 0), (5, 19), (14, 19), (15, 0)):
        monkeypatch.setattr("local.faults.plan.time.monotonic", lambda now=plan.loaded + since: now)
        assert plan.slots_taken() == taken


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({"faults": [{"fault": "gremlins"}]}, "There is no fault “gremlins”"),
        ({"faults": [{"fault": "throttled", "apis": "x"}]}, "A fault has apis"),
        ({"faults": [{"fault": "dropped", "carrier": "pigeon"}]}, "There is no carrier “pigeon”"),
        ({"faults": [{"fault": "kill-before", "nth": 1}]}, "full name of its api"),
        ({"feed": 1}, "The fault plan has feed"),
        ([], "must be a JSON object"),
    ],
)
def test_what_can_not_be_injected_is_refused_by_name(plan: object, says: str) -> None:
    with pytest.raises(PlanError, match=says):
        parse(json.dumps(plan))


def test_a_replaced_file_is_a_new_plan_and_none_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    injector = Injector(path)
    assert injector.decide(Place.CALL, api="s3.PutObject") is None
    for number in (1, 2):
        scratch = tmp_path / "scratch"
        scratch.write_text(
            json.dumps({"seed": number, "faults": [{"fault": "throttled", "nth": 1, "api": "a.B"}]})
        )
        scratch.replace(path)
        assert injector.decide(Place.CALL, api="a.B") is not None
        assert injector.decide(Place.CALL, api="a.B") is None
    lines = [json.loads(line) for line in (tmp_path / "plan.journal.jsonl").read_text().splitlines()]
    assert [line["fault"] for line in lines] == ["throttled", "throttled"]


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "body", "api"),
    [
        ("POST", "/", "", {"x-amz-target": "DynamoDB_20120810.UpdateItem"}, "", "dynamodb.UpdateItem"),
        (
            "POST",
            "/",
            "",
            {"x-amz-target": "AWSStepFunctions.SendTaskSuccess"},
            "",
            "stepfunctions.SendTaskSuccess",
        ),
        ("POST", "/", "", {}, "Action=Publish&TopicArn=x", "sns.Publish"),
        ("GET", "/bucket/a%20key", "", {}, "", "s3.GetObject"),
        ("HEAD", "/bucket/key/deeper", "versionId=1", {}, "", "s3.HeadObject"),
        ("GET", "/bucket", "list-type=2&prefix=a%2Fb", {}, "", "s3.ListObjectsV2"),
        ("PUT", "/bucket/key", "partNumber=1&uploadId=u", {}, "", "s3.UploadPart"),
        ("POST", "/2017-08-29/probe", "", {}, "", "mediaconvert.Probe"),
        ("GET", "/2017-08-29/jobs/1-abc", "", {}, "", "mediaconvert.GetJob"),
    ],
)
def test_requests_are_named_as_botocore_names_them(
    method: str, path: str, query: str, headers: dict, body: str, api: str
) -> None:
    service = api.partition(".")[0]
    scope = {"stepfunctions": "states"}.get(service, service)
    signed = (
        f"AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/{scope}/aws4_request, SignedHeaders=x"
    )
    assert Request(method, path, query, {**headers, "authorization": signed}, body).api == api


def test_a_process_is_found_by_what_its_calls_say(tmp_path: Path) -> None:
    callers = Callers(tmp_path / "workers")
    process = callers.new_id()
    callers.enter(process, 1, START)
    found = callers.find(f"Boto3/1.43 md/x exec-env/AWS_Lambda_python3.14 app/{process} PTENV/x")
    assert found is not None
    assert (found.function, found.process) == (START, process)
    assert callers.find("Boto3/1.43 md/x") is None
    callers.leave(process)
    assert callers.find(f"app/{process}") is None
