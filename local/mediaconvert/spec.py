"""The render that a job's settings describe, as types; everything here was validated before."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from local.mediaconvert.errors import JobError


@dataclass(frozen=True, slots=True)
class Remix:
    """Gains in dB, one row for each output channel; -60 is silence."""

    rows: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class AudioSelector:
    """Which audio of an input is meant; ``tracks`` count the audio tracks from 1."""

    tracks: tuple[int, ...]
    language: str | None
    offset_seconds: Fraction
    remix: Remix | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input: an object and the clips of it, each with inclusive timecodes or None for an end."""

    url: str
    clips: tuple[tuple[str | None, str | None], ...]
    timecode_source: str
    timecode_start: str | None
    rotate: str
    selectors: dict[str, AudioSelector]


@dataclass(frozen=True, slots=True)
class Normalization:
    """Loudness target; levels in LKFS and dBFS."""

    gated: bool
    correct: bool
    target: float
    true_peak: float
    gate: float


@dataclass(frozen=True, slots=True)
class AudioSpec:
    """One audio track of an output; equal specs are encoded once."""

    source: str
    channels: int | None
    """None follows the first input's channel count."""
    bitrate: int
    sample_rate: int
    remix: Remix | None
    normalization: Normalization | None
    language: str | None
    language_follows_input: bool


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """One picture encoding; equal specs are encoded once. ``codec`` holds the H.264 settings, sorted."""

    width: int | None
    height: int | None
    scaling: str
    sharpness: int
    colour_metadata: bool
    codec: tuple[tuple[str, Any], ...]
    to_sdr: bool = False

    def setting(self, name: str, default: Any = None) -> Any:
        """A member of the codec settings, or ``default``."""
        return dict(self.codec).get(name, default)


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One output: ``kind`` is MP4, HLS or JPEG."""

    kind: str
    modifier: str
    extension: str | None
    video: VideoSpec | None
    audio: tuple[AudioSpec, ...]
    faststart: bool
    brand: str | None
    segment_modifier: str


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """One output group; ``upload`` are the extra arguments of S3 uploads."""

    kind: str
    destination: str
    upload: tuple[tuple[str, str], ...]
    segment_seconds: int
    segments_follow_gop: bool
    integer_durations: bool
    with_resolution: bool
    outputs: tuple[OutputSpec, ...]


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Inputs in order and output groups; ``follow`` is the position of the input that sets defaults.

    ``deinterlace`` holds for all outputs: each picture is decoded once for all of them.
    """

    inputs: tuple[InputSpec, ...]
    groups: tuple[GroupSpec, ...]
    follow: int
    deinterlace: bool


def read_settings(settings: dict[str, Any]) -> JobSpec:
    """The render that validated and supported settings ask for.

    Raises:
        JobError: 1040 for a combination that can't be rendered.
    """
    inputs = tuple(_input(item) for item in settings["Inputs"])
    follow = settings.get("FollowSource", 1) - 1
    if follow >= len(inputs):
        raise JobError(JobError.SETTINGS, f"/followSource: there is no input {follow + 1}.")
    groups = tuple(_group(item) for item in settings["OutputGroups"])
    return JobSpec(inputs, groups, follow, _deinterlaces(settings))


def _deinterlaces(settings: dict[str, Any]) -> bool:
    """Whether interlaced pictures are made progressive; MediaConvert leaves them combed unless it is told to.

    Raises:
        JobError: 1040, some outputs ask for it and others don't.
    """
    wishes = {
        "Deinterlacer" in output["VideoDescription"].get("VideoPreprocessors", {})
        for group in settings["OutputGroups"]
        for output in group["Outputs"]
        if "VideoDescription" in output
    }
    if len(wishes) > 1:
        raise JobError(
            JobError.SETTINGS,
            "/outputGroups: a deinterlacer in some outputs only is not supported by the local MediaConvert.",
        )
    return True in wishes


def _input(item: dict[str, Any]) -> InputSpec:
    if "FileInput" not in item:
        raise JobError(
            JobError.SETTINGS, "/inputs: a video generator is not supported by the local MediaConvert."
        )
    return InputSpec(
        url=item["FileInput"],
        clips=tuple(
            (clip.get("StartTimecode"), clip.get("EndTimecode")) for clip in item.get("InputClippings", [])
        ),
        timecode_source=item.get("TimecodeSource", "EMBEDDED"),
        timecode_start=item.get("TimecodeStart"),
        rotate=item.get("VideoSelector", {}).get("Rotate", "DEGREE_0"),
        selectors={name: _selector(value) for name, value in item.get("AudioSelectors", {}).items()},
    )


def _selector(item: dict[str, Any]) -> AudioSelector:
    by_language = item.get("SelectorType", "TRACK") == "LANGUAGE_CODE"
    language = item.get("CustomLanguageCode") or item.get("LanguageCode")
    return AudioSelector(
        tracks=() if by_language else tuple(item.get("Tracks", [1])),
        language=language.lower() if by_language and language else None,
        offset_seconds=Fraction(item.get("Offset", 0), 1000),
        remix=_remix(item.get("RemixSettings")),
        is_default=item.get("DefaultSelection") == "DEFAULT",
    )


