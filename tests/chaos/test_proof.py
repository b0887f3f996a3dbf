"""A small part of ``make chaos``, and the proof that its checks can fail at all."""

from __future__ import annotations

import secrets
from unittest.mock import patch

import pytest

from tests.chaos.checks import violations
from tests.chaos.faults import AT_A_CALL, Call, Carrier, Fault, Invariant
from tests.chaos.films import Film
from tests.chaos.plan import Plan, Single
from tests.chaos.systematic import Case, cases, play
from tests.chaos.world import World

EVERY = 61
"""A prime, so that all functions and all faults have their turn."""


@pytest.fixture(scope="module")
def all_cases():
    return list(cases(1))


def test_one_fault_at_some_calls_changes_nothing(all_cases):
    """Each 61st of the runs that ``make chaos`` makes; which ones follows from the calls, so it moves with them."""
    broken = [(str(case), run.broken) for case in all_cases[::EVERY] if (run := play(case)).broken]
    assert broken == []


def test_the_systematic_runs_visit_every_function_with_every_fault(all_cases):
    assert len(all_cases) >= 200
    assert {case.fault for case in all_cases} == set(AT_A_CALL)
    assert {case.call.function for case in all_cases} >= {
        "register_video",
        "probe_video",
        "start_detection",
        "resume_detection",
        "reconcile_jobs",
        "collect_detection",
        "score_scenes",
        "plan_trailer",
        "publish_trailer",
        "complete_video",
        "record_failure",
    }


def found(run):
    return {violation.invariant for violation in violations(run)}


def test_a_start_without_its_request_token_is_billed_twice_and_found():
    """The product made worse on purpose: a start whose answer was lost is repeated as another job."""
    from trailer.domain.work.jobs import DetectionJob

    forgetful = property(lambda job: secrets.token_hex(16))
    plan = Single(1, Call("start_detection", "rekognition.StartLabelDetection", 1), Fault.ANSWER_LOST)
    # Longer than the ledger's patience with a start that did not answer.
    plan.job_seconds = (1800.0, 1900.0)
    with patch.object(DetectionJob, "request_token", forgetful):
        run = World(plan)
        run.upload(Film("films/forgotten.mp4", "forgotten"), 1.0)
        run.run()
    assert Invariant.ONE_BILLED_JOB in found(run)


class NoTicksAndNoCompletions(Plan):
    def deliveries(self, carrier, subject):
        return [] if carrier in (Carrier.COMPLETION, Carrier.TICK) else super().deliveries(carrier, subject)


def test_without_the_reconciler_a_lost_completion_is_found():
    """A film then waits until its state is out of time, and its record says so instead of COMPLETED."""
    run = World(NoTicksAndNoCompletions(1))
    run.upload(Film("films/lost.mp4", "lost"), 1.0)
    run.run()
    assert {Invariant.RIGHT_REASON, Invariant.NO_OPEN_ROW} <= found(run)


@pytest.mark.parametrize("fault", [Fault.KILL_DURING, Fault.ANSWER_LOST])
def test_a_fault_is_really_injected(fault):
    call = Call("plan_trailer", "s3.PutObject", 1)
    run = play(Case("film", 1, call, fault))
    assert run.injected == {fault: 1}
    assert run.trace_hash != play(Case("film", 1)).trace_hash
    assert run.broken == ()
