"""The trailer plan as JSON: what ``plan.json`` holds, and the hash that names a plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from trailer.domain.planning.plan import Clip, GateSummary, Overlap, RejectedScene, TrailerPlan
from trailer.domain.time.timecode import FrameRange

SCHEMA_VERSION: Final = 1


def _dump_range(frames: FrameRange) -> list[int]:
    return [frames.start, frames.end]


def _load_range(value: Any) -> FrameRange:
    start, end = value
    return FrameRange(int(start), int(end))


def _dump_clip(clip: Clip) -> dict[str, Any]:
    return {
        "source": _dump_range(clip.source),
        "scene": clip.scene,
        "act": clip.act,
        "score": clip.score,
        "parts": dict(sorted(clip.parts.items())),
        "reasons": list(clip.reasons),
    }


def _load_clip(value: Mapping[str, Any]) -> Clip:
    return Clip(
        source=_load_range(value["source"]),
        scene=int(value["scene"]),
        act=value["act"],
        score=float(value["score"]),
        parts={str(name): float(part) for name, part in value["parts"].items()},
        reasons=tuple(value["reasons"]),
    )


def dump_plan(plan: TrailerPlan) -> dict[str, Any]:
    """Write a plan as JSON values; ranges are ``[start, end)`` in frames of the source."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "videoId": plan.video_id,
        "profileId": plan.profile_id,
        "profileVersion": plan.profile_version,
        "frameRate": f"{plan.frame_rate.numerator}/{plan.frame_rate.denominator}",
        "maxFrames": plan.max_frames,
        "frames": plan.frames,
        "clips": [_dump_clip(clip) for clip in plan.clips],
        "rejected": [
            {"scene": item.scene, "code": item.code, "detail": item.detail} for item in plan.rejected
        ],
        "gates": [{"code": gate.code, "ranges": gate.ranges, "frames": gate.frames} for gate in plan.gates],
        "warnings": list(plan.warnings),
        "content": None if plan.content is None else _dump_range(plan.content),
        "spoilerStart": plan.spoiler_start,
        "overlap": None if plan.overlap is None else _dump_overlap(plan.overlap),
    }


def _dump_overlap(overlap: Overlap) -> dict[str, Any]:
    return {"versions": list(overlap.versions), "limit": overlap.limit, "frames": overlap.frames}


def _load_overlap(value: Mapping[str, Any] | None) -> Overlap | None:
    """What a plan repeats; plans of before there was a limit say nothing of it."""
    return None if value is None else Overlap(tuple(value["versions"]), value["limit"], value["frames"])


def load_plan(value: Mapping[str, Any]) -> TrailerPlan:
    """Read what ``dump_plan`` wrote.

    Raises:
        ValueError: written by a schema version that this code does not know.
    """
    if value.get("schemaVersion") != SCHEMA_VERSION:
        raise ValueError(
            f"This plan has schema version {value.get('schemaVersion')}; only {SCHEMA_VERSION} can be read."
        )
    return TrailerPlan(
        video_id=value["videoId"],
        profile_id=value["profileId"],
        profile_version=int(value["profileVersion"]),
        frame_rate=Fraction(value["frameRate"]),
        max_frames=int(value["maxFrames"]),
        clips=tuple(_load_clip(clip) for clip in value["clips"]),
        rejected=tuple(
            RejectedScene(int(item["scene"]), item["code"], item["detail"]) for item in value["rejected"]
        ),
        gates=tuple(
            GateSummary(gate["code"], int(gate["ranges"]), int(gate["frames"])) for gate in value["gates"]
        ),
        warnings=tuple(value["warnings"]),
        content=None if value["content"] is None else _load_range(value["content"]),
        spoiler_start=value["spoilerStart"],
        overlap=_load_overlap(value.get("overlap")),
    )


def plan_hash(plan: TrailerPlan) -> str:
    """SHA-256 of the plan's canonical JSON, in hex: equal plans have equal hashes on every machine."""
    canonical = json.dumps(dump_plan(plan), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
