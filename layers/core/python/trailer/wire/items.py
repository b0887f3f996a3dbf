"""Values and rows as DynamoDB keeps them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trailer.domain.work.jobs import DetectionJob, JobStatus
from trailer.domain.work.upload import ObjectVersion

_PLACES = 4
"""Decimal places of a stored number: a score's last digit is far above noise, and items stay small."""


def storable_values(item: Mapping[str, Any]) -> dict[str, Any]:
    """Round floats to decimals, because DynamoDB takes no floats, and leave out what is None.

    Raises:
        ValueError: a number is not finite; DynamoDB has no such number.
    """
    return {name: _storable(value) for name, value in item.items() if value is not None}


def _storable(value: Any) -> Any:
    if isinstance(value, bool | int | str | Decimal):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} can't be stored")
        return Decimal(str(round(value, _PLACES)))
    if isinstance(value, Fraction):
        return Decimal(str(round(float(value), _PLACES)))
    if isinstance(value, Mapping):
        return storable_values(value)
    if isinstance(value, list | tuple):
        return [_storable(entry) for entry in value]
    raise TypeError(f"{type(value).__name__} can't be stored")


def plain_values(item: Mapping[str, Any]) -> dict[str, Any]:
    """Decimals back to int where whole, else float."""
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return plain_values(value)
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value


def job_to_item(job: DetectionJob) -> dict[str, Any]:
    """A ledger row. ``turn`` sorts the rows of one status; of a pending job it is its place."""
    return {
        "jobTag": job.tag,
        "stem": job.stem,
        "attempt": job.attempt,
        "videoId": job.video_id,
        "detector": job.detector,
        "request": job.request,
        "source": {"bucket": job.source.bucket, "key": job.source.key, "version": job.source.version},
        "sourceVideo": job.source_video,
        "place": job.place,
        "turn": job.place,
        "createdAt": job.created_at,
        "waiting": job.waiting,
        "status": str(job.status),
    }


def job_from_item(item: Mapping[str, Any]) -> DetectionJob:
    """Read a ledger row back."""
    source = item["source"]
    return DetectionJob(
        stem=item["stem"],
        attempt=int(item["attempt"]),
        video_id=item["videoId"],
        detector=item["detector"],
        request=plain_values(item["request"]),
        source=ObjectVersion(source["bucket"], source["key"], source.get("version")),
        source_video=item["sourceVideo"],
        place=item["place"],
        created_at=item["createdAt"],
        waiting=dict(item["waiting"]),
        status=JobStatus(item["status"]),
        started_at=item.get("startedAt"),
        settled_at=item.get("settledAt"),
        job_id=item.get("jobId"),
        error=item.get("error"),
        reason=item.get("reason"),
        collected_by=item.get("collectedBy"),
    )
