"""Many uploads at once on the deployed stack, under mixed faults, through twenty slots."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tests.chaos.deployed.cases import Rule
from tests.chaos.deployed.evidence import Evidence, Expectation
from tests.chaos.deployed.films import WISHES, Films
from tests.chaos.deployed.stack import Stack
from tests.chaos.faults import AT_A_CALL, Fault, Violation
from tests.chaos.films import Film
from tests.chaos.ideal import Stay, earliest_end, use_while_waiting
from tests.chaos.world import Upload

SLOTS: Final = 20
JOB_SECONDS: Final = 20.0
PLANNED: Final = "planned by a test"
"""Stands in the message of every job that fails because the plan says so."""
GROUPS: Final = 6
STORM_PATIENCE: Final = 3600.0


@dataclass(frozen=True)
class Weather:
    """What came of a storm. Times are seconds."""

    seed: int
    broken: tuple[Violation, ...]
    injected: Counter[str]
    statuses: Counter[str]
    uploads: int
    jobs: int
    seconds: float
    """From the first upload until nothing moved any more."""
    drain: float
    """From the first upload to the end of the last job."""
    best: float
    """The same, had no slot been empty while there was work."""
    used: float
    """Share of the free slots that was in use while some job waited for one."""
    longest_wait: float
    """From a job's row to its start."""
    transitions: tuple[int, int]
    """Of executions that completed: the fewest and the most."""
    dead_letters: int


def rules() -> list[Rule]:
    """Every kind of fault by rate; another tenant comes twice."""
    calls = [{"fault": str(fault), "rate": 0.003} for fault in AT_A_CALL]
    invocations = [
        {"fault": str(fault), "rate": 0.004}
        for fault in (Fault.FUNCTION_THROTTLED, Fault.FUNCTION_UNAVAILABLE, Fault.FUNCTION_ANSWER_LOST)
    ]
    return [
        *calls,
        *invocations,
        # S3 and EventBridge deliver at least once; what nobody promises may be lost.
        {"fault": "delayed", "carrier": "upload", "rate": 0.05, "seconds": 5},
        {"fault": "duplicated", "carrier": "upload", "rate": 0.1},
        {"fault": "dropped", "carrier": "completion", "rate": 0.05},
        {"fault": "duplicated", "carrier": "completion", "rate": 0.08},
        {"fault": "delayed", "carrier": "completion", "rate": 0.05, "seconds": 15},
        {"fault": "dropped", "carrier": "status-change", "rate": 0.1},
        {"fault": "duplicated", "carrier": "status-change", "rate": 0.1},
        {"fault": "dropped", "carrier": "rendered", "rate": 0.1},
        {"fault": "dropped", "carrier": "tick", "rate": 0.2},
        {"fault": "page-token-expired", "api": "rekognition.Get*", "rate": 0.03},
        {"fault": "detection-failed", "api": "rekognition.Start*", "rate": 0.01},
        {"fault": "detection-at-once", "api": "rekognition.Start*", "rate": 0.03, "seconds": 0.5},
        {"fault": "detection-late", "api": "rekognition.Start*", "rate": 0.02, "seconds": 30},
        {"fault": "render-failed", "rate": 0.01},
        {"fault": "render-throttled", "rate": 0.03},
        {"fault": "render-answer-lost", "rate": 0.03},
        {"fault": "slots-taken", "count": 12, "after": 20, "seconds": 40},
        {"fault": "slots-taken", "count": 20, "after": 90, "seconds": 20},
    ]


def uploads(seed: int, count: int) -> Iterator[Film]:
    """One big batch, small ones, singles; some bytes twice, some files that are none, some wishes refused."""
    dice = random.Random(f"{seed}/deployed storm")
    films: list[Film] = []
    for number in range(count):
        folder = "batch" if dice.random() < 0.6 else f"group-{dice.randrange(GROUPS)}"
        film = Film(f"{folder}/{number:04d}.mp4", f"{seed}/{number}")
        chance = dice.random()
        if chance < 0.12 and films:
            film = Film(f"copies/{number:04d}.mp4", dice.choice(films).content)
        elif chance < 0.15:
            film = Film(film.key, film.content, "broken")
        elif chance < 0.18:
            film = Film(film.key, film.content, "wish", {"max-duration": "none"})
        if film.kind == "good":
            films.append(film)
        yield film


