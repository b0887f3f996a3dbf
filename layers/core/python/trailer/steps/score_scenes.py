"""From pages of detections to an analysed film."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trailer.domain.analysis import analyse
from trailer.ports import Services
from trailer.steps.records import load_video
from trailer.wire import keys
from trailer.wire.analysis import dump_analysis
from trailer.wire.catalogue import (
    CONCEPT_PREFIX,
    SCENE_PREFIX,
    SHOT_PREFIX,
    VIDEO,
)
from trailer.wire.media import load_media
from trailer.wire.rekognition import parse_detections
from trailer.wire.scene_items import analysis_items


def score_scenes(video_id: str, services: Services) -> dict[str, Any]:
    """Analyse a film: the whole analysis to S3, scenes, shots and concepts to the catalogue."""
    video = load_video(video_id, services)
    pages = {detector: _pages(video_id, detector, services) for detector in video["detectors"]}
    media = load_media(video["media"])
    analysis = analyse(video_id, parse_detections(pages, frame_rate=media.frame_rate), media)
    services.results.put_json(keys.analysis(video_id), dump_analysis(analysis))
    written = services.catalogue.replace(
        video_id, (SCENE_PREFIX, SHOT_PREFIX, CONCEPT_PREFIX), analysis_items(analysis)
    )
    services.catalogue.update(
        video_id,
        VIDEO,
        {
            "status": "CUTTING",
            "sceneCount": len(analysis.scenes),
            "shotCount": len(analysis.shots),
            "analysisKey": keys.analysis(video_id),
            "updatedAt": services.clock.now().isoformat(),
        },
    )
    return {"sceneCount": len(analysis.scenes), "shotCount": len(analysis.shots), "records": written}


def _pages(video_id: str, detector: str, services: Services) -> Iterator[Mapping[str, Any]]:
    index = services.results.get_json(keys.detection_index(video_id, detector))
    for page in range(index["pages"]):
        yield services.results.get_json(keys.detection_page(video_id, detector, page))
