"""Look into the film before anything is paid for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trailer.domain.film.media import SourceMedia
from trailer.domain.work.cost import estimate
from trailer.errors import CostCapExceededError, UnreadableVideoError, VideoTooShortError
from trailer.ports import Services
from trailer.steps.records import load_video
from trailer.steps.shared_proxy import find_or_claim
from trailer.steps.spending import PROXY, already_paid
from trailer.wire import keys
from trailer.wire.catalogue import VIDEO, source_of
from trailer.wire.media import dump_media
from trailer.wire.mediaconvert import build_proxy_job, output_formats, proxy_recipe
from trailer.wire.probe import parse_probe
from trailer.wire.suitability import check_source, needs_proxy


def probe_video(video_id: str, services: Services) -> dict[str, Any]:
    """Check file, length and price; note all three on the record.

    Returns:
        ``needsProxy`` and, when it is true, ``proxySettings``: the MediaConvert
        settings of the copy that Rekognition will read. ``hasProxy`` when there is
        such a copy already. ``detectors`` and ``onDetectorFailure``: what Detect goes by.

    Raises:
        RejectedError: one of its kinds, when the film can't be served.
        ProxyInWorkError: a film with equal bytes makes such a copy; ask again.
    """
    # From here on the wishes for the analysis are fixed: a sidecar changes them only before this write.
    services.catalogue.update_open(video_id, VIDEO, {"status": "ANALYSING"})
    video = load_video(video_id, services)
    source = source_of(video)
    if video["size"] == 0:
        raise UnreadableVideoError(f"{source.name} is empty (0 bytes); upload the complete film again.")
    media = parse_probe(services.transcoder.probe(source.uri))
    check_source(media)
    longest = Fraction(video["options"]["max-duration"])
    _check_length(media, longest)
    proxy = _proxy_key(video, media)
    paid = already_paid({**video, "proxyKey": proxy}, services)
    price = estimate(
        media,
        [detector for detector in video["detectors"] if detector not in paid],
        proxy=proxy is not None and PROXY not in paid,
        trailers=[longest]
        * (len(video["profileIds"]) * len(output_formats(video["options"]["output-format"]))),
    ).total
    services.catalogue.update(
        video_id,
        VIDEO,
        {
            "media": {**dump_media(media), "durationSeconds": media.duration},
            "estimatedCost": price,
            "alreadyPaid": paid,
            "updatedAt": services.clock.now().isoformat(),
        },
    )
    _check_price(video, price)
    fixed = {"detectors": video["detectors"], "onDetectorFailure": video.get("onDetectorFailure", "fail")}
    if proxy is None:
        return {**fixed, "needsProxy": False, "hasProxy": False}
    return {**fixed, **_plan_proxy(video, media, proxy, services)}


def _proxy_key(video: Mapping[str, Any], media: SourceMedia) -> str | None:
    """Where the copy for Rekognition is or will be; None when it can read the film itself."""
    if not needs_proxy(media, video["size"]):
        return None
    return f"{keys.proxy(video.get('contentId', video['videoId']), proxy_recipe(media))}.mp4"


def _plan_proxy(video: Mapping[str, Any], media: SourceMedia, key: str, services: Services) -> dict[str, Any]:
    """Use the copy that films with equal bytes share, or say how this film makes it."""
    services.catalogue.update(video["videoId"], VIDEO, {"proxyKey": key})
    if find_or_claim(video, key, services):
        return {"needsProxy": False, "hasProxy": True}
    destination = f"s3://{services.results.bucket}/{key}"
    settings = build_proxy_job(media, source_uri=source_of(video).uri, destination_uri=destination)
    return {"needsProxy": True, "hasProxy": False, "proxySettings": settings}


def _check_length(media: SourceMedia, max_duration: Fraction) -> None:
    if media.duration <= max_duration:
        raise VideoTooShortError(
            f"The film is {float(media.duration):.1f} s long and the trailer may be up to "
            f"{float(max_duration):g} s: there is nothing to choose from. Upload a longer film or ask for a "
            "shorter trailer with max-duration."
        )


def _check_price(video: Mapping[str, Any], price: Decimal) -> None:
    cap = video.get("maxCost")
    if cap is not None and price > Decimal(str(cap)):
        raise CostCapExceededError(
            f"Analysing this film and making its trailers would cost about ${price:.2f}, and max-cost allows "
            f"${Decimal(str(cap)):.2f}. Raise max-cost, or ask for fewer detectors or profiles."
        )
