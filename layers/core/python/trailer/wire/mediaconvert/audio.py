"""Sound: which track, how many channels, how loud.

Fades at cuts: MediaConvert's model (2017-08-29, read in botocore 1.43) has no
audio fade and no audio crossfade, neither on an input, a clipping, an audio
selector nor an output; "fade" and "transition" occur only for overlaid images
and video overlays, and ``AudioDuration`` pads with silence at the end of the
file only. What protects words at a cut is therefore the planner's choice of
cut points, and the joins are MediaConvert's own.
"""

from __future__ import annotations

from typing import Any, Final

from trailer.domain.film.media import AudioTrack, SourceMedia
from trailer.wire.languages import language_code

TARGET_LKFS: Final = -23.0
"""Integrated loudness of a trailer: EBU R 128."""
TRUE_PEAK: Final = -2.0
"""Highest peak between samples, in decibels relative to full scale."""

_SELECTOR: Final = "Audio Selector 1"
"""The name that MediaConvert expects of the first selector of an input."""

_CHANNEL_MODES: Final = {1: ("CODING_MODE_1_0", 96_000)}
_STEREO: Final = ("CODING_MODE_2_0", 192_000)


def choose_track(media: SourceMedia, target_language: str) -> AudioTrack | None:
    """The first audio track in the wanted language, else the first; None for a silent film."""
    wanted = language_code(target_language)
    in_language = [
        track for track in media.audio_tracks if wanted and language_code(track.language) == wanted
    ]
    return next(iter(in_language or media.audio_tracks), None)


def audio_selectors(track: AudioTrack) -> dict[str, Any]:
    """Select a track by its number: the language codes of files are often wrong, or there twice."""
    selector = {"SelectorType": "TRACK", "Tracks": [track.index], "DefaultSelection": "DEFAULT"}
    return {_SELECTOR: selector}


def trailer_audio(track: AudioTrack | None) -> list[dict[str, Any]]:
    """The sound of one rendition at trailer loudness; empty, and so no sound at all, without a track.

    An output without ``AudioDescriptions`` is a legal, silent output. A gate at
    -70 LKFS keeps the noise of an otherwise silent track from being raised.
    """
    if track is None:
        return []
    loudness = {
        "Algorithm": "ITU_BS_1770_4",
        "AlgorithmControl": "CORRECT_AUDIO",
        "CorrectionGateLevel": -70,
        "LoudnessLogging": "DONT_LOG",
        "PeakCalculation": "TRUE_PEAK",
        "TargetLkfs": TARGET_LKFS,
        "TruePeakLimiterThreshold": TRUE_PEAK,
    }
    return [{**_description(track), "AudioNormalizationSettings": loudness}]


def proxy_audio(media: SourceMedia) -> list[dict[str, Any]]:
    """The first track, as loud as it is: Rekognition tells silent black frames from others."""
    return [_description(track) for track in media.audio_tracks[:1]]


def _description(track: AudioTrack) -> dict[str, Any]:
    """AAC from the selected track; mono stays mono, all else is stereo.

    The coding mode sets the number of channels that are written, and the
    encoder mixes 5.1 and wider down to it. Explicit ``RemixSettings`` would need
    the order of the channels in the decoded track, which differs between codecs
    and which Probe only infers.
    """
    mode, bitrate = _CHANNEL_MODES.get(track.channels, _STEREO)
    return {
        "AudioSourceName": _SELECTOR,
        "AudioTypeControl": "FOLLOW_INPUT",
        "LanguageCodeControl": "FOLLOW_INPUT",
        "CodecSettings": {
            "Codec": "AAC",
            "AacSettings": {
                "Bitrate": bitrate,
                "CodecProfile": "LC",
                "CodingMode": mode,
                "RateControlMode": "CBR",
                "SampleRate": 48_000,
            },
        },
    }
