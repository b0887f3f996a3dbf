"""The account of one run: the deployed state machines and handlers among the models of the services."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

from tests.chaos import deployment, films, wire
from tests.chaos.faults import Carrier
from tests.chaos.films import Film
from tests.chaos.functions import Functions
from tests.chaos.loop import Future, Loop
from tests.chaos.mediaconvert import MediaConvert
from tests.chaos.messages import Queue
from tests.chaos.objects import Objects, Stored
from tests.chaos.plan import Plan
from tests.chaos.rekognition import Rekognition, completion_body
from tests.chaos.rendering import render
from tests.chaos.stepfunctions import Execution, StepFunctions, machine_arn
from tests.chaos.tables import Table, Tables

SOURCE, RESULTS = "source", "results"
CATALOGUE, JOBS = "catalogue", "jobs"
SIDECAR = ".trailer.json"
HORIZON = 7 * 86400.0
"""How long a run goes on when only the ticks are left and something is still open: a start that never
answered and that nobody waits for stays so for six days."""

ENVIRONMENT = {
    "CATALOGUE_TABLE": CATALOGUE,
    "JOBS_TABLE": JOBS,
    "RESULTS_BUCKET": RESULTS,
    "DETECTION_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:completions",
    "DETECTION_ROLE_ARN": "arn:aws:iam::123456789012:role/detection",
    "NOTIFICATION_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:outcomes",
    "MAKE_TRAILER_ARN": machine_arn("MakeTrailer"),
    "AWS_DEFAULT_REGION": wire.REGION,
    "AWS_REGION": wire.REGION,
    "POWERTOOLS_SERVICE_NAME": "trailer",
    "POWERTOOLS_METRICS_NAMESPACE": "Trailer",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
}
DEFAULTS = {
    "profileIds": ["romance"],
    "maxDuration": 8,
    "targetLanguage": "en",
    "outputFormat": "mp4",
    "detectors": ["segments", "labels"],
    "maxCost": 50,
}


@dataclass(frozen=True)
class Upload:
    """One object version that arrived."""

    film: Film
    version: str
    at: float


class World:
    """One run.

    Attributes:
        uploads: in order of arrival.
        outcomes: messages on the outcome topic.
        lines: what happened, in order; the same seed gives the same lines.
        redriven: how often an execution of an upload was redriven, by version.
        sidecars: options beside films, by the film's key.
        requested: how many trailers were asked for besides those of the upload, by version.
    """

    def __init__(self, plan: Plan, defaults: Mapping[str, Any] | None = None) -> None:
        self.plan, self.loop = plan, Loop()
        self.defaults = {**DEFAULTS, **(defaults or {})}
        self.uploads: list[Upload] = []
        self.outcomes: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.redriven: Counter[str] = Counter()
        self.requested: Counter[str] = Counter()
        self.sidecars: dict[str, Mapping[str, str]] = {}
        self.objects = Objects()
        self.objects.buckets |= {SOURCE: {}, RESULTS: {}}
        self.tables = Tables(
            self.loop,
            {
                CATALOGUE: Table(("videoId", "record"), deployment.indexes("CatalogueTable")),
                JOBS: Table(("jobTag",), deployment.indexes("JobsTable")),
            },
            plan.index_lag,
        )
        self.functions = Functions(self.loop, deployment.function_timeouts(), plan.fault_of, self.trace)
        self.queue = Queue(
            self.loop,
            visibility=deployment.VISIBILITY,
            max_receives=deployment.MAX_RECEIVES,
            invoke=lambda payload: self.functions.invoke("resume_detection", payload),
            deliveries=lambda body: plan.deliveries(Carrier.COMPLETION, body),
        )
        self.rekognition = Rekognition(
            self.loop, plan, self._content, lambda _, operation: films.answer(operation), self._announce
        )
        self.mediaconvert = MediaConvert(self.loop, plan, self.objects, films.probed)
        machines = {name: deployment.definition(name) for name in deployment.WORKFLOWS}
        self.stepfunctions = StepFunctions(self.loop, self, machines, plan.seed, self.trace)
        self.wire = self._wire()
        self._tick_seen = (0, 0)
        self._tick_seconds = deployment.TICK_SECONDS

    def _wire(self) -> wire.Wire:
        backends = {
            "dynamodb": wire.json_backend(self.tables.handle),
            "rekognition": wire.json_backend(self.rekognition.handle),
            "stepfunctions": wire.json_backend(self.stepfunctions.handle),
            "mediaconvert": wire.rest_backend(self.mediaconvert.handle),
            "sns": wire.publish_backend(self._publish),
            "s3": self.objects.handle,
        }
        return wire.Wire(
            current=self.functions.current,
            backends=backends,
            fault_at=self.plan.fault_at,
            latency=self.plan.latency,
            trace=self.trace,
        )

    # What people and other systems do.

    def upload(self, film: Film, at: float = 0.0) -> Upload:
        """Put a film into the bucket at a time; each put is a version of its own."""
        upload = Upload(film, f"version-{len(self.uploads):05d}", at)
        self.uploads.append(upload)

        def arrive() -> None:
            self.objects.put(SOURCE, film.key, film.stored(upload.version))
            for delay in self.plan.deliveries(Carrier.UPLOAD, film.key):
                self.loop.after(delay, lambda: self._start(upload))

        self.loop.at(at, arrive)
        return upload

    def lay_beside(self, film: Film, options: Mapping[str, str], at: float) -> None:
        """Put a ``.trailer.json`` beside a film at a time."""
        key, body = film.key + SIDECAR, json.dumps(options).encode()
        self.sidecars[film.key] = options

        def arrive() -> None:
            version = f"options-{self.loop.now:.0f}"
            self.objects.put(SOURCE, key, Stored(body, version, len(body)))
            event = self._object_created(key, version, len(body), "")
            for delay in self.plan.deliveries(Carrier.UPLOAD, key):
                self.loop.after(
                    delay, partial(self.functions.invoke_async, deployment.BESIDE, event, retries=2)
                )

        self.loop.at(at, arrive)

    def _start(self, upload: Upload) -> None:
        stored = upload.film.stored(upload.version)
        etag = stored.etag.strip('"')
        event = self._object_created(upload.film.key, upload.version, stored.size, etag)
        self.stepfunctions.start("AnalyseVideo", event)

    def _object_created(self, key: str, version: str, size: int, etag: str) -> dict[str, Any]:
        return {
            "version": "0",
            "detail-type": "Object Created",
            "source": "aws.s3",
            "account": "123456789012",
            "time": self.loop.clock().isoformat(),
            "region": wire.REGION,
            "detail": {
                "version": "0",
                "bucket": {"name": SOURCE},
                "object": {
                    "key": key,
                    "size": size,
                    "etag": etag,
                    "version-id": version,
                    "sequencer": f"{int(self.loop.now * 1000):016X}",
                },
                "reason": "PutObject",
            },
        }

    # What state machines reach (stepfunctions.Outside).

    def invoke(self, function: str, payload: Any) -> Future:
        """Invoke a function."""
        return self.functions.invoke(function, payload)

    async def render(self, parameters: Mapping[str, Any], limit: float | None) -> Any:
        """mediaconvert:createJob.sync."""
        return await render(self.loop, self.plan, self.mediaconvert, parameters, limit)

    def status_changed(self, execution: Execution) -> None:
        """EventBridge hears of it, and the rules for unhappy ends invoke CloseRecords."""
        if execution.status not in ("FAILED", "TIMED_OUT", "ABORTED"):
            return
        payload = {"workflow": execution.machine, "executionId": execution.arn}
        for delay in self.plan.deliveries(Carrier.STATUS_CHANGE, execution.arn):
            self.loop.after(
                delay,
                lambda: self.functions.invoke_async(
                    deployment.ENDED, payload, retries=deployment.ENDED_RETRIES
                ),
            )

    # What the models need from each other.

    def _content(self, bucket: str, key: str, version: str | None) -> str | None:
        stored = self.objects.find(bucket, key, version)
        return stored.content if stored else None

    def _announce(self, message: Mapping[str, Any]) -> None:
        self.queue.send(completion_body(message))

    def _publish(self, form: Mapping[str, str]) -> str:
        self.outcomes.append(json.loads(form["Message"]))
        return f"outcome-{len(self.outcomes):05d}"

    def trace(self, line: str) -> None:
        """Note what happened."""
        self.lines.append(f"{self.loop.now:12.3f} {line}")

    @property
    def trace_hash(self) -> str:
        """The same for the same run."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]

    # The run itself.

    def run(self) -> None:
        """Go on until nothing moves any more, or for a week more while something stays open."""
        environment = {**ENVIRONMENT, "DEFAULT_OPTIONS": json.dumps(self.defaults)}
        self._tick()
        with patch.dict(os.environ, environment), wire.connected(self.wire, self.loop.clock):
            random.seed(self.plan.seed)
            _silence()
            last = [0.0]

            def still() -> bool:
                if not self.loop.idle:
                    last[0] = self.loop.now
                    return False
                return self.closed() or self.loop.now > last[0] + HORIZON

            self.loop.run(still)
            self.functions.close()
        if self.wire.broken is not None:
            raise self.wire.broken

    def closed(self) -> bool:
        """Whether nothing waits for anything."""
        rows = self.tables.tables[JOBS].main.items.values()
        open_rows = any(row.get("status", {}).get("S") in ("PENDING", "RUNNING") for row in rows)
        return not open_rows and all(e.status != "RUNNING" for e in self.stepfunctions.executions.values())

    def _tick(self) -> None:
        """The schedules: each minute, and rarer while nothing at all happens in between.

        A quiet tick only looks; to look ten times in ten minutes or once gives the same, and days pass sooner.
        """
        seen = (self.tables.writes, len(self.rekognition.jobs))
        quiet = seen == self._tick_seen and self.loop.now > 0
        self._tick_seconds = min(600.0, 2 * self._tick_seconds) if quiet else deployment.TICK_SECONDS
        self._tick_seen = seen
        self.loop.after(self._tick_seconds, self._tick, background=True)
        for function in deployment.TICKS:
            invoke = partial(self.functions.invoke_async, function, {}, retries=0)
            for delay in self.plan.deliveries(Carrier.TICK, function):
                self.loop.after(delay, invoke, background=True)


def _silence() -> None:
    import trailer.runtime

    trailer.runtime.logger.setLevel("CRITICAL")
