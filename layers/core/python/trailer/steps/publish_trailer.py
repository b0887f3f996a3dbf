"""Check a rendered trailer against its plan, then show it to people."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from trailer.domain.planning.plan import TrailerPlan
from trailer.errors import RenderFailedError
from trailer.ports import Services
from trailer.steps.records import check_not_replaced, load_video
from trailer.steps.rendered_file import probe_rendered
from trailer.steps.spending import correct_cost
from trailer.wire import keys
from trailer.wire.analysis import load_analysis
from trailer.wire.catalogue import NO_FAILURE, source_of, trailer_record
from trailer.wire.events import rendered_milliseconds
from trailer.wire.media import load_media
from trailer.wire.mediaconvert import trailer_outputs
from trailer.wire.plan import load_plan
from trailer.wire.report import render_report


def publish_trailer(
    video_id: str, profile_id: str, version: int, job_id: str, services: Services
) -> dict[str, Any]:
    """Publish one trailer.

    The limit is checked on the rendered file, not on the plan: what counts is
    what people get.

    Raises:
        RenderFailedError: a file is missing, or the trailer is longer than it may be, or was
            counted on another timeline than the plan.
        UploadReplacedError: it may have been cut from another film of the same name.
    """
    video = load_video(video_id, services)
    check_not_replaced(video, services)
    folder = keys.trailer(video_id, profile_id, version)
    record = services.catalogue.get(video_id, trailer_record(profile_id, version)) or {}
    plan = load_plan(services.results.get_json(f"{folder}plan.json"))
    files = _published_files(folder, video, record, services)
    for name, (rate, frames) in _rendered(plan, folder, files, job_id, services).items():
        _check_timeline(name, rate, plan)
        _check_length(name, frames, plan)
    analysis = load_analysis(services.results.get_json(keys.analysis(video_id)))
    title = source_of(video).name
    report = render_report(plan, analysis, title=title, files=files)
    services.results.put_text(f"{folder}report.html", report, "text/html")
    now = services.clock.now().isoformat()
    services.catalogue.update(
        video_id,
        trailer_record(profile_id, version),
        {
            **NO_FAILURE,
            "status": "PUBLISHED",
            "files": [f"{folder}{name}" for name in files],
            "reportKey": f"{folder}report.html",
            "jobId": job_id,
            "updatedAt": now,
        },
    )
    correct_cost(video_id, services)
    services.notifier.notify(
        f"Trailer ready: {title} for {profile_id}",
        {
            "videoId": video_id,
            "profileId": profile_id,
            "version": version,
            "status": "PUBLISHED",
            "folder": folder,
        },
    )
    return {"videoId": video_id, "profileId": profile_id, "version": version}


def _published_files(
    folder: str, video: Mapping[str, Any], record: Mapping[str, Any], services: Services
) -> list[str]:
    """The files that were promised first, then what else the job wrote (segments, more thumbnails)."""
    expected = trailer_outputs(load_media(video["media"]), str(record["outputFormat"]))
    sizes = {key.removeprefix(folder): size for key, size in services.results.list(folder).items()}
    missing = [name for name in expected if not sizes.get(name)]
    if missing:
        raise RenderFailedError(
            f"MediaConvert reported success, but {', '.join(missing)} is missing or empty."
        )
    others = sorted(name for name in sizes if name not in expected and name.endswith(".jpg"))
    return [*expected, *others]


def _rendered(
    plan: TrailerPlan, folder: str, files: list[str], job_id: str, services: Services
) -> dict[str, tuple[Fraction, int]]:
    """Rate and frames of each rendition: of an MP4 by probing it, of HLS as its job tells."""
    renditions = {
        name: probe_rendered(f"{folder}{name}", services) for name in files if name.endswith(".mp4")
    }
    if renditions:
        return {name: (media.frame_rate, media.frame_count) for name, media in renditions.items()}
    milliseconds = rendered_milliseconds(services.transcoder.job(job_id))
    return {"The HLS rendition": (plan.frame_rate, round(milliseconds * plan.frame_rate / 1000))}


def _check_timeline(name: str, rate: Fraction, plan: TrailerPlan) -> None:
    """A trailer follows its source; at another rate, the source was counted in other frames than the plan."""
    if rate != plan.frame_rate:
        raise RenderFailedError(
            f"{name} has {float(rate):.4g} pictures a second, and {float(plan.frame_rate):.4g} were planned: "
            "its clips may begin elsewhere than planned, and it is not published. A copy of the film with a "
            "constant frame rate helps."
        )


def _check_length(name: str, frames: int, plan: TrailerPlan) -> None:
    if frames > plan.max_frames:
        raise RenderFailedError(
            f"{name} has {frames} frames and max-duration allows {plan.max_frames}; it is not published."
        )
