"""From pages of detections to an analysed film."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from trailer.domain.film.analysis import analyse
from trailer.domain.film.detections import Detections
from trailer.domain.reasons import explain
from trailer.domain.work.upload import ObjectVersion
from trailer.ports import Services
from trailer.steps.records import load_video
from trailer.wire import keys
from trailer.wire.analysis import dump_analysis
from trailer.wire.catalogue import (
    CONCEPT_PREFIX,
    SCENE_PREFIX,
    SHOT_PREFIX,
    VIDEO,
    source_of,
)
from trailer.wire.events import parse_failure
from trailer.wire.media import load_media
from trailer.wire.rekognition import parse_detections
from trailer.wire.scene_items import analysis_items
from trailer.wire.transcript import names_beside, parse_transcript

_MOST_BYTES: Final = 64 << 20
"""Six hours of talk are 60,000 words, which Transcribe tells in about 20 MB."""


def score_scenes(
    video_id: str, detections: Iterable[Mapping[str, Any]], services: Services
) -> dict[str, Any]:
    """Analyse a film: the whole analysis to S3, scenes, shots and concepts to the catalogue.

    Args:
        video_id: the film.
        detections: what each detector came to: its name, and ``error`` as a Catch has it when the
            film is to do without.
        services: everything outside.
    """
    video = load_video(video_id, services)
    missing = _missing(detections)
    answered = [detector for detector in video["detectors"] if detector not in missing]
    pages = {detector: _pages(video_id, detector, services) for detector in answered}
    media = load_media(video["media"])
    found = parse_detections(pages, frame_rate=media.frame_rate)
    heard, complaints = _with_speech(found, source_of(video), services)
    analysis = analyse(video_id, heard, media, missing)
    analysis = replace(analysis, warnings=(*analysis.warnings, *complaints))
    services.results.put_json(keys.analysis(video_id), dump_analysis(analysis))
    written = services.catalogue.replace(
        video_id, (SCENE_PREFIX, SHOT_PREFIX, CONCEPT_PREFIX), analysis_items(analysis)
    )
    services.catalogue.update(
        video_id,
        VIDEO,
        {
            "sceneCount": len(analysis.scenes),
            "shotCount": len(analysis.shots),
            "analysisKey": keys.analysis(video_id),
            "missingDetections": missing,
            "updatedAt": services.clock.now().isoformat(),
        },
    )
    # A repetition whose first run was only slow must not reopen a record that is final by now.
    # And from this write on the wishes for trailers are fixed: a later sidecar asks for more of them.
    services.catalogue.update_open(video_id, VIDEO, {"status": "CUTTING"})
    fixed = load_video(video_id, services)
    return {
        "videoId": video_id,
        "profileIds": fixed["profileIds"],
        "options": fixed["options"],
        "sceneCount": len(analysis.scenes),
        "shotCount": len(analysis.shots),
        "records": written,
    }


def _with_speech(
    found: Detections, source: ObjectVersion, services: Services
) -> tuple[Detections, tuple[str, ...]]:
    """Detections with what the captions or the transcript beside the film tell, the first that can be read.

    A file that can't be read costs no film its trailer: it is told as a warning.
    """
    complaints = []
    for key in names_beside(source.key):
        body = services.uploads.beside(source, key, _MOST_BYTES + 1)
        if body is None:
            continue
        name = key.rsplit("/", 1)[-1]
        if len(body) > _MOST_BYTES:
            complaints.append(f"{name} is larger than {_MOST_BYTES >> 20} MB; it is not read.")
            continue
        read = parse_transcript(name, body)
        if read.complaint is None:
            names = found.detectors | {"speech"}
            return replace(found, speech=read.spans, detectors=names), tuple(complaints)
        complaints.append(read.complaint)
    return found, tuple(complaints)


def _missing(detections: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Detectors that failed, with the reason for people."""
    failures = {item["detector"]: parse_failure(item["error"]) for item in detections if "error" in item}
    return {name: explain(failure.name, failure.message).sentence for name, failure in failures.items()}


def _pages(video_id: str, detector: str, services: Services) -> Iterator[Mapping[str, Any]]:
    index = services.results.get_json(keys.detection_index(video_id, detector))
    for page in range(index["pages"]):
        yield services.results.get_json(keys.detection_page(video_id, detector, page))
