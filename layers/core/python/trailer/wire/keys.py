"""Where results live in the results bucket."""

from __future__ import annotations


def detection_page(video_id: str, detector: str, page: int) -> str:
    """One page of a detector's answer, counted from 0."""
    return f"videos/{video_id}/detections/{detector}/page-{page:05d}.json.gz"


def detection_index(video_id: str, detector: str) -> str:
    """How many pages there are; written last, so that its presence means completeness."""
    return f"videos/{video_id}/detections/{detector}/index.json"


def analysis(video_id: str) -> str:
    """Shots, scenes and evidence of a film."""
    return f"videos/{video_id}/analysis.json.gz"


def proxy(content_id: str, settings: str) -> str:
    """The prefix of the H.264 copy that Rekognition reads; MediaConvert adds ``.mp4``.

    Films with equal bytes share it. ``settings`` names how it was made, so that
    another way of making it never finds an old one.
    """
    return f"videos/{content_id}/proxy/{settings}"


def trailer(video_id: str, profile_id: str, version: int) -> str:
    """The folder of one trailer, with its final slash."""
    return f"videos/{video_id}/trailers/{profile_id}/{version:04d}/"
