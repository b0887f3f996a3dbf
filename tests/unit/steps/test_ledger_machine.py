"""Whatever order things happen in and wherever a function dies: nothing lost, nothing stuck, nothing billed twice.

A machine of Hypothesis lets functions run beside each other, one call at a
time, kills them, loses and repeats answers, messages and tokens, lets another
tenant hold the quota, and lets the index lag. At the end it lets everything
come to rest as it would within a week, and looks at what is left.
"""

from datetime import datetime, timedelta
from types import SimpleNamespace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.fakes import FakeResults
from tests.unit.steps.interleaving import FATES, Actor, Killed
from tests.unit.steps.ledger_models import (
    CONTENT_OF,
    DETECTOR,
    FORGOTTEN_AFTER,
    GROUP_OF,
    SLOTS,
    Clock,
    Executions,
    LaggingLedger,
    Rekognition,
    catalogue,
    close_film,
)
from trailer.domain.work.jobs import NOBODY_WAITS, OPEN, RESULTS_KEPT, JobStatus
from trailer.errors import DetectionFailedError, TrailerError
from trailer.steps.collect_detection import collect_detection
from trailer.steps.reconcile_jobs import reconcile_jobs
from trailer.steps.resume_detection import resume_detection
from trailer.steps.start_detection import start_detection
from trailer.wire.catalogue import OPEN_STATUSES


