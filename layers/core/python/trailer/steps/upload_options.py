"""What an uploader asked for: with the film, beside it, or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trailer.domain.work.options import UploadOptions
from trailer.domain.work.upload import ObjectVersion, UploadHead
from trailer.errors import InvalidOptionsError
from trailer.ports import Services
from trailer.wire.options import dump_trailer_options, named_options, parse_upload_options


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of one upload, as the film's record keeps them."""

    analysis: Mapping[str, Any]
    """What is fixed when ProbeVideo begins, since it decides what is paid for."""
    trailers: Mapping[str, Any]
    """What is fixed when the film is scored: profiles and how their trailers should be."""


def read_wishes(source: ObjectVersion, head: UploadHead, sidecar: bytes | None, services: Services) -> Wishes:
    """Metadata of the object over the file beside it over the defaults of the stage.

    Raises:
        InvalidOptionsError, UnknownProfileError: the uploader's options.
    """
    given = named_options(_parse(source, sidecar)) | named_options(head.metadata)
    options = parse_upload_options(given, services.settings.default_options)
    return Wishes(_analysis(options), _trailers(options))


def sidecar_mark(sidecar: bytes | None) -> str:
    """What the record keeps of a sidecar, to know it again; empty where there is none."""
    return hashlib.sha256(sidecar).hexdigest()[:16] if sidecar is not None else ""


def _analysis(options: UploadOptions) -> dict[str, Any]:
    return {
        "detectors": list(options.detectors),
        "onDetectorFailure": options.on_detector_failure,
        "maxCost": options.max_cost,
    }


def _trailers(options: UploadOptions) -> dict[str, Any]:
    return {"profileIds": list(options.profile_ids), "options": dump_trailer_options(options.trailer)}


def _parse(source: ObjectVersion, sidecar: bytes | None) -> Mapping[str, Any]:
    if sidecar is None:
        return {}
    try:
        options = json.loads(sidecar, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise InvalidOptionsError(f"{source.name}.trailer.json is no JSON file: {error}.") from error
    if not isinstance(options, dict):
        raise InvalidOptionsError(
            f'{source.name}.trailer.json must hold one JSON object, such as {{"max-duration": 30}}.'
        )
    return options


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON allows a name twice and Python takes the last: one of two wishes would be ignored."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is in it twice")
    return found
