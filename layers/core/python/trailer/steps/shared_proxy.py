"""One copy of each content for Rekognition: made once, and paid for by the film that makes it.

MediaConvert would not refuse a second one: its request token holds for a minute.
So the first film claims the copy before its state machine asks for it; the others
look again every few minutes, which costs a state transition each time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from trailer.domain.work.proxies import ProxyClaim, ProxyState
from trailer.errors import ProxyInWorkError, UploadReplacedError
from trailer.ports import Services
from trailer.steps.records import check_not_replaced, load_video, upload_replaced


def find_or_claim(video: Mapping[str, Any], key: str, services: Services) -> bool:
    """Whether the copy is there; if not, this film is now the one that makes it.

    Raises:
        ProxyInWorkError: another film is making it; ask again.
    """
    claim = services.proxies.get(key)
    making = claim if claim is not None and claim.state is ProxyState.MAKING else None
    ours = making is not None and making.video_id == video["videoId"]
    if making is not None and not ours and _is_at_work(making, services):
        raise ProxyInWorkError(f"{making.video_id}, with the same bytes, makes the copy for Rekognition.")
    # After the claim was read, since a copy is there before its claim says so.
    # MediaConvert writes a file when it is complete, so one that is there is whole.
    there = services.results.list(key).get(key, 0) > 0
    if making is not None and not ours and there:
        claim = _judged(making, services)
    if there and (claim is None or claim.state is not ProxyState.SPOILED):
        return True
    if not ours:
        _take(key, video, claim, services)
    return False


def finished(key: str | None, services: Services) -> ProxyClaim | None:
    """The claim to a copy that is there: it was paid for, whatever it shows."""
    claim = services.proxies.get(key) if key else None
    return claim if claim and services.results.list(claim.key).get(claim.key) else None


def judge(claim: ProxyClaim, services: Services) -> None:
    """Write down, once, whether a finished copy shows its content.

    Raises:
        UploadReplacedError: it may show another film of its maker's name; nobody will use it.
    """
    maker = load_video(claim.video_id, services)
    if claim.state is ProxyState.SPOILED:
        raise upload_replaced(maker)
    try:
        check_not_replaced(maker, services)
    except UploadReplacedError:
        services.proxies.judge(claim, ProxyState.SPOILED)
        raise
    services.proxies.judge(claim, ProxyState.WHOLE)


def _is_at_work(claim: ProxyClaim, services: Services) -> bool:
    execution = services.workflow.execution(claim.execution_id)
    return execution is not None and not execution.is_over


def _judged(claim: ProxyClaim, services: Services) -> ProxyClaim | None:
    """The claim of a maker that did not live to look at its copy, after a look at it."""
    with contextlib.suppress(UploadReplacedError):
        judge(claim, services)
    return services.proxies.get(claim.key)


def _take(key: str, video: Mapping[str, Any], before: ProxyClaim | None, services: Services) -> None:
    now = services.clock.now().isoformat()
    claim = ProxyClaim(key, str(video["videoId"]), str(video["executionId"]), claimed_at=now)
    if not services.proxies.claim(claim, instead_of=before):
        raise ProxyInWorkError("Another film with the same bytes has just begun to make the copy.")
