"""Reading the records that every step starts from."""

from __future__ import annotations

from typing import Any

from trailer.errors import UnknownVideoError
from trailer.ports import Services
from trailer.wire.catalogue import VIDEO


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
