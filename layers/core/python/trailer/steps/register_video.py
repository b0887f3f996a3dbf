"""Claim an uploaded object version and read what its uploader asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trailer.domain.work.upload import content_id, video_id
from trailer.ports import Services
from trailer.steps.upload_options import read_wishes, sidecar_mark
from trailer.wire.catalogue import VIDEO, new_video
from trailer.wire.events import parse_object_created


def register_video(event: Mapping[str, Any], execution_id: str, services: Services) -> dict[str, Any]:
    """Write the video's record unless another execution has it, then check the options.

    The claim comes first: a wish that is refused afterwards still has a record
    to carry the refusal.

    Returns:
        ``claimed`` False for an object version that is already in work or done. The wishes
        stay on the record, where a sidecar that comes late may still change them.

    Raises:
        InvalidOptionsError, UnknownProfileError: the uploader's options.
        UploadVanishedError: the object version is gone.
    """
    source, size = parse_object_created(event)
    identity = video_id(source)
    item = new_video(source, size=size, execution_id=execution_id, now=services.clock.now())
    if not services.catalogue.claim(item):
        return {"videoId": identity, "claimed": False}
    head = services.uploads.head(source)
    sidecar = services.uploads.sidecar(source)
    wishes = read_wishes(source, head, sidecar, services)
    services.catalogue.update(
        identity,
        VIDEO,
        {
            "contentId": content_id(head.etag, head.size),
            **wishes.analysis,
            **wishes.trailers,
            "sidecar": sidecar_mark(sidecar),
        },
    )
    return {"videoId": identity, "claimed": True}
