"""The end of a film whose trailers were made, or tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trailer import errors
from trailer.domain.reasons import is_rejection
from trailer.domain.work.jobs import JobStatus
from trailer.errors import RenderFailedError
from trailer.ports import Services
from trailer.steps.records import load_video
from trailer.steps.spending import correct_cost, cost_attributes, spent
from trailer.wire.catalogue import NO_FAILURE, TRAILER_PREFIX, VIDEO, source_of
from trailer.wire.detectors import stem_of


def complete_video(video_id: str, services: Services) -> dict[str, Any]:
    """Write what it came to: status, trailers and the price of what was really done.

    A profile whose trailer could not be made doesn't take the others with it; the
    record names it. Only when no trailer was made at all the film itself fails.

    Raises:
        RejectedError: no trailer was made because each wish was refused; of the first one's kind.
        RenderFailedError: no trailer was made because something broke.
    """
    video = load_video(video_id, services)
    latest = _latest_trailers(video, services)
    missing = {
        profile: str(latest.get(profile, {}).get("reason", "it was never planned"))
        for profile in video["profileIds"]
        if latest.get(profile, {}).get("status") != "PUBLISHED"
    }
    if len(missing) == len(video["profileIds"]):
        raise _none_made(latest, missing)
    done = len(video["profileIds"]) - len(missing)
    changes = {
        **NO_FAILURE,
        "status": "COMPLETED",
        **cost_attributes(spent(video, services)),
        "reusedFrom": _reused_from(video, services),
        "trailerCount": done,
        "missingTrailers": missing,
        "updatedAt": services.clock.now().isoformat(),
    }
    services.catalogue.update(video_id, VIDEO, changes)
    correct_cost(video_id, services)
    services.notifier.notify(
        f"Film completed: {source_of(video).name}",
        {
            "videoId": video_id,
            "status": "COMPLETED",
            "trailers": done,
            "missingTrailers": missing,
            "missingDetections": video.get("missingDetections", {}),
        },
    )
    return {"videoId": video_id, "status": "COMPLETED", "trailers": done}


def _reused_from(video: Mapping[str, Any], services: Services) -> dict[str, str]:
    """Detectors that are done and that this film did not pay for, with the film that did."""
    reused: dict[str, str] = {}
    for detector in video["detectors"]:
        attempts = services.jobs.attempts(stem_of(video, detector))
        payers = [job.video_id for job in attempts if job.status is JobStatus.DONE]
        if payers and video["videoId"] not in payers:
            reused[detector] = payers[-1]
    return reused


def _latest_trailers(video: Mapping[str, Any], services: Services) -> dict[str, Mapping[str, Any]]:
    """Profile to its newest published trailer, else to its newest one.

    Another trailer may be in work at the same time, for a request or a late sidecar; that one has
    an end of its own.
    """
    records = services.catalogue.query(video["videoId"], TRAILER_PREFIX)
    ranked = sorted(records, key=lambda item: (item["status"] == "PUBLISHED", int(item["version"])))
    return {item["profileId"]: item for item in ranked}


def _none_made(latest: Mapping[str, Mapping[str, Any]], missing: Mapping[str, str]) -> errors.TrailerError:
    """The error of the first profile that has one; a profile without a record never came so far."""
    profile = next(
        (profile for profile in missing if "error" in latest.get(profile, {})), next(iter(missing))
    )
    name = str(latest.get(profile, {}).get("error", ""))
    sentence = f"No trailer could be made. {profile}: {missing[profile]}"
    kind: type[errors.TrailerError] = getattr(errors, name) if is_rejection(name) else RenderFailedError
    return kind(sentence)
