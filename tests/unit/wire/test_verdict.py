"""Protects: a film that can't be decoded is refused, and a service that failed is not taken for one."""

import pytest

from trailer.errors import DetectionFailedError, UnreadableVideoError
from trailer.wire.verdict import blamed


@pytest.mark.parametrize(
    "message",
    [
        # Known from reports of Rekognition's users.
        "Unsupported codec/format",
        "Unsupported video format",
        # Said by the local Rekognition.
        "The video is empty: its file has zero bytes.",
        "The video could not be read: it is not an MP4 or MOV file, or it is damaged or incomplete.",
        "The file has no video track.",
        "Unsupported container Matroska / WebM: Rekognition Video reads MP4 and MOV files.",
        "Unsupported codec hevc: Rekognition Video reads H.264 video.",
        "The video could not be decoded: it is damaged, encrypted or empty.",
        "The video is truncated or damaged: it promises 20.0 seconds, and only the first 6.6 could be decoded.",
        "The video is damaged: 90 of 240 frames could not be decoded.",
        "The video is longer than 6 hours, the longest that Rekognition Video analyses.",
    ],
)
def test_a_message_about_the_film_blames_the_film(message):
    assert blamed(message) is UnreadableVideoError


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Internal server error",
        "Amazon Rekognition experienced a service issue. Try your call again.",
        "The analysis broke off 2 times without saying why; that is a fault of the service, not of the video.",
        "The video could not be analysed: the local Rekognition has a defect; see its log.",
        "Request timed out while the video was decoded.",
        "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
    ],
)
def test_a_message_about_anything_else_does_not(message):
    assert blamed(message) is DetectionFailedError
