"""The analysis as JSON: what ``analysis.json.gz`` holds.

Compact, because a six-hour film has twenty thousand moments: concepts and cues are written
once and referred to by position, and ranges are ``[start, end]`` pairs in frames.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from trailer.domain.film.analysis import Analysis, SensitiveRange
from trailer.domain.film.concepts import Concept
from trailer.domain.film.detections import CueDetection
from trailer.domain.film.evidence import CUES, Moment
from trailer.domain.film.gates import Gate
from trailer.domain.film.scenes import Scene
from trailer.domain.film.shots import Shot
from trailer.domain.time.timecode import FrameRange
from trailer.wire.media import dump_media, load_media

SCHEMA_VERSION: Final = 1


def _dump_range(frames: FrameRange) -> list[int]:
    return [frames.start, frames.end]


def _load_range(value: Any) -> FrameRange:
    start, end = value
    return FrameRange(start, end)


def _dump_scene(scene: Scene) -> dict[str, Any]:
    return {
        "index": scene.index,
        "range": _dump_range(scene.range),
        "shots": [scene.first_shot, scene.end_shot],
        "concepts": dict(scene.concepts),
        "faces": scene.faces,
        "cutsPerMinute": scene.cuts_per_minute,
    }


def _load_scene(value: Mapping[str, Any]) -> Scene:
    first, end = value["shots"]
    return Scene(
        value["index"],
        _load_range(value["range"]),
        first,
        end,
        dict(value["concepts"]),
        float(value["faces"]),
        float(value["cutsPerMinute"]),
    )


def _dump_moment(moment: Moment) -> list[Any]:
    strengths = [number for pair in moment.strengths for number in pair]
    cues = [number for name, value in moment.cues.items() for number in (CUES.index(name), value)]
    return [moment.range.start, moment.range.end, moment.shot, strengths, cues]


def _load_moment(value: Any, names: Sequence[str]) -> Moment:
    start, end, shot, strengths, cues = value
    pairs = tuple(zip(strengths[::2], map(float, strengths[1::2]), strict=True))
    found = {names[number]: float(level) for number, level in zip(cues[::2], cues[1::2], strict=True)}
    return Moment(FrameRange(start, end), shot, pairs, found)


def _dump_concept(concept: Concept) -> list[Any]:
    return [concept.kind, concept.name, list(concept.parents), list(concept.categories), concept.rarity]


def _load_concept(value: Any) -> Concept:
    kind, name, parents, categories, rarity = value
    return Concept(kind, name, tuple(parents), tuple(categories), float(rarity))


def dump_analysis(analysis: Analysis) -> dict[str, Any]:
    """Write an analysis as JSON values."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "videoId": analysis.video_id,
        "media": dump_media(analysis.media),
        "shots": [[shot.range.start, shot.range.end, shot.confidence] for shot in analysis.shots],
        "cues": [[cue.kind, cue.range.start, cue.range.end, cue.confidence] for cue in analysis.cues],
        "scenes": [_dump_scene(scene) for scene in analysis.scenes],
        "gates": [[gate.code, gate.range.start, gate.range.end] for gate in analysis.gates],
        "content": _dump_range(analysis.content),
        "concepts": [_dump_concept(concept) for concept in analysis.concepts],
        "cueNames": list(CUES),
        "moments": [_dump_moment(moment) for moment in analysis.moments],
        "sensitive": [
            [item.range.start, item.range.end, item.name, item.parent, item.confidence]
            for item in analysis.sensitive
        ],
        "detectors": dict(analysis.detectors),
        "missing": dict(analysis.missing),
        "warnings": list(analysis.warnings),
        "words": None if analysis.words is None else [_dump_range(word) for word in analysis.words],
    }


def load_analysis(value: Mapping[str, Any]) -> Analysis:
    """Read what ``dump_analysis`` wrote; the result equals what was written.

    Raises:
        ValueError: written by a schema version that this code does not know.
    """
    names = value.get("cueNames", ())
    if value.get("schemaVersion") != SCHEMA_VERSION or not set(names) <= set(CUES):
        raise ValueError(
            f"This analysis has schema version {value.get('schemaVersion')}; only {SCHEMA_VERSION} can be "
            "read. Analyse the film again."
        )
    return Analysis(
        video_id=value["videoId"],
        media=load_media(value["media"]),
        shots=tuple(
            Shot(index, FrameRange(start, end), float(confidence))
            for index, (start, end, confidence) in enumerate(value["shots"])
        ),
        cues=tuple(
            CueDetection(FrameRange(start, end), kind, float(confidence))
            for kind, start, end, confidence in value["cues"]
        ),
        scenes=tuple(_load_scene(scene) for scene in value["scenes"]),
        gates=tuple(Gate(FrameRange(start, end), code) for code, start, end in value["gates"]),
        content=_load_range(value["content"]),
        concepts=tuple(_load_concept(concept) for concept in value["concepts"]),
        moments=tuple(_load_moment(moment, names) for moment in value["moments"]),
        sensitive=tuple(
            SensitiveRange(FrameRange(start, end), name, parent, float(confidence))
            for start, end, name, parent, confidence in value["sensitive"]
        ),
        detectors=dict(value["detectors"]),
        warnings=tuple(value["warnings"]),
        missing=dict(value.get("missing", {})),
        words=_load_words(value.get("words")),
    )


def _load_words(value: Any) -> tuple[FrameRange, ...] | None:
    """Spoken units; analyses of before there was speech evidence have none."""
    return None if value is None else tuple(_load_range(word) for word in value)
