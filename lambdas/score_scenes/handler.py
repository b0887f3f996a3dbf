"""The ScoreScenes state."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from trailer.runtime import instrumented, services
from trailer.steps.score_scenes import score_scenes


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Turn detections into shots, scenes and evidence, and write them to the catalogue; safe to run twice."""
    return score_scenes(event["videoId"], event.get("detections", ()), services())
