"""Choose the clips of one trailer and say how MediaConvert is to render them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trailer.domain.film.analysis import Analysis
from trailer.domain.planning.brief import PlanRequest
from trailer.domain.planning.overlap import Reuse, earlier_trailers
from trailer.domain.planning.plan import TrailerPlan
from trailer.domain.planning.planner import plan_trailer as plan_clips
from trailer.domain.taste.profiles import get_profile
from trailer.domain.time.timecode import FrameRange, whole_frames
from trailer.domain.work.options import TimeSpan, TrailerOptions
from trailer.errors import InfeasiblePlanError, InvalidOptionsError, UnknownVideoError
from trailer.ports import Services
from trailer.steps.records import load_video
from trailer.wire import keys
from trailer.wire.analysis import load_analysis
from trailer.wire.catalogue import TRAILER_PREFIX, new_trailer, source_of, trailer_record
from trailer.wire.edl import to_edl
from trailer.wire.mediaconvert import build_trailer_job
from trailer.wire.options import parse_trailer_options
from trailer.wire.otio import to_otio
from trailer.wire.plan import dump_plan, load_plan, plan_hash


def plan_trailer(
    video_id: str, profile_id: str, options: Mapping[str, Any], execution_id: str, services: Services
) -> dict[str, Any]:
    """Plan, store plan, EDL and OTIO, and return the settings to render.

    Raises:
        UnknownVideoError: the film is not in the catalogue or not analysed.
        UnknownProfileError, InvalidOptionsError: the wish.
        InfeasiblePlanError: no trailer satisfies the hard rules.
    """
    video = load_video(video_id, services)
    profile = get_profile(profile_id)
    wish = parse_trailer_options(options, services.settings.default_options)
    analysis = _load_analysis(video_id, services)
    version = claim_version(video_id, profile_id, execution_id, services)
    rate = analysis.media.frame_rate
    request = PlanRequest(
        max_frames=whole_frames(wish.max_duration, rate),
        pins=_frame_ranges(wish.pins, analysis, "pin"),
        bans=_frame_ranges(wish.bans, analysis, "ban"),
        reuse=_reuse(video_id, profile_id, version, wish, services),
    )
    plan = plan_clips(analysis, profile, request)
    if not plan.clips:
        raise InfeasiblePlanError(
            "Nothing in this film is left to show once credits, black and the ending are out."
        )
    source = source_of(video)
    folder = keys.trailer(video_id, profile_id, version)
    services.results.put_json(f"{folder}plan.json", dump_plan(plan))
    services.results.put_text(
        f"{folder}trailer.edl",
        to_edl(plan, source.name, audio=bool(analysis.media.audio_tracks)),
        "text/plain",
    )
    services.results.put_json(f"{folder}trailer.otio", to_otio(plan, analysis.media, source.uri))
    services.catalogue.update(
        video_id,
        trailer_record(profile_id, version),
        {
            **_wish_attributes(wish),
            "frames": plan.frames,
            "maxFrames": plan.max_frames,
            "frameRate": f"{rate.numerator}/{rate.denominator}",
            "durationSeconds": plan.frames / rate,
            "clipCount": len(plan.clips),
            "planHash": plan_hash(plan),
            "planKey": f"{folder}plan.json",
            "edlKey": f"{folder}trailer.edl",
            "otioKey": f"{folder}trailer.otio",
            "warnings": list(plan.warnings),
            **_overlap_attributes(plan),
        },
    )
    settings = build_trailer_job(
        plan,
        analysis.media,
        source_uri=source.uri,
        destination_uri=f"s3://{services.results.bucket}/{folder}",
        output_format=wish.output_format,
        target_language=wish.target_language,
    )
    return {"videoId": video_id, "profileId": profile_id, "version": version, "settings": settings}


def claim_version(video_id: str, profile_id: str, execution_id: str, services: Services) -> int:
    """The version number of this execution's trailer: its own when it has one, else the next free.

    Two requests at once both find a number: the slower one's conditional write
    fails and it looks again.
    """
    while True:
        known = services.catalogue.query(video_id, f"{TRAILER_PREFIX}{profile_id}#")
        for item in known:
            if item["executionId"] == execution_id:
                return int(item["version"])
        version = max((int(item["version"]) for item in known), default=0) + 1
        item = new_trailer(video_id, profile_id, version, execution_id=execution_id, now=services.clock.now())
        if services.catalogue.claim(item):
            return version


def _load_analysis(video_id: str, services: Services) -> Analysis:
    try:
        return load_analysis(services.results.get_json(keys.analysis(video_id)))
    except KeyError:
        raise UnknownVideoError(
            f"The video {video_id} has no analysis yet; wait until its status is CUTTING or COMPLETED."
        ) from None


def _frame_ranges(spans: Iterable[TimeSpan], analysis: Analysis, option: str) -> tuple[FrameRange, ...]:
    return tuple(_frame_range(span, analysis, option) for span in spans)


def _frame_range(span: TimeSpan, analysis: Analysis, option: str) -> FrameRange:
    rate, count = analysis.media.frame_rate, analysis.media.frame_count
    if span.scene is not None:
        if span.scene >= len(analysis.scenes):
            raise InvalidOptionsError(
                f"{option} names scene {span.scene}; the film has scenes 0 to {len(analysis.scenes) - 1}."
            )
        return analysis.scenes[span.scene].range
    start, end = whole_frames(span.start, rate), min(whole_frames(span.end, rate), count)
    if start >= end:
        raise InvalidOptionsError(
            f"{option} begins at {float(span.start):g} s; "
            f"the film is {float(analysis.media.duration):.1f} s long."
        )
    return FrameRange(start, end)


def _reuse(
    video_id: str, profile_id: str, version: int, wish: TrailerOptions, services: Services
) -> Reuse | None:
    """What this profile's earlier trailers of the film show, where the wish limits how much is repeated.

    A trailer that failed was seen by nobody and does not count.
    """
    if wish.max_overlap is None:
        return None
    known = services.catalogue.query(video_id, f"{TRAILER_PREFIX}{profile_id}#")
    seen = [
        item
        for item in known
        if int(item["version"]) < version and item.get("planKey") and item["status"] != "FAILED"
    ]
    plans = ((int(item["version"]), load_plan(services.results.get_json(item["planKey"]))) for item in seen)
    clips = ((number, (clip.source for clip in plan.clips)) for number, plan in plans)
    return earlier_trailers(clips, wish.max_overlap)


def _overlap_attributes(plan: TrailerPlan) -> dict[str, Any]:
    if plan.overlap is None:
        return {}
    return {"earlierVersions": list(plan.overlap.versions), "repeatedFrames": plan.overlap.frames}


def _wish_attributes(wish: TrailerOptions) -> dict[str, Any]:
    return {
        "maxDurationSeconds": wish.max_duration,
        "targetLanguage": wish.target_language,
        "outputFormat": wish.output_format,
        "maxOverlap": wish.max_overlap,
    }
