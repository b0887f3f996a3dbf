"""Pictures: the sizes of the renditions and how each is encoded.

Colours follow the source, but HDR is mapped to SDR: eight bits of PQ or HLG look
washed out on every player, and to Rekognition too.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from trailer.domain.film.media import SourceMedia
from trailer.wire.suitability import MAX_LONG_SIDE

LADDER: Final = (2160, 1080, 720, 480)
"""Short sides of the renditions, in pixels: a portrait film's 1080 is its width."""

PROXY_SHORT_SIDE: Final = 1080
PROXY_MAX_BYTES: Final = 9 * 10**9
"""Rekognition takes 10 GB; six hours of sound and the container take half of the rest."""

_RATE_CONTROL: Final = (
    # Short side up to, QVBR quality level, peak bits a second up to 30 frames a second. After the
    # table of AWS's "Video on Demand on AWS" solution, which has 540 and 360 where we have 480.
    (270, 7, 800_000),
    (360, 7, 1_500_000),
    (480, 7, 3_000_000),
    (540, 7, 3_500_000),
    (720, 8, 6_000_000),
    (1080, 8, 8_500_000),
    (2160, 9, 15_000_000),
)


@dataclass(frozen=True, slots=True)
class Rendition:
    """The size of one output in square pixels; both sides even."""

    width: int
    height: int

    @property
    def short_side(self) -> int:
        """What the rendition is called by: 1080 for 1920 × 1080 and for 1080 × 1920."""
        return min(self.width, self.height)


def renditions(media: SourceMedia) -> tuple[Rendition, ...]:
    """The ladder for a source, largest first: never larger than the source, its shape kept.

    A source below the smallest rung keeps its own size. No side exceeds what
    MediaConvert writes in H.264.
    """
    short = min(media.width, media.height)
    rungs = [rung for rung in LADDER if rung <= short] or [short]
    return tuple(dict.fromkeys(scaled(media, rung) for rung in rungs))


def scaled(media: SourceMedia, short_side: int) -> Rendition:
    """The source brought to a short side, or left as it is where that would enlarge it.

    Short sides round down to even numbers, long sides to the nearest even number
    that is not above the source.
    """
    short, long = sorted((media.width, media.height))
    scale = min(Fraction(1), Fraction(short_side, short), Fraction(MAX_LONG_SIDE, long))
    new_short = 2 * int(short * scale / 2)
    new_long = min(2 * round(long * scale / 2), long - long % 2, MAX_LONG_SIDE)
    return Rendition(new_short, new_long) if media.width < media.height else Rendition(new_long, new_short)


def trailer_video(media: SourceMedia, rendition: Rendition, *, segmented: bool) -> dict[str, Any]:
    """The ``VideoDescription`` of one rendition.

    Args:
        media: the source.
        rendition: the size.
        segmented: for HLS, where AWS asks to leave the GOP to MediaConvert so that it fits the segments.
    """
    quality, bitrate = _rate_control(media, rendition)
    gop: dict[str, Any] = (
        {"GopSizeUnits": "AUTO"} if segmented else {"GopSize": 2.0, "GopSizeUnits": "SECONDS"}
    )
    return _description(media, rendition, quality, bitrate, {**gop, **_stated_rate(media)})


def proxy_video(media: SourceMedia) -> dict[str, Any]:
    """The ``VideoDescription`` of the copy for Rekognition: at most 1080 high, below 10 GB for any length.

    Its rate follows the source, also a variable one: so the copy tells at which
    rate MediaConvert counts the source's frames (``SourceMedia.on_timeline_of``).
    """
    rendition = scaled(media, PROXY_SHORT_SIDE)
    quality, bitrate = _rate_control(media, rendition)
    fits = int(PROXY_MAX_BYTES * 8 / media.duration)
    return _description(
        media, rendition, quality, min(bitrate, fits), {"GopSize": 2.0, "GopSizeUnits": "SECONDS"}
    )


def thumbnail_video(media: SourceMedia, rate: Fraction, captures: int) -> dict[str, Any]:
    """The ``VideoDescription`` of JPEG pictures: the first frame, then ``rate`` pictures a second."""
    size = scaled(media, 360)
    return {
        "Width": size.width,
        "Height": size.height,
        "ScalingBehavior": "STRETCH_TO_OUTPUT",
        "CodecSettings": {
            "Codec": "FRAME_CAPTURE",
            "FrameCaptureSettings": {
                "FramerateNumerator": rate.numerator,
                "FramerateDenominator": rate.denominator,
                "MaxCaptures": captures,
                "Quality": 80,
            },
        },
        **_preprocessors(media),
    }


def _rate_control(media: SourceMedia, rendition: Rendition) -> tuple[int, int]:
    row = next((row for row in _RATE_CONTROL if rendition.short_side <= row[0]), _RATE_CONTROL[-1])
    _, quality, bitrate = row
    return quality, bitrate * 3 // 2 if media.frame_rate > 30 else bitrate


def _description(
    media: SourceMedia, rendition: Rendition, quality: int, bitrate: int, more: dict[str, Any]
) -> dict[str, Any]:
    return {
        "Width": rendition.width,
        "Height": rendition.height,
        # The size has the source's shape up to the even pixel; any other behaviour may pad that with black.
        "ScalingBehavior": "STRETCH_TO_OUTPUT",
        "CodecSettings": {
            "Codec": "H_264",
            "H264Settings": {
                "RateControlMode": "QVBR",
                "QvbrSettings": {"QvbrQualityLevel": quality},
                "MaxBitrate": bitrate,
                "QualityTuningLevel": "SINGLE_PASS_HQ",
                "SceneChangeDetect": "TRANSITION_DETECTION",
                "AdaptiveQuantization": "AUTO",
                "CodecProfile": "HIGH",
                "CodecLevel": "AUTO",
                "EntropyEncoding": "CABAC",
                "InterlaceMode": "PROGRESSIVE",
                "FramerateControl": "INITIALIZE_FROM_SOURCE",
                # Following the source would write an anamorphic source's oblong pixels into every size.
                "ParControl": "SPECIFIED",
                "ParNumerator": 1,
                "ParDenominator": 1,
                **more,
            },
        },
        **_preprocessors(media),
    }


def _stated_rate(media: SourceMedia) -> dict[str, Any]:
    """What a trailer needs beside following the source: nothing, unless the rate is variable.

    Then the rate of the timeline is stated, for clips of a variable rate have
    averages of their own. Pictures are repeated or dropped, never blended.
    """
    if not media.variable_rate:
        return {}
    return {
        "FramerateControl": "SPECIFIED",
        "FramerateNumerator": media.frame_rate.numerator,
        "FramerateDenominator": media.frame_rate.denominator,
        "FramerateConversionAlgorithm": "DUPLICATE_DROP",
    }


def _preprocessors(media: SourceMedia) -> dict[str, Any]:
    steps: dict[str, Any] = {}
    if media.scan_type != "PROGRESSIVE":
        # DEINTERLACE keeps one frame for each frame; ADAPTIVE may undo telecine and so drop some. NORMAL
        # leaves frames alone that are tagged as progressive, and so a film of unknown kind unharmed.
        steps["Deinterlacer"] = {"Algorithm": "INTERPOLATE", "Control": "NORMAL", "Mode": "DEINTERLACE"}
    if media.hdr:
        steps["ColorCorrector"] = {
            "ColorSpaceConversion": "FORCE_709",
            "HdrToSdrToneMapper": "PRESERVE_DETAILS",
        }
    return {"VideoPreprocessors": steps} if steps else {}
