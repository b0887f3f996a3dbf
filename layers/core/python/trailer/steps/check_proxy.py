"""Compare the proxy with its film before Rekognition is paid for it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from trailer.domain.film.media import SourceMedia
from trailer.domain.work.proxies import ProxyState
from trailer.errors import UnreadableVideoError
from trailer.ports import Services
from trailer.steps.records import load_video
from trailer.steps.rendered_file import probe_rendered
from trailer.steps.shared_proxy import judge
from trailer.wire.catalogue import VIDEO
from trailer.wire.media import dump_media, load_media

_TOLERANCE: Final = Fraction(2, 100)
"""Headers round, and a film may begin or end between key frames; less than a second is never a fault."""


def check_proxy(video_id: str, services: Services) -> dict[str, Any]:
    """Take over the proxy's timeline, which is the one that MediaConvert counts the film's frames on.

    Raises:
        UnreadableVideoError: the proxy is shorter than what the film's header promises, so
            MediaConvert found less in the file.
        UploadReplacedError: it may be a copy of another film of the same name.
    """
    video = load_video(video_id, services)
    claim = services.proxies.get(video["proxyKey"])
    # Its maker looks each time: after a redrive the copy is a new one.
    if claim is not None and (claim.video_id == video_id or claim.state is not ProxyState.WHOLE):
        judge(claim, services)
    media = load_media(video["media"])
    proxy = probe_rendered(video["proxyKey"], services)
    _check_complete(media, proxy)
    counted = media.on_timeline_of(proxy)
    services.catalogue.update(
        video_id,
        VIDEO,
        {
            "media": {**dump_media(counted), "durationSeconds": counted.duration},
            "updatedAt": services.clock.now().isoformat(),
        },
    )
    return {"videoId": video_id}


def _check_complete(media: SourceMedia, proxy: SourceMedia) -> None:
    missing = media.duration - proxy.duration
    if missing > max(Fraction(1), media.duration * _TOLERANCE):
        raise UnreadableVideoError(
            f"The file says that it holds {float(media.duration):.1f} s of film, and only "
            f"{float(proxy.duration):.1f} s can be read: it is cut short or damaged. Upload the complete "
            "file again."
        )
