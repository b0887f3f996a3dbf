"""Protects: films with equal bytes pay for one copy, whoever comes first and however that film ends."""

import pytest

from tests.fakes import FakeUploads, fake_services
from tests.unit.steps.test_proxies import Transcoder, proxy_key, registered
from trailer.domain.work.executions import Execution
from trailer.domain.work.proxies import ProxyState
from trailer.errors import ProxyInWorkError, UploadReplacedError
from trailer.steps.check_proxy import check_proxy
from trailer.steps.probe_video import probe_video

FIRST, OTHER = "films/Film.mp4", "other/Name.mp4"


class Uploads(FakeUploads):
    """Every film has the same bytes, but for names that were uploaded again with others."""

    def __init__(self):
        super().__init__()
        self.replaced = set()

    def head(self, source):
        self.unnamed = "v2" if source.key in self.replaced else "v1"
        return super().head(source)


@pytest.fixture
def services():
    made = fake_services(transcoder=Transcoder(), uploads=Uploads())
    end(made, FIRST, "RUNNING")
    end(made, OTHER, "RUNNING")
    return made


def end(services, key, status):
    services.workflow.executions[f"execution of {key}"] = Execution(status)


def come(services, key):
    """A film arrives and is probed: the film, and whether it is to make the copy."""
    film = registered(services, key)
    probe = probe_video(film, services)
    assert probe["needsProxy"] != probe["hasProxy"]
    return film, probe["needsProxy"]


def render(services, film):
    services.results.put_text(proxy_key(services, film), "a copy", "video/mp4")


def test_the_second_film_waits_for_the_copy_of_the_first_and_uses_it(services):
    film, makes = come(services, FIRST)
    assert makes
    with pytest.raises(ProxyInWorkError, match=film):
        come(services, OTHER)
    render(services, film)
    with pytest.raises(ProxyInWorkError):
        come(services, OTHER)
    check_proxy(film, services)
    other, makes = come(services, OTHER)
    assert not makes
    check_proxy(other, services)


def test_who_claimed_the_copy_and_died_makes_it_all_the_same(services):
    assert come(services, FIRST) == come(services, FIRST)


@pytest.mark.parametrize("status", ["FAILED", "ABORTED", "TIMED_OUT", None])
def test_a_maker_that_ended_without_a_copy_is_replaced(services, status):
    come(services, FIRST)
    end(services, FIRST, status) if status else services.workflow.executions.pop(f"execution of {FIRST}")
    other, makes = come(services, OTHER)
    assert makes
    assert services.proxies.get(proxy_key(services, other)).video_id == other


def test_a_maker_that_was_redriven_is_at_work_again(services):
    come(services, FIRST)
    end(services, FIRST, "PENDING_REDRIVE")
    with pytest.raises(ProxyInWorkError):
        come(services, OTHER)


def test_a_copy_whose_maker_ended_before_it_looked_is_looked_at_and_not_paid_for_again(services):
    film, _ = come(services, FIRST)
    render(services, film)
    end(services, FIRST, "ABORTED")
    assert not come(services, OTHER)[1]
    assert services.proxies.get(proxy_key(services, film)).state is ProxyState.WHOLE


def test_a_copy_of_another_film_is_made_again_by_the_next(services):
    film, _ = come(services, FIRST)
    render(services, film)
    services.uploads.replaced.add(FIRST)
    for _ in range(2):
        # A second time after an answer that was lost, even if the first bytes lie there again.
        with pytest.raises(UploadReplacedError):
            check_proxy(film, services)
        services.uploads.replaced.clear()
    end(services, FIRST, "FAILED")
    assert come(services, OTHER)[1]


def test_a_copy_that_is_made_again_after_a_redrive_is_looked_at_again(services):
    film, _ = come(services, FIRST)
    render(services, film)
    check_proxy(film, services)
    services.uploads.replaced.add(FIRST)
    with pytest.raises(UploadReplacedError):
        check_proxy(film, services)
    assert come(services, OTHER)[1]


def test_a_copy_of_another_film_whose_maker_did_not_find_out_is_not_used(services):
    film, _ = come(services, FIRST)
    render(services, film)
    services.uploads.replaced.add(FIRST)
    end(services, FIRST, "ABORTED")
    assert come(services, OTHER)[1]


def test_a_copy_that_was_deleted_is_made_again(services):
    film, _ = come(services, FIRST)
    render(services, film)
    check_proxy(film, services)
    services.results.objects.clear()
    assert come(services, OTHER)[1]


def test_of_two_that_come_at_once_one_makes_it(services):
    claim = services.proxies.claim

    def faster(own, *, instead_of):
        services.proxies.claim = claim
        come(services, OTHER)
        return claim(own, instead_of=instead_of)

    services.proxies.claim = faster
    with pytest.raises(ProxyInWorkError, match="just begun"):
        come(services, FIRST)


def test_a_copy_that_is_done_while_its_maker_is_asked_about_is_found(services):
    film, _ = come(services, FIRST)
    ask = services.workflow.execution

    def slow(execution_id):
        render(services, film)
        check_proxy(film, services)
        end(services, FIRST, "SUCCEEDED")
        return ask(execution_id)

    services.workflow.execution = slow
    assert not come(services, OTHER)[1]