class Storm:
    """One storm on a stack."""

    def __init__(self, stack: Stack, films: Films, seed: int) -> None:
        self._stack, self._films, self._seed = stack, films, seed
        self._run = f"storm-{seed}-{int(time.time())}"
        self._uploads: list[Upload] = []
        self._aborted: set[str] = set()

    def rage(self, count: int, *, restart: bool) -> Weather:
        """Upload, wait until nothing moves, and judge."""
        stack = self._stack
        films = [self._own(film) for film in uploads(self._seed, count)]
        contents = [self._bytes(film) for film in films]
        letters, mark = stack.dead_letters(), stack.mark()
        stack.plan(*rules(), seed=self._seed, job_seconds=JOB_SECONDS)
        began, self._began = time.monotonic(), time.time()
        for film, content in zip(films, contents, strict=True):
            version = stack.upload(film.key, content, {**WISHES, **film.metadata})
            self._uploads.append(Upload(film, version, time.monotonic() - began))
        self._abort_some()
        if restart:
            # The emulator is stopped in order; executions go on from where its saved state has them.
            stack.restart()
        stack.wait(self._is_over, STORM_PATIENCE)
        seconds = time.monotonic() - began
        evidence = Evidence(stack, self._uploads)
        journal = stack.journal(mark)
        expected = self._expected(evidence, journal)
        letters = stack.dead_letters() - letters
        broken = evidence.violations(expected, letters)
        return self._weather(evidence, journal, broken, seconds, letters)

    def _own(self, film: Film) -> Film:
        """Keys and contents that no earlier storm on this stack had."""
        return Film(f"{self._run}/{film.key}", f"{self._run}/{film.content}", film.kind, film.metadata)

    def _bytes(self, film: Film) -> bytes:
        return b"This is no film." * 64 if film.kind == "broken" else self._films.content(film.content)

    def _abort_some(self) -> None:
        """Stop three executions in the console."""
        client = self._stack.client("stepfunctions")
        arn = self._stack.outputs["AnalyseVideoStateMachineArn"]
        running = client.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]
        for execution in random.Random(self._seed).sample(running, min(3, len(running))):
            client.stop_execution(
                executionArn=execution["executionArn"], error="stopped", cause="by a person"
            )
            self._aborted.add(execution["executionArn"])

    def _is_over(self) -> bool:
        """Look at all of it every few seconds only: that costs more than the work itself."""
        time.sleep(2)
        return not self._stack.running() and Evidence(self._stack, self._uploads).settled

    def _expected(self, evidence: Evidence, journal: Sequence[dict[str, Any]]) -> Expectation:
        """Which films may have ended badly: those that the plan's failures or a person hit."""
        marks: dict[str, set[Fault]] = {}
        contents = {upload.version: upload.film.content for upload in self._uploads}
        for job in evidence.jobs:
            if PLANNED in (job["message"] or ""):
                content = contents[job["request"]["Video"]["S3Object"]["Version"]]
                marks.setdefault(content, set()).add(Fault.DETECTION_FAILED)
        for render in evidence.renders:
            if PLANNED in render.get("ErrorMessage", ""):
                marks.setdefault(render["UserMetadata"]["videoId"], set()).add(Fault.RENDER_FAILED)
        for video in evidence.videos:
            if video["executionId"] in self._aborted:
                marks.setdefault(video["objectVersion"], set()).add(Fault.EXECUTION_ABORTED)
        hit = sum(
            line["what"] == "fault" and "ResumeDetection" in line.get("function", "") for line in journal
        )
        # A message dies after five bad receives, and one bad receive can be that of ten messages.
        return Expectation(marks=marks, letters=2 * hit)

    def _weather(
        self,
        evidence: Evidence,
        journal: Sequence[dict[str, Any]],
        broken: list[Violation],
        seconds: float,
        letters: int,
    ) -> Weather:
        stays = self._stays(evidence)
        transitions = self._transitions(evidence)
        versions = {video["objectVersion"]: video["status"] for video in evidence.videos}
        return Weather(
            seed=self._seed,
            broken=tuple(broken),
            injected=Counter(
                f"{line['fault']} {line.get('carrier', '')}".strip()
                for line in journal
                if line["what"] == "fault"
            ),
            statuses=Counter(str(versions.get(upload.version)) for upload in self._uploads),
            uploads=len(self._uploads),
            jobs=len(evidence.jobs),
            seconds=seconds,
            drain=max(stay.ended for stay in stays),
            best=earliest_end(stays, _free_slots),
            used=use_while_waiting(stays, _free_slots),
            longest_wait=max(stay.started - stay.queued for stay in stays),
            transitions=(min(transitions, default=0), max(transitions, default=0)),
            dead_letters=letters,
        )

    def _stays(self, evidence: Evidence) -> list[Stay]:
        """Each job, in seconds from the first upload. Tests set times in open rows back; ours began then."""
        rows = {row["jobTag"]: max(0.0, _moment(row["createdAt"]) - self._began) for row in evidence.rows}
        return [
            Stay(rows[job["request"]["JobTag"]], job["created"] - self._began, job["completed"] - self._began)
            for job in evidence.jobs
            if job["completed"]
        ]

    def _transitions(self, evidence: Evidence) -> list[int]:
        """What Step Functions would bill for each AnalyseVideo execution that succeeded."""
        ours = {
            entry["executionArn"]
            for entry in evidence.executions
            if entry["machine"] == "AnalyseVideo" and entry["status"] == "SUCCEEDED"
        }
        lines = (self._stack.state_dir / "executions.jsonl").read_text(encoding="utf-8").splitlines()
        billed = {line["executionArn"]: line["stateTransitions"] for line in map(json.loads, lines)}
        # A duplicate that finds its film claimed ends after three states and is no measure.
        return [count for arn, count in billed.items() if arn in ours and count > 5]


def _free_slots(at: float) -> int:
    """What the other tenant of the plan leaves free."""
    tenants = (rule for rule in rules() if rule["fault"] == Fault.SLOTS_TAKEN)
    taken = sum(rule["count"] for rule in tenants if rule["after"] <= at < rule["after"] + rule["seconds"])
    return SLOTS - min(SLOTS, taken)


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
