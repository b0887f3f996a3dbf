"""One corrected emulator for all cases, a MediaConvert that obeys the test, and small helpers."""

import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.e2e.conformance.media import FakeMediaConvert

PROJECT = Path(__file__).parents[3]
ROLE = "arn:aws:iam::123456789012:role/conformance"
DEADLINE = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Emulator:
    """A process that a test may stop and start again on the same state."""

    state: Path
    port: int
    media_url: str
    process: subprocess.Popen[bytes] | None = None
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment |= {"AWS_ENDPOINT_URL_MEDIACONVERT": self.media_url, **self.variables}
        self.log = (self.state / "emulator.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.emulator", "--port", str(self.port), "--state", str(self.state)],
            cwd=PROJECT,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        while not self.answers():
            assert self.process.poll() is None, (self.state / "emulator.log").read_text()
            assert time.monotonic() < deadline, "the emulator does not start"
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/health", timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self, *, kill: bool = False) -> None:
        assert self.process is not None
        self.process.kill() if kill else self.process.terminate()
        self.process.wait(20)
        self.log.close()

    def client(self, service: str) -> Any:
        return boto3.session.Session().client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="123456789012",
            aws_secret_access_key="local",
        )


@pytest.fixture(scope="session")
def media() -> Iterator[FakeMediaConvert]:
    with FakeMediaConvert() as service:
        yield service


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory, media: FakeMediaConvert) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), free_port(), media.url)
    emulator.start()
    yield emulator
    emulator.stop()


def package() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(Path(__file__).with_name("function.py"), "function.py")
    return buffer.getvalue()


def create_function(emulator: Emulator, name: str, handler: str = "function.handler", **options: Any) -> str:
    created = emulator.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.14",
        Role=ROLE,
        Handler=handler,
        Code={"ZipFile": package()},
        **{"Timeout": 10, **options},
    )
    return created["FunctionArn"]


@pytest.fixture(scope="session")
def function(emulator: Emulator) -> str:
    """The ARN of a function that does what its event says."""
    return create_function(emulator, "conformance")


@dataclass(frozen=True)
class Execution:
    """An execution that has ended."""

    arn: str
    status: str
    output: Any
    error: str | None
    cause: str | None
    events: list[dict[str, Any]]

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


class Machines:
    """Creates state machines and runs them."""

    def __init__(self, emulator: Emulator) -> None:
        self.client = emulator.client("stepfunctions")

    def create(self, definition: dict[str, Any]) -> str:
        name = f"case-{uuid.uuid4().hex[:12]}"
        created = self.client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
        return created["stateMachineArn"]

    def start(self, definition: dict[str, Any], document: Any = None) -> str:
        arn = self.create(definition)
        started = self.client.start_execution(stateMachineArn=arn, input=json.dumps(document or {}))
        return started["executionArn"]

    def wait(self, arn: str) -> Execution:
        deadline = time.monotonic() + DEADLINE
        while (described := self.client.describe_execution(executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < deadline, self.client.get_execution_history(executionArn=arn)
            time.sleep(0.01)
        output = described.get("output") if described["status"] == "SUCCEEDED" else None
        return Execution(
            arn=arn,
            status=described["status"],
            output=json.loads(output) if output else None,
            error=described.get("error"),
            cause=described.get("cause"),
            events=self.client.get_execution_history(executionArn=arn, maxResults=1000)["events"],
        )

    def run(self, states: dict[str, Any], document: Any = None, **machine: Any) -> Execution:
        """Run states, the first of which is the start."""
        return self.wait(self.start({"StartAt": next(iter(states)), "States": states, **machine}, document))


@pytest.fixture(scope="session")
def machines(emulator: Emulator) -> Machines:
    return Machines(emulator)


@pytest.fixture
def counter(tmp_path: Path) -> str:
    """A file in which the function counts its invocations."""
    return str(tmp_path / "counter")
