"""Reading the film from S3, as the service's own client sees it."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.rekognition.faults import InvalidS3ObjectException, VideoTooLargeException
from local.rekognition.measure.film import FilmError

log = logging.getLogger(__name__)

LARGEST_BYTES = 10 * 1024**3
UNREADABLE = (
    "Unable to get object metadata from S3. Check object key, region and/or access permissions. (s3://{}/{})"
)


class VideoObject(NamedTuple):
    """One version of an object."""

    bucket: str
    name: str
    version: str | None
    film: str
    """A key that is the same exactly for the same bytes under the same name."""
    content: str
    """The ETag."""


class VideoStore:
    """The S3 side of the service."""

    def __init__(self, region: str) -> None:
        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 4, "mode": "standard"})
        self._s3 = boto3.client("s3", region_name=region, config=config)

    def find(self, video: dict[str, Any]) -> VideoObject:
        """Look the object up at the start of a job.

        Raises:
            InvalidS3ObjectException: it is not there, or may not be read.
            VideoTooLargeException: it is larger than 10 GB.
        """
        place = video["S3Object"]
        bucket, name = place.get("Bucket", ""), place.get("Name", "")
        asked = {"Bucket": bucket, "Key": name}
        if place.get("Version"):
            asked["VersionId"] = place["Version"]
        try:
            head = self._s3.head_object(**asked)
        except (ClientError, BotoCoreError) as error:
            log.info("No metadata of s3://%s/%s: %s", bucket, name, error)
            raise InvalidS3ObjectException(UNREADABLE.format(bucket, name)) from error
        if head["ContentLength"] > LARGEST_BYTES:
            raise VideoTooLargeException("The file size is larger than the supported size of 10 GB.")
        version = place.get("Version") or head.get("VersionId")
        version = None if version in (None, "null") else str(version)
        identity = (bucket, name, version, head["ETag"], head["ContentLength"])
        film = hashlib.sha256(repr(identity).encode()).hexdigest()[:32]
        return VideoObject(bucket, name, version, film, head["ETag"].strip('"'))

    def fetch(self, bucket: str, name: str, version: str | None, path: Path) -> None:
        """Copy the object version to a file, whole or not at all.

        Raises:
            FilmError: it is gone or cannot be read any more.
        """
        partial = path.with_suffix(".partial")
        extra = {"VersionId": version} if version else None
        try:
            self._s3.download_file(bucket, name, str(partial), ExtraArgs=extra)
        except (ClientError, BotoCoreError) as error:
            partial.unlink(missing_ok=True)
            raise FilmError(f"The video s3://{bucket}/{name} could not be read from S3 any more.") from error
        partial.replace(path)
