"""Records of the catalogue: their keys, and how they are made from domain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from trailer.domain.work.upload import ObjectVersion, video_id

VIDEO: Final = "VIDEO"
TRAILER_PREFIX: Final = "TRAILER#"
SCENE_PREFIX: Final = "SCENE#"
SHOT_PREFIX: Final = "SHOT#"
CONCEPT_PREFIX: Final = "CONCEPT#"
SCHEMA_VERSION: Final = 1

NO_FAILURE: Final = dict.fromkeys(("error", "errorClass", "reason", "action", "announced"))
"""Takes the reason of an earlier failure off a record whose execution was redriven and succeeded."""

OPEN_STATUSES: Final = ("REGISTERED", "ANALYSING", "CUTTING", "PLANNED")
"""Work is under way: on a film in the first three, on a trailer in the last."""


def new_video(source: ObjectVersion, *, size: int, execution_id: str, now: datetime) -> dict[str, Any]:
    """The record that claims an object version for one execution."""
    return {
        "videoId": video_id(source),
        "record": VIDEO,
        "schemaVersion": SCHEMA_VERSION,
        "status": "REGISTERED",
        "bucket": source.bucket,
        "key": source.key,
        "objectVersion": source.version,
        "size": size,
        "executionId": execution_id,
        "createdAt": now.isoformat(),
        "updatedAt": now.isoformat(),
    }


def source_of(video: Mapping[str, Any]) -> ObjectVersion:
    """The uploaded object of a video record."""
    return ObjectVersion(video["bucket"], video["key"], video.get("objectVersion"))


def trailer_record(profile_id: str, version: int) -> str:
    """The sort key of one trailer."""
    return f"{TRAILER_PREFIX}{profile_id}#{version:04d}"


def new_trailer(
    video: str, profile_id: str, version: int, *, execution_id: str, now: datetime
) -> dict[str, Any]:
    """The record that claims a trailer version for one execution."""
    return {
        "videoId": video,
        "record": trailer_record(profile_id, version),
        "schemaVersion": SCHEMA_VERSION,
        "status": "PLANNED",
        "profileId": profile_id,
        "version": version,
        "executionId": execution_id,
        "createdAt": now.isoformat(),
        "updatedAt": now.isoformat(),
    }


def origin_of(item: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The state machine that a record is of, and as much of its execution's input as names the record."""
    if item["record"] != VIDEO:
        return "MakeTrailer", {"videoId": item["videoId"], "profileId": item["profileId"]}
    uploaded = {"key": item["key"], "version-id": item.get("objectVersion"), "size": item["size"]}
    return "AnalyseVideo", {"detail": {"bucket": {"name": item["bucket"]}, "object": uploaded}}
