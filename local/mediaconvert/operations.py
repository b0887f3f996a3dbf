"""Which request is which operation: paths and members as botocore's model has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import av.logging

from local.mediaconvert import model
from local.mediaconvert.errors import ApiError
from local.mediaconvert.request import Request
from local.mediaconvert.service import Service

VERSION = "/2017-08-29"

Answer = tuple[int, str, dict[str, Any]]
"""HTTP status, name of the output shape, and the answer in botocore's names."""


class Operations:
    """The API over a service."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def answer(self, request: Request) -> tuple[int, dict[str, Any]]:
        """Carry out one request; return the HTTP status and the answer as JSON.

        Raises:
            ApiError: anything that the API answers with an error.
        """
        status, shape, answer = self._route(request)()
        return status, model.serialize(shape, answer)

    def _route(self, request: Request) -> Callable[[], Answer]:
        url = urlsplit(request.target)
        path, query, body = url.path, dict(parse_qsl(url.query)), request.body
        steps = path.removeprefix(VERSION).strip("/").split("/") if path.startswith(VERSION) else []
        routes: dict[tuple[str, str, int], Callable[[], Answer]] = {
            ("POST", "jobs", 1): lambda: self._create(request),
            ("GET", "jobs", 1): lambda: (
                200,
                "ListJobsResponse",
                self.service.list_jobs(_query("ListJobsRequest", query)),
            ),
            ("GET", "jobs", 2): lambda: (200, "GetJobResponse", self.service.get_job(unquote(steps[1]))),
            ("DELETE", "jobs", 2): lambda: (
                202,
                "CancelJobResponse",
                self.service.cancel_job(unquote(steps[1])),
            ),
            ("POST", "probe", 1): lambda: (
                200,
                "ProbeResponse",
                self.service.probe(model.parse("ProbeRequest", body)),
            ),
            ("GET", "queues", 1): lambda: (200, "ListQueuesResponse", self._queues(query, request)),
            ("GET", "queues", 2): lambda: (200, "GetQueueResponse", self._queue(unquote(steps[1]), request)),
            ("POST", "endpoints", 1): lambda: (
                200,
                "DescribeEndpointsResponse",
                _endpoints(body, request.host),
            ),
        }
        route = routes.get((request.method, steps[0] if steps else "", len(steps)))
        if route is None:
            said = f"The local MediaConvert has no operation {request.method} {path}."
            raise ApiError("NotFoundException", said)
        return route

    def _create(self, request: Request) -> Answer:
        job = model.parse("CreateJobRequest", request.body)
        return 201, "CreateJobResponse", self.service.create_job(job, request.account, request.region)

    def _queues(self, query: dict[str, str], request: Request) -> dict[str, Any]:
        _query("ListQueuesRequest", query)
        return self.service.list_queues(request.account, request.region)

    def _queue(self, name: str, request: Request) -> dict[str, Any]:
        return self.service.get_queue(name, request.account, request.region)


def begin(state: Path) -> Operations:
    """Make the service on its folder, and let it take up the jobs of the last run."""
    av.logging.set_level(av.logging.PANIC)
    service = Service(state)
    service.start()
    return Operations(service)


def _endpoints(body: object, host: str) -> dict[str, Any]:
    model.parse("DescribeEndpointsRequest", body)
    return {"Endpoints": [{"Url": f"http://{host}"}]}


def _query(name: str, query: dict[str, str]) -> dict[str, Any]:
    """Validate query parameters, which are text on the wire."""
    wire: dict[str, Any] = dict(query)
    if wire.get("maxResults", "").isdecimal():
        wire["maxResults"] = int(wire["maxResults"])
    return model.parse(name, wire)
