"""The outside world in memory: every port of the product, with the semantics of the real adapters."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from trailer.domain.jobs import OPEN, DetectionJob, JobStatus
from trailer.errors import JobQuotaReachedError
from trailer.settings import Settings

DEFAULTS = {
    "profileIds": ["romance"],
    "maxDuration": 30,
    "targetLanguage": "en",
    "outputFormat": "mp4",
    "detectors": ["segments", "labels"],
    "maxCost": None,
}


class FakeCatalogue:
    def __init__(self):
        self.items = {}

    def claim(self, item):
        found = self.items.get((item["videoId"], item["record"]))
        if found and found["executionId"] != item["executionId"]:
            return False
        self.items[item["videoId"], item["record"]] = dict(item)
        return True

    def get(self, video_id, record):
        found = self.items.get((video_id, record))
        return dict(found) if found else None

    def update(self, video_id, record, changes):
        known = {name: value for name, value in changes.items() if value is not None}
        self.items.setdefault((video_id, record), {"videoId": video_id, "record": record}).update(known)

    def query(self, video_id, prefix):
        return [
            dict(v)
            for (vid, rec), v in sorted(self.items.items())
            if vid == video_id and rec.startswith(prefix)
        ]

    def replace(self, video_id, prefixes, items):
        for key in [k for k in self.items if k[0] == video_id and k[1].startswith(tuple(prefixes))]:
            del self.items[key]
        items = list(items)
        for item in items:
            self.items[item["videoId"], item["record"]] = dict(item)
        return len(items)


class FakeLedger:
    def __init__(self):
        self.rows: dict[str, DetectionJob] = {}

    def add(self, job):
        if job.tag in self.rows:
            return False
        self.rows[job.tag] = job
        return True

    def get(self, tag):
        return self.rows.get(tag)

    def adopt(self, tag, task_token):
        return self._change(tag, OPEN, task_token=task_token)

    def mark_running(self, tag, job_id):
        self._change(tag, {JobStatus.PENDING}, status=JobStatus.RUNNING, job_id=job_id)

    def settle(self, tag, *, job_id, reason):
        status = JobStatus.DONE if reason is None else JobStatus.FAILED
        known = {"job_id": job_id} if job_id else {}
        return self._change(tag, OPEN, status=status, reason=reason, **known)

    def pending(self, limit):
        rows = [row for row in self.rows.values() if row.status is JobStatus.PENDING]
        return sorted(rows, key=lambda row: row.created_at)[:limit]

    def running(self, *, created_before, limit):
        before = created_before.isoformat()
        rows = [r for r in self.rows.values() if r.status is JobStatus.RUNNING and r.created_at < before]
        return sorted(rows, key=lambda row: row.created_at)[:limit]

    def of_video(self, video_id, detectors):
        return [r for r in self.rows.values() if r.video_id == video_id and r.detector in set(detectors)]

    def _change(self, tag, allowed, **changes):
        if self.rows[tag].status not in allowed:
            return False
        self.rows[tag] = replace(self.rows[tag], **changes)
        return True


@dataclass
class FakeRekognition:
    """Starts jobs while slots are free; a repeated request token finds its job again."""

    slots: int = 20
    jobs: dict = field(default_factory=dict)
    outcome: dict = field(default_factory=dict)
    refusal: Exception | None = None
    answers: dict = field(default_factory=dict)

    def start(self, job):
        if self.refusal:
            raise self.refusal
        if job.request_token in self.jobs:
            return self.jobs[job.request_token]
        running = [j for j in self.jobs.values() if self.outcome.get(j, ("IN_PROGRESS",))[0] == "IN_PROGRESS"]
        if len(running) >= self.slots:
            raise JobQuotaReachedError("20 open Jobs")
        self.jobs[job.request_token] = f"job-{len(self.jobs)}"
        return self.jobs[job.request_token]

    def status(self, detector, job_id):
        return self.outcome.get(job_id, ("IN_PROGRESS", ""))

    def pages(self, detector, job_id):
        yield from self.answers[detector]


@dataclass
class FakeWorkflow:
    succeeded: list = field(default_factory=list)
    failed: list = field(default_factory=list)

    def succeed(self, task_token, output):
        self.succeeded.append(task_token)

    def fail(self, task_token, error, cause):
        self.failed.append((task_token, error, cause))


@dataclass
class FakeUploads:
    metadata: dict = field(default_factory=dict)
    beside: bytes | None = None

    def head(self, source):
        return 1000, self.metadata

    def sidecar(self, source):
        return self.beside


class FakeResults:
    bucket = "results"

    def __init__(self):
        self.objects = {}

    def put_json(self, key, value):
        self.objects[key] = json.dumps(value, default=str)

    def get_json(self, key):
        return json.loads(self.objects[key])

    def put_text(self, key, text, content_type):
        self.objects[key] = text

    def list(self, prefix):
        return {key: len(body) for key, body in self.objects.items() if key.startswith(prefix)}


class FakeClock:
    """A clock that moves one second with every look, so that order is visible."""

    def __init__(self):
        self._ticks = itertools.count()
        self.start = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self):
        return self.start + timedelta(seconds=next(self._ticks))


class FakeNotifier:
    def __init__(self):
        self.sent = []

    def notify(self, subject, message):
        self.sent.append((subject, message))


def fake_services(**overrides):
    settings = Settings("catalogue", "jobs", "results", "topic", "role", "notifications", DEFAULTS)
    parts = {
        "settings": settings,
        "catalogue": FakeCatalogue(),
        "jobs": FakeLedger(),
        "detections": FakeRekognition(),
        "transcoder": SimpleNamespace(),
        "uploads": FakeUploads(),
        "results": FakeResults(),
        "workflow": FakeWorkflow(),
        "notifier": FakeNotifier(),
        "clock": FakeClock(),
    }
    return SimpleNamespace(**(parts | overrides))


def upload_event(key="films/Film.mp4", version="v1", size=1000, bucket="source"):
    return {
        "detail": {"bucket": {"name": bucket}, "object": {"key": key, "size": size, "version-id": version}}
    }
