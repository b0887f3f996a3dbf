"""Running the local Rekognition in a test, and checking answers against botocore's shapes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.model import ListShape, Shape, StructureShape

from local.late import Late
from local.rekognition.server import Server
from local.rekognition.service import Service
from local.rekognition.settings import ServiceSettings

QUICK = ServiceSettings(start_rate=0, get_rate=0)


def client_of(port: int) -> Any:
    return boto3.client(
        "rekognition",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}),
    )


@contextmanager
def serving(state: Path, settings: ServiceSettings = QUICK) -> Iterator[Any]:
    """The service in this process, and a client of it."""
    service = Service(state, settings)
    server = Server(0, Late(lambda: service))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield client_of(server.server_address[1])
    finally:
        service.close()
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until(ready: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise AssertionError("Waited too long.")
        time.sleep(0.02)


def ended(get: Callable[..., dict[str, Any]], job_id: str, **options: Any) -> dict[str, Any]:
    wait_until(lambda: get(JobId=job_id)["JobStatus"] != "IN_PROGRESS")
    answer = get(JobId=job_id, **options)
    answer.pop("ResponseMetadata")
    return answer


def assert_fits(value: Any, shape: Shape, path: str = "") -> None:
    """Every member is known to botocore, of its type, in its enum and its range."""
    if isinstance(shape, StructureShape):
        assert isinstance(value, dict), path
        for name, item in value.items():
            assert name in shape.members, f"{path}.{name}"
            assert_fits(item, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        assert isinstance(value, list), path
        for item in value:
            assert_fits(item, shape.member, f"{path}[]")
    elif shape.type_name == "string":
        assert isinstance(value, str), path
        assert not getattr(shape, "enum", None) or value in shape.enum, f"{path}={value}"
    else:
        assert isinstance(value, (int, float)), path
        assert shape.metadata.get("min", value) <= value <= shape.metadata.get("max", value), (
            f"{path}={value}"
        )


def output_shape(operation: str) -> Shape:
    model = botocore.session.get_session().get_service_model("rekognition")
    shape = model.operation_model(operation).output_shape
    assert shape is not None
    return shape
