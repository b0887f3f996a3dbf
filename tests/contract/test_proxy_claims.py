"""A claim to make a proxy is had by one film at a time; the same rules hold for the fake."""

from dataclasses import replace

import pytest

from tests.contract.test_job_ledger import table as table  # noqa: PLC0414 - a fixture
from tests.fakes import FakeProxies
from trailer.aws.job_ledger import DynamoJobLedger
from trailer.aws.proxies import DynamoProxies
from trailer.domain.work.proxies import ProxyClaim, ProxyState

KEY = "videos/c0ffee/proxy/made-so.mp4"
FIRST = ProxyClaim(KEY, "film-a", "execution-a", "2026-01-01T12:00:00+00:00")
SECOND = ProxyClaim(KEY, "film-b", "execution-b", "2026-01-01T12:00:01+00:00")


@pytest.fixture(params=["DynamoDB", "memory"])
def proxies(request):
    if request.param == "memory":
        return FakeProxies()
    return DynamoProxies(request.getfixturevalue("table"))


def test_a_claim_is_read_as_it_was_written(proxies):
    assert proxies.get(KEY) is None
    assert proxies.claim(FIRST, instead_of=None)
    assert proxies.get(KEY) == FIRST


def test_one_film_has_the_claim(proxies):
    proxies.claim(FIRST, instead_of=None)
    assert not proxies.claim(SECOND, instead_of=None)
    assert proxies.claim(FIRST, instead_of=None), "its answer was lost"
    assert proxies.get(KEY) == FIRST


def test_a_claim_is_taken_over_as_it_was_seen(proxies):
    proxies.claim(FIRST, instead_of=None)
    third = replace(SECOND, video_id="film-c")
    assert proxies.claim(SECOND, instead_of=FIRST)
    assert not proxies.claim(third, instead_of=FIRST)
    assert proxies.get(KEY) == SECOND


@pytest.mark.parametrize("state", [ProxyState.WHOLE, ProxyState.SPOILED])
def test_a_copy_is_judged_once(proxies, state):
    proxies.claim(FIRST, instead_of=None)
    proxies.judge(FIRST, state)
    proxies.judge(FIRST, ProxyState.WHOLE)
    assert proxies.get(KEY) == replace(FIRST, state=state)
    assert not proxies.claim(SECOND, instead_of=FIRST)


def test_the_judgement_of_an_earlier_claim_does_not_count(proxies):
    proxies.claim(FIRST, instead_of=None)
    proxies.claim(SECOND, instead_of=FIRST)
    proxies.judge(FIRST, ProxyState.WHOLE)
    assert proxies.get(KEY) == SECOND


def test_the_job_queue_knows_nothing_of_claims(table):
    DynamoProxies(table).claim(FIRST, instead_of=None)
    ledger = DynamoJobLedger(table)
    assert ledger.get(KEY) is None
    assert list(ledger.pending()) == []
