"""Scenes, shots and concepts as records that analysts query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from trailer.domain.film.analysis import Analysis
from trailer.domain.film.scenes import Scene
from trailer.domain.time.timecode import FrameRange, seconds, to_timecode
from trailer.wire.catalogue import CONCEPT_PREFIX, SCENE_PREFIX, SCHEMA_VERSION, SHOT_PREFIX

_CONCEPTS_KEPT: Final = 50
"""Strongest concepts on a scene or shot record; each of a scene's is also a record of its own."""


def analysis_items(analysis: Analysis) -> Iterator[dict[str, Any]]:
    """Every record below the video's: one per scene, per shot, and per concept of a scene."""
    rate = analysis.media.frame_rate
    for scene in analysis.scenes:
        strongest = _strongest(scene.concepts)
        item = _scene_item(analysis.video_id, scene, strongest, rate)
        # Nobody looked for faces: none is not known.
        yield item if analysis.detectors.get("faces") else item | {"faces": None}
        for concept, strength in strongest.items():
            yield _concept_item(analysis.video_id, scene, concept, strength, rate)
    for shot, scene_index in zip(analysis.shots, analysis.scene_of_shot, strict=True):
        yield {
            **_record(analysis.video_id, f"{SHOT_PREFIX}{shot.index:05d}"),
            **_where(shot.range, rate),
            "shot": shot.index,
            "scene": scene_index,
            "confidence": shot.confidence,
            "faces": analysis.shot_cue(shot.index, "faces"),
            "concepts": _strongest(analysis.shot_evidence(shot.index)),
        }


def _scene_item(video_id: str, scene: Scene, concepts: Mapping[str, float], rate: Fraction) -> dict[str, Any]:
    return {
        **_record(video_id, f"{SCENE_PREFIX}{scene.index:04d}"),
        **_where(scene.range, rate),
        "scene": scene.index,
        "firstShot": scene.first_shot,
        "shotCount": scene.end_shot - scene.first_shot,
        "cutsPerMinute": scene.cuts_per_minute,
        "faces": scene.faces,
        "concepts": concepts,
    }


def _concept_item(
    video_id: str, scene: Scene, concept: str, strength: float, rate: Fraction
) -> dict[str, Any]:
    kind, _, name = concept.partition(":")
    return {
        **_record(video_id, f"{CONCEPT_PREFIX}{kind}#{name}#{scene.index:04d}"),
        **_where(scene.range, rate),
        "concept": concept,
        "score": strength,
        "scene": scene.index,
    }


def _record(video_id: str, record: str) -> dict[str, Any]:
    return {"videoId": video_id, "record": record, "schemaVersion": SCHEMA_VERSION}


def _where(frames: FrameRange, rate: Fraction) -> dict[str, Any]:
    """Frames half-open; the end timecode is that of the last frame, as editors read it."""
    return {
        "startFrame": frames.start,
        "endFrame": frames.end,
        "startTimecode": to_timecode(frames.start, rate),
        "endTimecode": to_timecode(frames.end - 1, rate),
        "durationSeconds": seconds(frames.length, rate),
    }


def _strongest(concepts: Mapping[str, float]) -> dict[str, float]:
    ranked = sorted(concepts.items(), key=lambda entry: (-entry[1], entry[0]))
    return dict(ranked[:_CONCEPTS_KEPT])
