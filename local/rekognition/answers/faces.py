"""GetFaceDetection and GetCelebrityRecognition.

Emotions, age, gender, landmarks and pose are left out: nothing here knows
them. Celebrities need a model too, so the list is empty and says nothing about
who is in the film.
"""

from __future__ import annotations

from typing import Any

from local.rekognition.answers.measured import Measured
from local.rekognition.answers.smpte import milliseconds


def metadata_answer(measured: Measured, _request: dict[str, Any]) -> dict[str, Any]:
    """Everything of the answer but the list, the paging and the job's own members."""
    return {"VideoMetadata": measured.video_metadata()}


def face_rows(measured: Measured) -> list[dict[str, Any]]:
    """All faces by time, the larger first."""
    rate = measured.rate
    return [
        {"Timestamp": milliseconds(row["frame"], rate), "Face": _face(face)}
        for row in measured.read("faces")["rows"]
        for face in row["faces"]
    ]


def _face(face: dict[str, float]) -> dict[str, Any]:
    return {
        "BoundingBox": {side.title(): round(face[side], 6) for side in ("width", "height", "left", "top")},
        "Quality": {"Brightness": round(face["brightness"], 4), "Sharpness": round(face["sharpness"], 4)},
        "Confidence": round(face["confidence"], 4),
    }