class LedgerMachine(RuleBasedStateMachine):
    @initialize(quota_first=st.booleans(), first=st.sets(st.sampled_from(sorted(CONTENT_OF)), min_size=1))
    def begin(self, quota_first, first):
        self.clock, self.actors, self.tokens_of, self.disturbed = Clock(), [], {}, False
        self.rekognition = Rekognition(self.clock, quota_first, self.check_start)
        self.executions, self.ledger = Executions(self.clock), LaggingLedger()
        self.services = SimpleNamespace(
            catalogue=catalogue(),
            jobs=self.ledger,
            detections=self.rekognition,
            results=FakeResults(),
            workflow=self.executions,
            clock=self.clock,
        )
        for film in sorted(first):
            self.enter(film)

    # What happens.

    @rule(film=st.sampled_from(sorted(CONTENT_OF)))
    def arrive(self, film):
        if film not in self.executions.ended and film not in self.executions.open.values():
            self.enter(film)

    @rule(film=st.sampled_from(sorted(CONTENT_OF)))
    def redrive(self, film):
        if self.executions.ended.get(film, "DONE") != "DONE":
            self.enter(film)

    @precondition(lambda self: self.executions.ended)
    @rule(n=st.integers(0, 9))
    def close(self, n):
        """The execution writes how it ended, or the tick does."""
        ended = sorted(self.executions.ended)
        self.close_one(ended[n % len(ended)])

    @precondition(lambda self: self.executions.due)
    @rule()
    def retry(self):
        self.enter(self.executions.due.pop(0))

    @rule()
    def tick(self):
        self.clock.time += timedelta(minutes=1)
        self.act("reconcile", reconcile_jobs)

    @precondition(lambda self: self.rekognition.messages)
    @rule(n=st.integers(0, 9), again=st.booleans())
    def deliver(self, n, again):
        messages = self.rekognition.messages
        body = messages[n % len(messages)] if again else messages.pop(n % len(messages))
        self.act("resume", lambda services: resume_detection(body, services))

    @precondition(lambda self: self.rekognition.messages)
    @rule(n=st.integers(0, 9))
    def lose_message(self, n):
        self.rekognition.messages.pop(n % len(self.rekognition.messages))

    @precondition(lambda self: self.rekognition.running())
    @rule(n=st.integers(0, 9), status=st.sampled_from(["SUCCEEDED", "SUCCEEDED", "FAILED"]))
    def end_job(self, n, status):
        running = self.rekognition.running()
        self.rekognition.end(running[n % len(running)], status)

    @precondition(lambda self: self.actors)
    @rule(n=st.integers(0, 9), calls=st.integers(0, 12), fate=st.sampled_from(FATES))
    def proceed(self, n, calls, fate):
        actor = self.actors[n % len(self.actors)]
        for _ in range(calls):
            actor.proceed()
        actor.proceed(fate)
        self.reap(actor)

    @precondition(lambda self: self.actors)
    @rule(n=st.integers(0, 9))
    def finish(self, n):
        actor = self.actors[n % len(self.actors)]
        actor.finish()
        self.reap(actor)

    @precondition(lambda self: self.executions.open)
    @rule(n=st.integers(0, 9))
    def give_up(self, n):
        """The state times out, or somebody stops the execution."""
        self.disturbed = True
        tokens = sorted(self.executions.open)
        self.executions.end(tokens[n % len(tokens)], "stopped")

    @precondition(lambda self: self.executions.open)
    @rule(n=st.integers(0, 9))
    def try_again_beside_the_first(self, n):
        """The state machine lost sight of a function that goes on working."""
        self.disturbed = True
        tokens = sorted(self.executions.open)
        self.executions.retry(tokens[n % len(tokens)])

    @rule(held=st.sampled_from([0, 0, SLOTS - 1, SLOTS]))
    def others_hold_the_quota(self, held):
        self.rekognition.held_by_others = held

    @rule(film=st.sampled_from(["film-a", "film-d"]))
    def delete_source(self, film):
        self.rekognition.deleted.add(f"{GROUP_OF[film]}/{film}.mp4")

    @rule(lags=st.booleans())
    def index_lags(self, lags):
        self.disturbed = True
        self.ledger.lags = lags

    @rule(hours=st.sampled_from([1, 30, 24 * 8]))
    def time_passes(self, hours):
        self.clock.time += timedelta(hours=hours)

    # How it happens.

    def enter(self, film):
        self.executions.ended.pop(film, None)
        token = self.executions.enter(film)
        actor = self.act("start", lambda services: start_detection(film, DETECTOR, token, services))
        self.tokens_of[actor] = token

    def close_one(self, film):
        self.act("close", lambda services: close_film(film, services))

    def act(self, name, step):
        if not self.actors:
            self.disturbed = False
        actor = Actor(name, step, self.services)
        self.actors.append(actor)
        if len(self.actors) > 3:
            self.actors[0].finish()
            self.reap(self.actors[0])
        return actor

    def reap(self, actor):
        if not actor.over:
            return
        self.actors.remove(actor)
        if actor.error is None:
            return
        assert isinstance(actor.error, TrailerError | Killed), actor.error
        token = self.tokens_of.get(actor)
        if isinstance(actor.error, DetectionFailedError):
            self.executions.end(token, "DetectionFailedError")
        elif token is not None:
            self.executions.retry(token)

    def check_start(self, started):
        """Called when Rekognition accepts, and bills, a job."""
        job = self.ledger.rows[started.tag]
        content = CONTENT_OF[job.source_video]
        twins = [
            other
            for other in self.rekognition.jobs.values()
            if CONTENT_OF[self.ledger.rows[other.tag].source_video] == content
        ]
        assert not [twin for twin in twins if self.is_reusable(twin)], "billed twice"
        if len(self.actors) > 1 or self.disturbed:
            # What this function saw may have changed since.
            return
        assert set(job.waiting.values()) & set(self.executions.open), "started for nobody"
        if not self.ledger.lags:
            group = GROUP_OF[job.source_video]
            overtaken = [
                row.tag
                for row in self.ledger.rows.values()
                if row.status is JobStatus.PENDING
                and GROUP_OF[row.source_video] == group
                and row.place < job.place
            ]
            assert not overtaken, "not first come, first served"

    def is_reusable(self, started):
        row = self.ledger.rows[started.tag]
        if row.status is JobStatus.FAILED:
            # Given up, when its start never answered and nobody came for as long as a result is kept.
            kept = datetime.fromisoformat(row.started_at) > self.clock.time - RESULTS_KEPT
            return row.reason == NOBODY_WAITS and kept
        began = datetime.fromisoformat(row.started_at)
        fresh = began > self.clock.time - RESULTS_KEPT or row.status is not JobStatus.DONE
        return started.status != "FAILED" and (fresh or row.collected_by is not None)

    @invariant()
    def no_more_than_the_slots(self):
        assert len(self.rekognition.running()) <= SLOTS

    def teardown(self):
        if not hasattr(self, "services"):
            return
        try:
            self.come_to_rest()
            self.check_rest()
        finally:
            for actor in list(self.actors):
                actor.kill()

    def come_to_rest(self):
        """What a week brings: functions end, jobs end, states are retried, the minute tick goes on."""
        self.rekognition.held_by_others, self.ledger.lags = 0, False
        self.finish_all()
        for minutes in [10] * 20 + [120] * 8 + [24 * 60] * 6:
            while self.executions.due:
                self.enter(self.executions.due.pop(0))
            for job in self.rekognition.running():
                self.rekognition.end(job, "SUCCEEDED")
            self.rekognition.messages.clear()
            self.clock.time += timedelta(minutes=minutes)
            self.act("reconcile", reconcile_jobs)
            self.finish_all()
            for film in sorted(self.executions.ended):
                if self.services.catalogue.get(film, "VIDEO")["status"] in OPEN_STATUSES:
                    self.close_one(film)
            self.finish_all()
            if not self.executions.due and not any(
                row.status in OPEN or row.waiting for row in self.ledger.rows.values()
            ):
                return

    def finish_all(self):
        for actor in list(self.actors):
            actor.finish()
            self.reap(actor)

    def check_rest(self):
        assert not self.executions.open, "an execution waits for ever"
        rows = self.ledger.rows.values()
        assert not [row for row in rows if row.status in OPEN], "a job is open for ever"
        assert not [row for row in rows if row.waiting], "a token was forgotten"
        billed = {job.id for job in self.rekognition.jobs.values()}
        known = {row.job_id for row in rows if row.job_id}
        untold = {
            job.id for job in self.rekognition.jobs.values() if self.ledger.rows[job.tag].job_id is None
        }
        assert known == billed - untold, "the ledger does not say what is billed"
        assert all(
            self.ledger.rows[job.tag].reason == NOBODY_WAITS
            for job in self.rekognition.jobs.values()
            if job.id in untold
        )
        payers = {row.video_id for row in rows if row.status is JobStatus.DONE}
        records = {film: self.services.catalogue.get(film, "VIDEO") for film in CONTENT_OF}
        told = {film for film, record in records.items() if DETECTOR in record.get("costParts", {})}
        assert told == payers, "the records do not say who paid"
        for film, outcome in self.executions.ended.items():
            if outcome == "DONE":
                self.check_collected(film)

    def check_collected(self, film):
        """The next state finds the result, if it comes within a day of a completion that came in time."""
        try:
            collect_detection(film, DETECTOR, self.services)
        except DetectionFailedError:
            ended = self.executions.ended_at[film]
            jobs = [job for job in self.rekognition.jobs.values() if job.stem.startswith(CONTENT_OF[film])]
            told_late = any(job.ended < ended - timedelta(days=5) for job in jobs)
            asked_late = ended < self.clock.time - (FORGOTTEN_AFTER - RESULTS_KEPT)
            assert told_late or asked_late, "success without a result"


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
