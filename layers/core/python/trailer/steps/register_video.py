"""Claim an uploaded object version and read what its uploader asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from trailer.domain.options import UploadOptions
from trailer.domain.upload import ObjectVersion, UploadHead, content_id, video_id
from trailer.errors import InvalidOptionsError
from trailer.ports import Services
from trailer.wire.catalogue import VIDEO, new_video
from trailer.wire.events import parse_object_created
from trailer.wire.options import dump_trailer_options, parse_upload_options


def register_video(event: Mapping[str, Any], execution_id: str, services: Services) -> dict[str, Any]:
    """Write the video's record unless another execution has it, then check the options.

    The claim comes first: a wish that is refused afterwards still has a record
    to carry the refusal.

    Returns:
        ``claimed`` False for an object version that is already in work or done;
        else what the state machine iterates over.

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
    options = _read_options(source, head, services)
    trailer_options = dump_trailer_options(options.trailer)
    services.catalogue.update(
        identity,
        VIDEO,
        {
            "contentId": content_id(head.etag, head.size),
            "profileIds": list(options.profile_ids),
            "detectors": list(options.detectors),
            "onDetectorFailure": options.on_detector_failure,
            "maxCost": options.max_cost,
            "options": trailer_options,
        },
    )
    return {
        "videoId": identity,
        "claimed": True,
        "detectors": list(options.detectors),
        "onDetectorFailure": options.on_detector_failure,
        "profileIds": list(options.profile_ids),
        "options": trailer_options,
    }


def _read_options(source: ObjectVersion, head: UploadHead, services: Services) -> UploadOptions:
    """Metadata of the object over the file beside it over the defaults of the stage."""
    beside = _sidecar_options(source, services)
    return parse_upload_options({**beside, **head.metadata}, services.settings.default_options)


def _sidecar_options(source: ObjectVersion, services: Services) -> Mapping[str, Any]:
    body = services.uploads.sidecar(source)
    if body is None:
        return {}
    try:
        options = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidOptionsError(f"{source.name}.trailer.json is no JSON file: {error}.") from error
    if not isinstance(options, dict):
        raise InvalidOptionsError(
            f'{source.name}.trailer.json must hold one JSON object, such as {{"max-duration": 30}}.'
        )
    return options
