"""What the ledger says about money: who paid for a detection, and what is paid for already."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from trailer.domain.work.cost import WORKFLOW, Cost, estimate
from trailer.domain.work.jobs import RESULTS_KEPT, JobStatus
from trailer.ports import Services
from trailer.wire.catalogue import TRAILER_PREFIX
from trailer.wire.detectors import stem_of
from trailer.wire.media import load_media

_BILLED = frozenset({JobStatus.RUNNING, JobStatus.DONE})


def already_paid(video: Mapping[str, Any], services: Services) -> dict[str, str]:
    """Detectors whose result this film will reuse, and the film that paid for each.

    Only finished jobs that Rekognition still keeps count: one that runs may fail, and then
    this film would pay for the next attempt, past what it was allowed.
    """
    since = (services.clock.now() - RESULTS_KEPT).isoformat()
    paid: dict[str, str] = {}
    for detector in video["detectors"]:
        for job in services.jobs.attempts(stem_of(video, detector)):
            if job.status is JobStatus.DONE and (job.started_at or job.created_at) > since:
                paid[detector] = job.video_id
    return paid


def spent(video: Mapping[str, Any], services: Services) -> Cost:
    """What a film cost that ends before its time: the jobs that it pays for and the trailers it has.

    A job that still runs is billed although nobody waits for it any more.
    """
    if "media" not in video:
        # Nothing is bought before the film was probed.
        return Cost({"workflow": WORKFLOW})
    bought = [detector for detector in video.get("detectors", ()) if _pays(video, detector, services)]
    trailers = services.catalogue.query(video["videoId"], TRAILER_PREFIX)
    made = sum(item["status"] == "PUBLISHED" for item in trailers)
    longest = Fraction(video["options"]["max-duration"])
    return estimate(load_media(video["media"]), bought, made, trailer_seconds=longest)


def _pays(video: Mapping[str, Any], detector: str, services: Services) -> bool:
    return any(
        job.video_id == video["videoId"] and job.status in _BILLED
        for job in services.jobs.attempts(stem_of(video, detector))
    )
