"""The services around the ledger as its stateful test needs them: small, and unpleasant where AWS leaves it open."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from tests.fakes import FakeCatalogue, FakeLedger
from tests.quality.titles import media_of
from trailer.errors import JobQuotaReachedError, ResultForgottenError, UnsupportedVideoError
from trailer.steps.spending import correct_cost, cost_attributes, spent
from trailer.wire.media import dump_media

SLOTS = 2
DETECTOR = "segments"
CONTENT_OF = {"film-a": "same", "film-b": "same", "film-c": "same", "film-d": "other", "film-e": "third"}
GROUP_OF = {"film-a": "one", "film-b": "two", "film-c": "one", "film-d": "one", "film-e": "two"}
FORGOTTEN_AFTER = timedelta(days=7)


class Clock:
    def __init__(self):
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self):
        self.time += timedelta(milliseconds=1)
        return self.time


class LaggingLedger(FakeLedger):
    """Its index may show what was there a while ago."""

    def __init__(self):
        super().__init__()
        self._seen = FakeLedger()
        self.lags = False

    def pending(self):
        return self._index().pending()

    def running(self, *, started_before):
        return self._index().running(started_before=started_before)

    def unwoken(self):
        return self._index().unwoken()

    def _index(self):
        if not self.lags:
            self._seen.rows, self._seen.unwoken_tags = dict(self.rows), set(self.unwoken_tags)
        return self._seen


class Rekognition:
    """Bills what it accepts, once per request token, and refuses what differs under one token."""

    def __init__(self, clock, quota_first, billed):
        self.clock, self.quota_first, self._billed = clock, quota_first, billed
        self.jobs, self.messages, self.deleted = {}, [], set()
        self.held_by_others = 0

    def start(self, job):
        asked = (job.tag, job.source, job.request)
        full = len(self.running()) + self.held_by_others >= SLOTS
        known = self.jobs.get(job.request_token)
        if known and not (self.quota_first and full):
            assert known.asked == asked, "IdempotentParameterMismatchException"
            return known.id
        if full:
            raise JobQuotaReachedError(f"{SLOTS} open jobs")
        if job.source.key in self.deleted:
            raise UnsupportedVideoError("unable to get object metadata from S3")
        made = SimpleNamespace(
            id=f"job-{len(self.jobs)}",
            tag=job.tag,
            stem=job.stem,
            asked=asked,
            status="IN_PROGRESS",
            ended=None,
        )
        self._billed(made)
        self.jobs[job.request_token] = made
        return made.id

    def end(self, job, status):
        job.status, job.ended = status, self.clock.now()
        self.messages.append(json.dumps({"JobTag": job.tag, "JobId": job.id, "Status": status}))

    def status(self, detector, job_id):
        return self._known(job_id).status, "a reason"

    def pages(self, detector, job_id):
        assert self._known(job_id).status == "SUCCEEDED"
        return iter([{"Segments": [job_id]}])

    def running(self):
        return [job for job in self.jobs.values() if job.status == "IN_PROGRESS"]

    def forgets(self, job):
        return job.ended is not None and job.ended < self.clock.time - FORGOTTEN_AFTER

    def _known(self, job_id):
        job = next((job for job in self.jobs.values() if job.id == job_id), None)
        if job is None or self.forgets(job):
            raise ResultForgottenError(job_id)
        return job


class Executions:
    """The StartDetection state of each film: its open token, and how it ended."""

    def __init__(self, clock):
        self.open, self.entered, self.ended, self.due = {}, 0, {}, []
        self.clock, self.ended_at = clock, {}

    def enter(self, film):
        self.close(film)
        self.entered += 1
        token = f"token-{self.entered}"
        self.open[token] = film
        return token

    def close(self, film):
        self.open = {token: other for token, other in self.open.items() if other != film}

    def retry(self, token):
        """The state machine tries the state again, if it still waited under this token."""
        if token in self.open:
            self.due.append(self.open.pop(token))

    def end(self, token, outcome):
        if token in self.open:
            film = self.open.pop(token)
            self.ended[film], self.ended_at[film] = outcome, self.clock.time

    def is_waiting(self, token):
        return token in self.open

    def succeed(self, token, output):
        self.end(token, "DONE")

    def fail(self, token, error, cause):
        if error == "SharedJobLostError":
            self.retry(token)
        else:
            self.end(token, error)


def catalogue():
    made = FakeCatalogue()
    for film, content in CONTENT_OF.items():
        record = {"bucket": "films", "key": f"{GROUP_OF[film]}/{film}.mp4", "objectVersion": "1"}
        wish = {"detectors": [DETECTOR], "media": dump_media(media_of(1500))}
        made.update(film, "VIDEO", {"contentId": content, "status": "ANALYSING", **record, **wish})
    return made


def close_film(film, services):
    """What RecordFailure and CompleteVideo do about money."""
    video = services.catalogue.get(film, "VIDEO")
    ended = {"status": "FAILED", **cost_attributes(spent(video, services))}
    services.catalogue.update_open(film, "VIDEO", ended)
    correct_cost(film, services)