def _remix(item: dict[str, Any] | None) -> Remix | None:
    if not item or not item.get("ChannelMapping", {}).get("OutputChannels"):
        return None
    channels = item["ChannelMapping"]["OutputChannels"]
    rows = tuple(
        tuple(map(float, row.get("InputChannelsFineTune") or row.get("InputChannels", [])))
        for row in channels
    )
    return Remix(rows)


def _group(item: dict[str, Any]) -> GroupSpec:
    settings = item["OutputGroupSettings"]
    hls = settings["Type"] == "HLS_GROUP_SETTINGS"
    own = settings["HlsGroupSettings" if hls else "FileGroupSettings"]
    s3 = own.get("DestinationSettings", {}).get("S3Settings", {})
    return GroupSpec(
        kind=settings["Type"],
        destination=own["Destination"],
        upload=tuple(_upload_arguments(s3).items()),
        segment_seconds=own.get("SegmentLength", 10),
        segments_follow_gop=own.get("SegmentLengthControl") == "GOP_MULTIPLE",
        integer_durations=own.get("ManifestDurationFormat") == "INTEGER",
        with_resolution=own.get("StreamInfResolution") != "EXCLUDE",
        outputs=tuple(_output(output, hls) for output in item["Outputs"]),
    )


def _upload_arguments(s3: dict[str, Any]) -> dict[str, str]:
    arguments = {}
    encryption = s3.get("Encryption", {})
    if "EncryptionType" in encryption:
        sse = {"SERVER_SIDE_ENCRYPTION_S3": "AES256", "SERVER_SIDE_ENCRYPTION_KMS": "aws:kms"}
        arguments["ServerSideEncryption"] = sse[encryption["EncryptionType"]]
    if "KmsKeyArn" in encryption:
        arguments["SSEKMSKeyId"] = encryption["KmsKeyArn"]
    if "StorageClass" in s3:
        arguments["StorageClass"] = s3["StorageClass"]
    return arguments


def _output(item: dict[str, Any], hls: bool) -> OutputSpec:
    video = _video(item["VideoDescription"]) if "VideoDescription" in item else None
    container = item["ContainerSettings"]["Container"]
    capture = video is not None and item["VideoDescription"]["CodecSettings"]["Codec"] == "FRAME_CAPTURE"
    kind = "JPEG" if capture else {"MP4": "MP4", "M3U8": "HLS"}.get(container)
    if kind is None or (kind == "HLS") != hls or (kind != "JPEG" and video is None):
        raise JobError(
            JobError.SETTINGS, f"/outputGroups: container {container} can't hold that output here."
        )
    mp4 = item["ContainerSettings"].get("Mp4Settings", {})
    return OutputSpec(
        kind=kind,
        modifier=item.get("NameModifier", ""),
        extension=item.get("Extension"),
        video=video,
        audio=tuple(_audio(audio) for audio in item.get("AudioDescriptions", [])),
        faststart=mp4.get("MoovPlacement", "PROGRESSIVE_DOWNLOAD") == "PROGRESSIVE_DOWNLOAD",
        brand=mp4.get("Mp4MajorBrand"),
        segment_modifier=item.get("OutputSettings", {}).get("HlsSettings", {}).get("SegmentModifier", ""),
    )


def _video(item: dict[str, Any]) -> VideoSpec:
    codec = item["CodecSettings"]
    own = codec.get("H264Settings") or codec.get("FrameCaptureSettings") or {}
    flat = {name: value for name, value in own.items() if not isinstance(value, dict)}
    flat.update(own.get("QvbrSettings", {}))
    return VideoSpec(
        width=item.get("Width"),
        height=item.get("Height"),
        scaling=item.get("ScalingBehavior", "DEFAULT"),
        sharpness=item.get("Sharpness", 50),
        colour_metadata=item.get("ColorMetadata", "INSERT") == "INSERT",
        codec=tuple(sorted(flat.items())),
        to_sdr="ColorCorrector" in item.get("VideoPreprocessors", {}),
    )


_CHANNELS = {"CODING_MODE_1_0": 1, "CODING_MODE_2_0": 2, "CODING_MODE_5_1": 6}


def _audio(item: dict[str, Any]) -> AudioSpec:
    aac = item["CodecSettings"]["AacSettings"]
    language = item.get("CustomLanguageCode") or item.get("LanguageCode")
    return AudioSpec(
        source=item.get("AudioSourceName", "Audio Selector 1"),
        channels=_CHANNELS.get(aac["CodingMode"]),
        bitrate=aac.get("Bitrate", 96000),
        sample_rate=aac["SampleRate"],
        remix=_remix(item.get("RemixSettings")),
        normalization=_normalization(item.get("AudioNormalizationSettings")),
        language=language.lower() if language else None,
        language_follows_input=item.get("LanguageCodeControl", "FOLLOW_INPUT") == "FOLLOW_INPUT",
    )


def _normalization(item: dict[str, Any] | None) -> Normalization | None:
    if item is None:
        return None
    ungated = item.get("Algorithm", "ITU_BS_1770_1") == "ITU_BS_1770_1"
    return Normalization(
        gated=not ungated,
        correct=item.get("AlgorithmControl", "CORRECT_AUDIO") == "CORRECT_AUDIO",
        target=item.get("TargetLkfs", -24.0 if ungated else -23.0),
        true_peak=item.get("TruePeakLimiterThreshold", 0.0),
        gate=item.get("CorrectionGateLevel", -70),
    )
