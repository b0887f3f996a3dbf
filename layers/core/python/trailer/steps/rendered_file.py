"""Files that MediaConvert has made for us, looked at before they are relied on."""

from __future__ import annotations

from trailer.domain.film.media import SourceMedia
from trailer.errors import RenderFailedError, UnreadableVideoError, UploadVanishedError
from trailer.ports import Services
from trailer.wire.probe import parse_probe


def probe_rendered(key: str, services: Services) -> SourceMedia:
    """Probe a file in the results bucket.

    Raises:
        RenderFailedError: it is gone or can't be read, which is no fault of the film.
    """
    uri = f"s3://{services.results.bucket}/{key}"
    try:
        return parse_probe(services.transcoder.probe(uri), rendered=True)
    except (UnreadableVideoError, UploadVanishedError) as error:
        raise RenderFailedError(
            f"What MediaConvert made at {uri} is gone or can't be read: {error}"
        ) from error
