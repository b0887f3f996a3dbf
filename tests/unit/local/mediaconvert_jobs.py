"""Job settings for tests, in botocore's member names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from local.mediaconvert.render import Render, Written
from local.mediaconvert.source import describe
from local.mediaconvert.spec import read_settings
from local.mediaconvert.supported import refuse_unsupported
from local.mediaconvert.timeline import Source, lay_out

ROLE = "arn:aws:iam::123456789012:role/render"
SELECTOR = "Audio Selector 1"


def timecode(frame: int, nominal: int) -> str:
    """Non-drop timecode of a frame."""
    seconds, part = divmod(frame, nominal)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{part:02}"


def clip_input(url: str, start: int, end: int, nominal: int, **more: Any) -> dict[str, Any]:
    """An input of one clip, frames ``[start, end)``, sound from the first track."""
    clipping = {"StartTimecode": timecode(start, nominal), "EndTimecode": timecode(end - 1, nominal)}
    return {**whole_input(url, **more), "InputClippings": [clipping]}


def whole_input(url: str, **more: Any) -> dict[str, Any]:
    """A whole file, sound from the first track."""
    selector = {"Tracks": [1], "DefaultSelection": "DEFAULT"}
    return {"FileInput": url, "TimecodeSource": "ZEROBASED", "AudioSelectors": {SELECTOR: selector}, **more}


def h264(width: int | None = None, height: int | None = None, **more: Any) -> dict[str, Any]:
    """A video description; ``more`` goes into the H.264 settings."""
    settings = {
        "RateControlMode": "QVBR",
        "MaxBitrate": 2_000_000,
        "QualityTuningLevel": "SINGLE_PASS",
        "GopSize": 1.0,
        "GopSizeUnits": "SECONDS",
        **more,
    }
    size = {name: value for name, value in (("Width", width), ("Height", height)) if value}
    return {**size, "CodecSettings": {"Codec": "H_264", "H264Settings": settings}}


def aac(mode: str = "CODING_MODE_2_0", **more: Any) -> list[dict[str, Any]]:
    """One AAC track; ``more`` goes into the audio description."""
    settings = {"Bitrate": 128_000, "CodingMode": mode, "SampleRate": 48_000}
    return [{"AudioSourceName": SELECTOR, "CodecSettings": {"Codec": "AAC", "AacSettings": settings}, **more}]


def mp4(
    modifier: str | None, video: dict[str, Any], audio: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """An MP4 output."""
    output: dict[str, Any] = {"ContainerSettings": {"Container": "MP4"}, "VideoDescription": video}
    if modifier:
        output["NameModifier"] = modifier
    if audio:
        output["AudioDescriptions"] = audio
    return output


def file_group(destination: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    """A file group."""
    settings = {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {"Destination": destination}}
    return {"OutputGroupSettings": settings, "Outputs": list(outputs)}


def hls_group(destination: str, *outputs: dict[str, Any], seconds: int = 2) -> dict[str, Any]:
    """An HLS group of outputs that were written as MP4 ones."""
    hls = {"Destination": destination, "SegmentLength": seconds, "MinSegmentLength": 0}
    settings = {"Type": "HLS_GROUP_SETTINGS", "HlsGroupSettings": hls}
    packaged = [{**output, "ContainerSettings": {"Container": "M3U8"}} for output in outputs]
    return {"OutputGroupSettings": settings, "Outputs": packaged}


def captures(destination: str, every: int, most: int, width: int, height: int) -> dict[str, Any]:
    """Frame captures, one each ``every`` seconds."""
    settings = {"FramerateNumerator": 1, "FramerateDenominator": every, "MaxCaptures": most, "Quality": 80}
    codec = {"Codec": "FRAME_CAPTURE", "FrameCaptureSettings": settings}
    video = {"Width": width, "Height": height, "CodecSettings": codec}
    return file_group(destination, {"ContainerSettings": {"Container": "RAW"}, "VideoDescription": video})


def job(inputs: list[dict[str, Any]], *groups: dict[str, Any]) -> dict[str, Any]:
    """Job settings."""
    return {"Inputs": inputs, "OutputGroups": list(groups)}


def simple_job() -> dict[str, Any]:
    """A valid job of two clips and one MP4."""
    inputs = [clip_input("s3://films/a.mp4", 10, 20, 25), clip_input("s3://films/a.mp4", 0, 5, 25)]
    return job(inputs, file_group("s3://results/trailer", mp4("_144p", h264(256, 144), aac())))


def render(settings: dict[str, Any], films: dict[str, Path], folder: Path) -> list[Written]:
    """Render a job from local files by their URLs, as the runner does."""
    refuse_unsupported(settings)
    spec = read_settings(settings)
    sources = {url: Source(path, url, describe(path, url)) for url, path in films.items()}
    segments = lay_out(spec.inputs, lambda item: sources[item.url])
    return Render(spec, segments, folder / "render").run(lambda share: None)
