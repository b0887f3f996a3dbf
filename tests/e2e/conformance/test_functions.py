"""Functions: their environment, their packages, their limits."""

import base64
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conformance.conftest import Emulator, Machines, create_function
from tests.e2e.conformance.states import task


@pytest.fixture(scope="module")
def client(emulator: Emulator) -> Any:
    return emulator.client("lambda")


def invoke(client: Any, function: str, event: dict, **options: Any) -> dict:
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event), **options)
    answer["Payload"] = json.loads(answer["Payload"].read())
    return answer


def test_a_function_sees_lambda_s_environment_and_nothing_of_the_person_s(
    emulator: Emulator, client: Any
) -> None:
    """A token in a developer's shell must not reach deployed code, and code must not depend on one."""
    options = {"Environment": {"Variables": {"CATALOGUE_TABLE": "t"}}, "MemorySize": 512}
    function = create_function(emulator, "environment", **options)
    found = invoke(client, function, {"do": "describe"})["Payload"]
    environment = found["environment"]
    assert "HOME" not in environment
    assert environment["CATALOGUE_TABLE"] == "t"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "environment"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert environment["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.14"
    assert environment["AWS_ENDPOINT_URL"] == emulator.url
    assert environment["AWS_ENDPOINT_URL_MEDIACONVERT"] == emulator.media_url
    assert environment["AWS_ACCESS_KEY_ID"] == "123456789012"
    assert (found["arn"], found["name"]) == (function, "environment")
    assert 0 < found["remaining"] <= 10_000


def test_a_function_finds_the_runtime_s_packages_and_no_other(client: Any, function: str) -> None:
    """NumPy is installed for the local services; a function that imports it would fail on AWS."""
    for module in ("boto3", "aws_lambda_powertools", "aws_xray_sdk"):
        assert "FunctionError" not in invoke(client, function, {"do": "import", "module": module})
    for module in ("numpy", "cv2", "ministack", "pytest"):
        answer = invoke(client, function, {"do": "import", "module": module})
        assert answer["FunctionError"] == "Unhandled"
        assert answer["Payload"]["errorType"] == "ModuleNotFoundError"


def test_a_timeout_ends_the_process(emulator: Emulator, client: Any) -> None:
    function = create_function(emulator, "slow", Timeout=1)
    answer = invoke(client, function, {"do": "sleep", "seconds": 30})
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in answer["Payload"]["errorMessage"]
    assert invoke(client, function, {"do": "echo"})["Payload"] == {"do": "echo"}


def test_a_function_that_can_t_be_imported_says_so(emulator: Emulator, client: Any) -> None:
    function = create_function(emulator, "absent", "nothing.handler")
    answer = invoke(client, function, {})
    assert answer["Payload"]["errorType"] == "Runtime.ImportModuleError"
    assert "No module named 'nothing'" in answer["Payload"]["errorMessage"]


def test_what_a_function_prints_is_in_its_log(client: Any, function: str) -> None:
    answer = invoke(client, function, {"do": "say", "text": "é 🎬"}, LogType="Tail")
    assert "é 🎬" in base64.b64decode(answer["LogResult"]).decode()


def test_an_error_leaves_the_worker_warm(client: Any, function: str) -> None:
    """On AWS an exception does not end the environment; what a module caches survives it."""
    before = invoke(client, function, {"do": "describe"})["Payload"]["pid"]
    invoke(client, function, {"error": "ValueError"})
    assert invoke(client, function, {"do": "describe"})["Payload"]["pid"] == before


def test_few_workers_serve_many_invocations(emulator: Emulator, client: Any) -> None:
    """Ten films at once must not start a hundred processes."""
    function = create_function(emulator, "crowded", Timeout=20)
    pids: list[int] = []

    def call() -> None:
        own = emulator.client("lambda")
        invoke(own, function, {"do": "sleep", "seconds": 0.05})
        pids.append(invoke(own, function, {"do": "describe"})["Payload"]["pid"])

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 10
    assert len(set(pids)) <= 2


def test_what_an_execution_will_call_is_warm_by_then(emulator: Emulator, machines: Machines) -> None:
    """A cold start beside the film's work, not after it: the second function is up while the first sleeps."""
    first, second = (create_function(emulator, name, Timeout=20) for name in ("first", "second"))
    sleeps = task(first, Parameters={"do": "sleep", "seconds": 3}, ResultPath=None, Next="Second")
    done = machines.run({"First": sleeps, "Second": task(second, Parameters={"do": "describe"})})
    left = next(event["timestamp"] for event in done.events if event["type"] == "TaskStateExited")
    assert done.output["imported"] < left.timestamp()


def test_new_code_replaces_warm_workers(emulator: Emulator, client: Any) -> None:
    function = create_function(emulator, "changing")
    invoke(client, function, {"do": "echo"})
    client.update_function_configuration(
        FunctionName=function, Environment={"Variables": {"CATALOGUE_TABLE": "second"}}
    )
    found = invoke(client, function, {"do": "describe"})["Payload"]
    assert found["environment"]["CATALOGUE_TABLE"] == "second"


def test_a_large_answer_passes_and_a_larger_one_does_not(client: Any, function: str) -> None:
    assert len(invoke(client, function, {"do": "large", "bytes": 5_000_000})["Payload"]) == 5_000_000
    answer = invoke(client, function, {"do": "large", "bytes": 7_000_000})
    assert answer["Payload"]["errorType"] == "Function.ResponseSizeTooLarge"


def test_the_stand_in_for_the_runtime_client_behaves_like_it(
    emulator: Emulator, client: Any, function: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where Amazon's client has no wheel, the same events must have the same answers."""
    from local.emulator.functions.worker import Code, Worker

    task = Path(__file__).parent
    packages = emulator.state / "functions" / "runtime"
    names = ("FUNCTION_NAME", "FUNCTION_VERSION", "FUNCTION_MEMORY_SIZE", "LOG_GROUP_NAME", "LOG_STREAM_NAME")
    variables = {f"AWS_LAMBDA_{name}": "x" for name in names} | {"PATH": "/usr/bin:/bin"}
    bootstrap = task.parents[2] / "local" / "emulator" / "functions" / "bootstrap.py"
    code = Code(
        arn=function,
        handler="function.handler",
        timeout=10,
        task_root=task,
        python_path=(task, packages),
        variables=tuple(variables.items()),
        runtime=(str(bootstrap),),
    )
    events: tuple[dict[str, Any], ...] = (
        {"do": "echo", "text": "é"},
        {"error": "ServiceBusyError", "message": "é"},
        {"do": "unserializable"},
    )
    # First, because the emulator links the runtime's packages when it runs its first function.
    answers = [invoke(client, function, event) for event in events]
    worker = Worker(code)
    try:
        for event, expected in zip(events, answers, strict=True):
            outcome = worker.invoke(json.dumps(event).encode(), "request")
            assert outcome.failed == ("FunctionError" in expected)
            assert without_request(outcome.body) == without_request(expected["Payload"])
    finally:
        worker.kill()


def without_request(body: Any) -> Any:
    """Drop what differs between two invocations or two places of the same code."""
    if not isinstance(body, dict):
        return body
    kept = {key: value for key, value in body.items() if key not in ("requestId", "stackTrace")}
    if "stackTrace" in body:
        kept["frames"] = len(body["stackTrace"])
    if kept.get("errorType") == "Runtime.MarshalError":
        kept["errorMessage"] = kept["errorMessage"].split(":")[0]
    return kept
