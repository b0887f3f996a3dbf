"""What shall go wrong, and when: the file that a test writes."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final


class PlanError(ValueError):
    """The plan asks for something that can't be injected; the message says what is allowed."""


class Place(StrEnum):
    """Where a fault is injected."""

    CALL = "call"
    """One HTTP request of a function, or of Step Functions, to a service."""
    INVOCATION = "invocation"
    WAY = "way"
    """An event or a message between two services."""
    JOB = "job"
    """A job of Rekognition."""
    RENDER = "render"
    """A job of MediaConvert."""
    ACCOUNT = "account"


PLACES: Final[Mapping[str, Place]] = {
    **dict.fromkeys(("kill-before", "kill-during", "kill-after", "answer-lost"), Place.CALL),
    **dict.fromkeys(("throttled", "server-error", "refused", "page-token-expired"), Place.CALL),
    **dict.fromkeys(("render-throttled", "render-answer-lost"), Place.CALL),
    **dict.fromkeys(("function-throttled", "function-unavailable", "function-answer-lost"), Place.INVOCATION),
    **dict.fromkeys(("dropped", "duplicated", "delayed"), Place.WAY),
    **dict.fromkeys(("detection-failed", "detection-at-once", "detection-late"), Place.JOB),
    "render-failed": Place.RENDER,
    "slots-taken": Place.ACCOUNT,
}
"""Every fault that can be planned."""
CARRIERS: Final = ("upload", "completion", "status-change", "rendered", "tick")
"""Ways of events and messages, by what they tell."""
STEP_FUNCTIONS: Final = "states"
"""How the caller is named when Step Functions itself calls, as for ``createJob.sync``."""

_RENDER_CALLS: Final = ("render-throttled", "render-answer-lost")


@dataclass(slots=True)
class Rule:
    """One fault of a plan, and the occasions on which it strikes.

    Without ``nth`` and ``rate`` it strikes on every occasion.
    """

    fault: str
    function: str = "*"
    """Folder below ``lambdas``, or ``states``; ``*`` is any."""
    api: str = "*"
    """``service.Operation`` as botocore has them, or a pattern."""
    carrier: str = "*"
    nth: int | None = None
    """The first occasion that it strikes, from 1, since the plan was loaded."""
    times: int = 1
    """How many occasions in a row, from the ``nth``."""
    rate: float | None = None
    """The share of occasions that it strikes, 0 to 1, drawn from the plan's seed."""
    most: int | None = None
    """Strikes at most so often."""
    seconds: float = 1.0
    """Of a delay, of a late job, of slots that are taken."""
    after: float = 0.0
    """Seconds from the loading of the plan to the moment when slots are taken."""
    count: int = 0
    """How many slots are taken."""
    status: str | None = None
    """What the completion of a failed detection says: ``FAILED`` (as usual) or ``ERROR``."""
    seen: int = 0
    struck: int = 0

    @property
    def place(self) -> Place:
        """Where it is injected."""
        return PLACES[self.fault]

    def fits(self, names: Mapping[str, str]) -> bool:
        """Whether an occasion is one of this rule's; names that an occasion lacks don't matter."""
        if self.fault == "page-token-expired" and "NextToken" not in names.get("text", ""):
            return False
        return (
            _is_function(names.get("function"), self.function)
            and fnmatchcase(names.get("api", self.api), self.api)
            and fnmatchcase(names.get("carrier", self.carrier), self.carrier)
        )


@dataclass(slots=True)
class Plan:
    """All rules of a file, and the answers that are prepared for it."""

    seed: int
    rules: list[Rule]
    answers: Mapping[str, Path] = field(default_factory=dict)
    """ETag of an object to the folder of measurements that answer for it."""
    job_seconds: float = 0.3
    """How long a job takes whose answer is prepared."""
    page_rows: int = 1000
    """The most rows on a page of Rekognition, which may give fewer than it is asked for."""
    loaded: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def decide(self, place: Place, **names: str) -> Rule | None:
        """Return the rule that strikes on this occasion, if one does.

        Every rule that fits counts the occasion, so that one rule does not shift another.
        """
        chosen: Rule | None = None
        with self._lock:
            for number, rule in enumerate(self.rules):
                if rule.place is place and rule.fits(names):
                    rule.seen += 1
                    if chosen is None and self._strikes(rule, number):
                        rule.struck += 1
                        chosen = rule
        return chosen

    def slots_taken(self) -> int:
        """How many job slots another tenant of the account holds now."""
        since = time.monotonic() - self.loaded
        rules = (rule for rule in self.rules if rule.place is Place.ACCOUNT)
        return sum(rule.count for rule in rules if rule.after <= since < rule.after + rule.seconds)

    def _strikes(self, rule: Rule, number: int) -> bool:
        if rule.most is not None and rule.struck >= rule.most:
            return False
        if rule.rate is not None:
            return random.Random(f"{self.seed}/{number}/{rule.seen}").random() < rule.rate
        return rule.nth is None or rule.nth <= rule.seen < rule.nth + rule.times


def _is_function(deployed: str | None, folder: str) -> bool:
    """Whether a function was deployed from this folder: its name holds that of the construct."""
    if deployed is None or folder == "*":
        return True
    return folder.replace("_", "") in deployed.lower()


_RULE_FIELDS: Final = {field.name for field in fields(Rule)} - {"seen", "struck"}
_PLAN_FIELDS: Final = {"seed", "faults", "answers", "jobSeconds", "pageRows"}


def parse(text: str) -> Plan:
    """Read a plan.

    Raises:
        PlanError: naming what is wrong and what is allowed.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise PlanError(f"The fault plan is not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise PlanError("The fault plan must be a JSON object.")
    if unknown := sorted(set(data) - _PLAN_FIELDS):
        raise PlanError(
            f"The fault plan has {', '.join(unknown)}; allowed are {', '.join(sorted(_PLAN_FIELDS))}."
        )
    return Plan(
        seed=int(data.get("seed", 0)),
        rules=[_rule(entry) for entry in data.get("faults", [])],
        answers={etag: Path(folder) for etag, folder in data.get("answers", {}).items()},
        job_seconds=float(data.get("jobSeconds", 0.3)),
        page_rows=int(data.get("pageRows", 1000)),
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    if unknown := sorted(set(entry) - _RULE_FIELDS):
        raise PlanError(f"A fault has {', '.join(unknown)}; allowed are {', '.join(sorted(_RULE_FIELDS))}.")
    rule = Rule(**entry)
    if rule.fault not in PLACES:
        raise PlanError(f"There is no fault “{rule.fault}” here; there are {', '.join(PLACES)}.")
    if rule.carrier not in ("*", *CARRIERS):
        raise PlanError(f"There is no carrier “{rule.carrier}”; there are {', '.join(CARRIERS)}.")
    if rule.fault in _RENDER_CALLS:
        rule.api, rule.function = "mediaconvert.CreateJob", STEP_FUNCTIONS
    if rule.place is Place.CALL and rule.nth is not None and "*" in rule.api:
        # Each service counts for itself, so the nth call of several services is nobody's.
        raise PlanError(f"The fault {rule.fault} needs the full name of its api to count the nth call.")
    return rule
