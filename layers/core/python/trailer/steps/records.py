"""Reading the records that every step starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trailer.domain.work.upload import content_id
from trailer.errors import UnknownVideoError, UploadReplacedError, UploadVanishedError
from trailer.ports import Services
from trailer.wire.catalogue import VIDEO, source_of


def load_video(video_id: str, services: Services) -> dict[str, Any]:
    """The record of a film.

    Raises:
        UnknownVideoError: the catalogue has none.
    """
    video = services.catalogue.get(video_id, VIDEO)
    if video is None:
        raise UnknownVideoError(
            f"There is no video {video_id} in the catalogue; `trailer videos` lists what there is."
        )
    return video


def check_not_replaced(video: Mapping[str, Any], services: Services) -> None:
    """Refuse what MediaConvert may have made from another film.

    Rekognition reads a version of an object; MediaConvert knows no versions and reads the
    newest. So what it made is looked at afterwards: is the newest still this film?

    Raises:
        UploadReplacedError: other bytes were uploaded under the film's name.
    """
    source = source_of(video)
    try:
        newest = services.uploads.head(replace(source, version=None))
    except UploadVanishedError:
        # Then nothing newer is there to be taken for it.
        return
    if content_id(newest.etag, newest.size) != video["contentId"]:
        raise upload_replaced(video)


def upload_replaced(video: Mapping[str, Any]) -> UploadReplacedError:
    """What a film is told whose name another one took."""
    return UploadReplacedError(
        f"Another film was uploaded as {source_of(video).key} while this one was in work. A trailer can only "
        "be cut from the newest file of a name, so this version gets none."
    )
