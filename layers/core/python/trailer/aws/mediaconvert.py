"""MediaConvert: probe files and look at jobs. Jobs are created by the state machines themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from trailer.aws.failures import error_code, translated
from trailer.errors import UnreadableVideoError, UploadVanishedError

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert import MediaConvertClient

_UNREADABLE = frozenset({"BadRequestException", "UnprocessableEntityException"})
"""How Probe says that it can't make out a container; what the file lacks is only in its prose."""


class MediaConvertTranscoder:
    """``ports.Transcoder`` on MediaConvert."""

    def __init__(self, client: MediaConvertClient) -> None:
        self._client = client

    def probe(self, uri: str) -> Mapping[str, Any]:
        """Probe one file.

        Raises:
            UnreadableVideoError: MediaConvert can't make out a container in it.
            UploadVanishedError: there is no such file.
        """
        with translated("Probing the film"):
            try:
                return self._client.probe(InputFiles=[{"FileUrl": uri}])
            except ClientError as error:
                code, said = error_code(error), error.response.get("Error", {}).get("Message", "").rstrip(".")
                if code == "NotFoundException":
                    raise UploadVanishedError(f"{uri} is no longer there; upload it again.") from error
                if code in _UNREADABLE:
                    # Documented is only the code; the prose tells what else it may stand for.
                    raise UnreadableVideoError(
                        "The file can't be opened as a video: it is damaged, cut short or of an unknown "
                        "kind. Upload the complete file again, best H.264 with AAC sound in an MP4. "
                        f"MediaConvert says: {said or code}."
                    ) from error
                raise

    def job(self, job_id: str) -> Mapping[str, Any]:
        """Look at one job."""
        with translated("Asking about the render job"):
            return self._client.get_job(Id=job_id)["Job"]
