"""Who paid for a detection, a copy or a trailer, and what is paid for already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from trailer.domain.work.cost import WORKFLOW, Cost, estimate
from trailer.domain.work.jobs import RESULTS_KEPT, JobStatus
from trailer.domain.work.proxies import ProxyState
from trailer.errors import ServiceBusyError
from trailer.ports import Item, Services
from trailer.steps.shared_proxy import finished
from trailer.wire import keys
from trailer.wire.catalogue import OPEN_STATUSES, TRAILER_PREFIX, VIDEO
from trailer.wire.detectors import stem_of
from trailer.wire.media import load_media
from trailer.wire.mediaconvert import output_formats, trailer_outputs

PROXY: Final = "proxy"
"""The part of a price that is for the copy that Rekognition reads."""
_TRIES: Final = 10


def already_paid(video: Mapping[str, Any], services: Services) -> dict[str, str]:
    """Detectors whose result this film will reuse, and ``proxy``, with the film that paid for each.

    Only finished jobs that Rekognition still keeps, and copies that are there, count: one that runs
    may fail, and then this film would pay for the next attempt, past what it was allowed.
    """
    since = (services.clock.now() - RESULTS_KEPT).isoformat()
    paid: dict[str, str] = {}
    for detector in video["detectors"]:
        for job in services.jobs.attempts(stem_of(video, detector)):
            if job.status is JobStatus.DONE and (job.started_at or job.created_at) > since:
                paid[detector] = job.video_id
    copy = finished(video["proxyKey"], services)
    if copy is not None and copy.state is ProxyState.WHOLE:
        paid[PROXY] = copy.video_id
    return paid


def spent(video: Mapping[str, Any], services: Services) -> Cost:
    """What a film has cost by now: the jobs that it pays for and that ended well.

    MediaConvert bills no others, as its guide says; of Rekognition that is taken for granted. What
    MediaConvert made lies in the bucket, whether or not its execution lived to know.
    """
    if "media" not in video:
        # Nothing is bought before the film was probed.
        return Cost({"workflow": WORKFLOW})
    bought = [detector for detector in video.get("detectors", ()) if _paid_for(video, detector, services)]
    copy = finished(video.get("proxyKey"), services)
    return estimate(
        load_media(video["media"]),
        bought,
        proxy=copy is not None and copy.video_id == video["videoId"],
        trailers=_rendered(video, services),
    )


def correct_cost(video_id: str, services: Services) -> None:
    """Write what a film has cost that has ended, if that is not what its record says.

    A job that it pays for may end after it, and another trailer may be made of it.

    Raises:
        ServiceBusyError: the record was changed by others again and again meanwhile.
    """
    for _ in range(_TRIES):
        video = services.catalogue.get(video_id, VIDEO)
        if video is None or video["status"] in OPEN_STATUSES:
            return
        told = _told(video)
        # What was paid stays paid, though a newer release looks for other jobs, or a copy was made again.
        cost = Cost({**told, **spent(video, services).parts})
        if cost.parts == told:
            return
        seen = {"cost": video.get("cost"), "status": video["status"]}
        if services.catalogue.update_unchanged(video_id, VIDEO, cost_attributes(cost), seen=seen):
            return
    raise ServiceBusyError(
        f"The cost of {video_id} was changed by others {_TRIES} times while it was written."
    )


def cost_attributes(cost: Cost) -> dict[str, Any]:
    """A price as a record has it."""
    return {"cost": cost.total, "costParts": dict(cost.parts)}


def _told(video: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(str(price)) for name, price in video.get("costParts", {}).items()}


def _paid_for(video: Mapping[str, Any], detector: str, services: Services) -> bool:
    return any(
        job.video_id == video["videoId"] and job.status is JobStatus.DONE
        for job in services.jobs.attempts(stem_of(video, detector))
    )


def _rendered(video: Mapping[str, Any], services: Services) -> Iterator[Fraction]:
    """Seconds of each trailer that MediaConvert made, published or not, once for each format."""
    for trailer in services.catalogue.query(video["videoId"], TRAILER_PREFIX):
        if _was_rendered(video, trailer, services):
            seconds = Fraction(str(trailer["durationSeconds"]))
            yield from [seconds] * len(output_formats(trailer["outputFormat"]))


def _was_rendered(video: Mapping[str, Any], trailer: Item, services: Services) -> bool:
    if trailer["status"] == "PUBLISHED":
        return True
    if "outputFormat" not in trailer:
        # It failed before it was planned.
        return False
    folder = keys.trailer(video["videoId"], trailer["profileId"], int(trailer["version"]))
    sizes = services.results.list(folder)
    expected = trailer_outputs(load_media(video["media"]), trailer["outputFormat"])
    return all(sizes.get(folder + name) for name in expected)
