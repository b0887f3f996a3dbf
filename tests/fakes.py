"""The outside world in memory: every port of the product, with the semantics of the real adapters."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from trailer.domain.work.jobs import OPEN, DetectionJob, JobStatus, job_tag
from trailer.domain.work.turns import Queue
from trailer.domain.work.upload import ObjectVersion, UploadHead
from trailer.errors import JobQuotaReachedError, ResultForgottenError, UnsupportedVideoError
from trailer.settings import Settings
from trailer.wire.catalogue import OPEN_STATUSES

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
        if found:
            return found["executionId"] == item["executionId"]
        self.items[item["videoId"], item["record"]] = dict(item)
        return True

    def get(self, video_id, record):
        found = self.items.get((video_id, record))
        return dict(found) if found else None

    def update(self, video_id, record, changes):
        item = self.items.setdefault((video_id, record), {"videoId": video_id, "record": record})
        for name, value in changes.items():
            if value is None:
                item.pop(name, None)
            else:
                item[name] = value

    def update_open(self, video_id, record, changes, *, while_in=None):
        allowed = OPEN_STATUSES if while_in is None else while_in
        if self.items.get((video_id, record), {}).get("status") not in allowed:
            return False
        self.update(video_id, record, changes)
        return True

    def update_unchanged(self, video_id, record, changes, *, seen):
        item = self.items.get((video_id, record), {})
        if any(item.get(name) != value for name, value in seen.items()):
            return False
        self.update(video_id, record, changes)
        return True

    def unchanged(self, status, *, since, limit):
        found = [
            dict(item)
            for item in self.items.values()
            if item.get("status") == status and item["updatedAt"] < since.isoformat()
        ]
        return sorted(found, key=lambda item: item["updatedAt"])[:limit]

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
    """``aws.job_ledger`` in memory; ``tests/contract/test_job_ledger.py`` holds both to the same rules."""

    def __init__(self):
        self.rows: dict[str, DetectionJob] = {}
        self.unwoken_tags: set[str] = set()
        self.turns: dict[str, int] = {}
        self.state = Queue()

    def add(self, job):
        if job.tag in self.rows:
            return False
        self.rows[job.tag] = job
        return True

    def get(self, tag):
        return self.rows.get(tag)

    def attempts(self, stem):
        found = []
        while (job := self.rows.get(job_tag(stem, len(found) + 1))) is not None:
            found.append(job)
        return found

    def adopt(self, tag, video_id, task_token, *, instead_of):
        row = self.rows[tag]
        if row.status not in OPEN or row.waiting.get(video_id) != instead_of:
            return False
        return self._set(tag, waiting={**row.waiting, video_id: task_token})

    def drop(self, tag, video_id, task_token):
        row = self.rows[tag]
        if row.status in OPEN and row.waiting.get(video_id) == task_token:
            self._set(tag, waiting={k: v for k, v in row.waiting.items() if k != video_id})

    def claim(self, tag, *, payer, at):
        row, now = self.rows[tag], at.isoformat()
        ours = row.status is JobStatus.RUNNING and row.started_at == now and row.job_id is None
        if row.status is not JobStatus.PENDING and not ours:
            return False
        return self._set(tag, status=JobStatus.RUNNING, started_at=now, video_id=payer)

    def release(self, tag, place, *, claimed_at):
        row = self.rows[tag]
        if row.status is JobStatus.RUNNING and row.started_at == claimed_at.isoformat() and not row.job_id:
            self._set(tag, status=JobStatus.PENDING, place=place, started_at=None)

    def mark_running(self, tag, job_id):
        if self.rows[tag].status is JobStatus.RUNNING:
            self._set(tag, job_id=job_id)

    def settle(self, tag, *, job_id, at, error=None, reason=None):
        row = self.rows[tag]
        late = error is None and row.status is JobStatus.FAILED and row.job_id is None
        if row.status not in OPEN and not late:
            return False
        self.unwoken_tags.add(tag)
        status = JobStatus.DONE if error is None else JobStatus.FAILED
        known = {"job_id": job_id} if job_id else {}
        return self._set(tag, status=status, settled_at=at.isoformat(), error=error, reason=reason, **known)

    def abandon(self, tag, *, reason, at):
        row = self.rows[tag]
        if row.status not in OPEN or row.waiting or row.job_id:
            return False
        error = "DetectionFailedError"
        settled = at.isoformat()
        return self._set(tag, status=JobStatus.FAILED, settled_at=settled, error=error, reason=reason)

    def mark_woken(self, tag, *, at):
        if self.rows[tag].status not in OPEN:
            self._set(tag, waiting={})
            self.unwoken_tags.discard(tag)

    def mark_collected(self, tag, video_id):
        if self.rows[tag].collected_by is None:
            self._set(tag, collected_by=video_id)

    def pending(self):
        rows = [row for row in self.rows.values() if row.status is JobStatus.PENDING]
        return iter(sorted(rows, key=lambda row: row.place))

    def running(self, *, started_before):
        before = started_before.isoformat()
        rows = [r for r in self.rows.values() if r.status is JobStatus.RUNNING and r.started_at < before]
        return sorted(rows, key=lambda row: row.started_at)

    def unwoken(self):
        return [self.rows[tag] for tag in sorted(self.unwoken_tags)]

    def queue(self):
        return self.state

    def take_turn(self, group, *, not_before, at):
        turn = max(self.turns.get(group, 0), not_before)
        self.turns[group] = turn + 1
        return turn

    def advance(self, turn):
        self.state = replace(self.state, turn=max(self.state.turn, turn))

    def set_full(self, until):
        self.state = replace(self.state, full_until=until.isoformat())

    def _set(self, tag, **changes):
        self.rows[tag] = replace(self.rows[tag], **changes)
        return True


class FakeProxies:
    """``aws.proxies`` in memory; ``tests/contract/test_proxy_claims.py`` holds both to the same rules."""

    def __init__(self):
        self.claims = {}

    def get(self, key):
        return self.claims.get(key)

    def claim(self, claim, *, instead_of):
        if self.claims.get(claim.key) not in (instead_of, claim):
            return False
        self.claims[claim.key] = claim
        return True

    def judge(self, claim, state):
        if self.claims.get(claim.key) == claim:
            self.claims[claim.key] = replace(claim, state=state)


@dataclass
class FakeRekognition:
    """Starts jobs while slots are free; a repeated request token finds its job again."""

    slots: int = 20
    jobs: dict = field(default_factory=dict)
    outcome: dict = field(default_factory=dict)
    refusal: Exception | None = None
    forgotten: set = field(default_factory=set)
    deleted: set = field(default_factory=set)
    calls: int = 0
    answers: dict = field(default_factory=dict)

    def start(self, job):
        self.calls += 1
        if self.refusal:
            raise self.refusal
        if job.source.key in self.deleted and job.request_token not in self.jobs:
            raise UnsupportedVideoError("unable to get object metadata from S3")
        if job.request_token in self.jobs:
            return self.jobs[job.request_token]
        running = [j for j in self.jobs.values() if self.outcome.get(j, ("IN_PROGRESS",))[0] == "IN_PROGRESS"]
        if len(running) >= self.slots:
            raise JobQuotaReachedError("20 open Jobs")
        self.jobs[job.request_token] = f"job-{len(self.jobs)}"
        return self.jobs[job.request_token]

    def status(self, detector, job_id):
        if job_id in self.forgotten:
            raise ResultForgottenError(f"Rekognition no longer has {job_id}.")
        return self.outcome.get(job_id, ("IN_PROGRESS", ""))

    def pages(self, detector, job_id):
        if job_id in self.forgotten:
            raise ResultForgottenError(f"Rekognition no longer has {job_id}.")
        yield from self.answers[detector]


@dataclass
class FakeWorkflow:
    succeeded: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    closed: set = field(default_factory=set)
    """Tokens whose wait ended without an answer: stopped, timed out, retried."""
    executions: dict = field(default_factory=dict)
    """By ARN; any other is unknown."""

    trailers: dict = field(default_factory=dict)
    """Wishes by the name of the execution that was started for them."""

    def start_trailer(self, name, wish):
        if name in self.trailers:
            return False
        self.trailers[name] = wish
        return True

    def execution(self, execution_id):
        return self.executions.get(execution_id)

    def is_waiting(self, task_token):
        answered = {*self.succeeded, *(token for token, _, _ in self.failed)}
        return task_token not in self.closed | answered

    def succeed(self, task_token, output):
        self.succeeded.append(task_token)

    def fail(self, task_token, error, cause):
        self.failed.append((task_token, error, cause))


@dataclass
class FakeUploads:
    metadata: dict = field(default_factory=dict)
    options: bytes | None = None
    etags: dict = field(default_factory=dict)
    """By version, for uploads with equal bytes; any other version has bytes of its own."""
    files: dict = field(default_factory=dict)
    """Other objects of the bucket by key."""
    newest: dict = field(default_factory=dict)
    """The newest version by key, of films that are still there."""
    unnamed: str = "v1"
    """The version that is there for who names none."""

    def head(self, source):
        version = source.version or self.unnamed
        return UploadHead(1000, self.etags.get(version, f"etag-{version}"), self.metadata)

    def current(self, bucket, key):
        version = self.newest.get(key)
        return None if version is None else ObjectVersion(bucket, key, version)

    def sidecar(self, source):
        return self.options

    def beside(self, source, key, most):
        body = self.files.get(key)
        return None if body is None else body[:most]


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
        "proxies": FakeProxies(),
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
