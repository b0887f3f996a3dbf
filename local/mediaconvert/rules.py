"""What CreateJob refuses although the model allows it, so far as AWS documents it.

Sources: the members' own documentation in botocore's model and the MediaConvert user guide. Paths in the
messages are relative to the job settings, as the service prints them.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

from local.mediaconvert.errors import ApiError, bad_request
from local.mediaconvert.timecode import Timecode, TimecodeError

MAX_INPUTS = 150
_ROLE = re.compile(r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$")
_GROUP_SETTINGS = {
    "FILE_GROUP_SETTINGS": "FileGroupSettings",
    "HLS_GROUP_SETTINGS": "HlsGroupSettings",
    "DASH_ISO_GROUP_SETTINGS": "DashIsoGroupSettings",
    "MS_SMOOTH_GROUP_SETTINGS": "MsSmoothGroupSettings",
    "CMAF_GROUP_SETTINGS": "CmafGroupSettings",
}


def check_create_job(request: dict[str, Any]) -> None:
    """Refuse a CreateJob request that AWS would not accept.

    Raises:
        ApiError: BadRequestException, or NotFoundException for a job template.
    """
    if not _ROLE.match(request["Role"]):
        raise bad_request(f"/role: '{request['Role']}' is not the ARN of an IAM role.")
    token = request.get("ClientRequestToken", "")
    if len(token) > 64 or not token.isascii():
        raise bad_request("/clientRequestToken: should be up to 64 ASCII characters.")
    if "JobTemplate" in request:
        raise ApiError("NotFoundException", f"The job template '{request['JobTemplate']}' does not exist.")
    settings = request["Settings"]
    inputs, groups = settings.get("Inputs", []), settings.get("OutputGroups", [])
    _require_items("/inputs", inputs)
    _require_items("/outputGroups", groups)
    if len(inputs) > MAX_INPUTS:
        raise bad_request(f"/inputs: Should have at most {MAX_INPUTS} items")
    for index, job_input in enumerate(inputs):
        _check_input(job_input, f"/inputs/{index}")
    selectors = {name for job_input in inputs for name in job_input.get("AudioSelectors", {})}
    for index, group in enumerate(groups):
        _check_group(group, f"/outputGroups/{index}", selectors)
    _check_frame_captures(groups)


def _require_items(path: str, items: list[Any]) -> None:
    if not items:
        raise bad_request(f"{path}: Should have at least 1 items")


def _require(holder: dict[str, Any], name: str, path: str) -> None:
    if name not in holder:
        raise bad_request(f"{path}: {name[0].lower()}{name[1:]} is a required property")


def _check_input(job_input: dict[str, Any], path: str) -> None:
    if ("FileInput" in job_input) == ("VideoGenerator" in job_input):
        raise bad_request(f"{path}: specify one of fileInput and videoGenerator.")
    clips = []
    for index, clipping in enumerate(job_input.get("InputClippings", [])):
        clips.append(_check_clipping(clipping, f"{path}/inputClippings/{index}"))
    for index, (before, after) in enumerate(pairwise(clips)):
        if before[1] is None or after[0] is None or before[1].sortable >= after[0].sortable:
            raise bad_request(
                f"{path}/inputClippings/{index + 1}: clips of one input must be in chronological order "
                "and can't overlap."
            )


def _check_clipping(clipping: dict[str, str], path: str) -> tuple[Timecode | None, Timecode | None]:
    if not clipping:
        raise bad_request(f"{path}: startTimecode or endTimecode may be left blank, but not both.")
    try:
        start, end = (
            Timecode.parse(clipping[name]) if name in clipping else None
            for name in ("StartTimecode", "EndTimecode")
        )
    except TimecodeError as error:
        raise bad_request(f"{path}: {error}") from error
    if start and end and start.sortable > end.sortable:
        raise bad_request(f"{path}: endTimecode is before startTimecode.")
    return start, end


def _check_group(group: dict[str, Any], path: str, selectors: set[str]) -> None:
    _require(group, "OutputGroupSettings", path)
    settings = group["OutputGroupSettings"]
    _require(settings, "Type", f"{path}/outputGroupSettings")
    own = _GROUP_SETTINGS[settings["Type"]]
    _require(settings, own, f"{path}/outputGroupSettings")
    _require(settings[own], "Destination", f"{path}/outputGroupSettings/{own[0].lower()}{own[1:]}")
    if not re.match(r"^s3://[^/]+/.*$", settings[own]["Destination"]):
        raise bad_request(f"{path}: the destination must name a bucket and a path: s3://bucket/path.")
    outputs = group.get("Outputs", [])
    _require_items(f"{path}/outputs", outputs)
    for index, output in enumerate(outputs):
        _check_output(output, f"{path}/outputs/{index}", selectors)
        packaged = settings["Type"] != "FILE_GROUP_SETTINGS"
        if "NameModifier" not in output and (packaged or len(outputs) > 1):
            raise bad_request(f"{path}/outputs/{index}: nameModifier is a required property")
    _check_unique_names(outputs, path)


def _check_unique_names(outputs: list[dict[str, Any]], path: str) -> None:
    """A frame capture and a video may share a modifier, for their extensions differ."""
    names = Counter(
        (output.get("NameModifier"), output.get("Extension"), _codec(output) == "FRAME_CAPTURE")
        for output in outputs
    )
    for (modifier, _, _), times in names.items():
        if times > 1:
            raise bad_request(f"{path}/outputs: nameModifier '{modifier}' is not unique in its output group.")


def _check_output(output: dict[str, Any], path: str, selectors: set[str]) -> None:
    if "Preset" in output:
        raise ApiError("NotFoundException", f"{path}: the preset '{output['Preset']}' does not exist.")
    _require(output, "ContainerSettings", path)
    _require(output["ContainerSettings"], "Container", f"{path}/containerSettings")
    if "VideoDescription" not in output and not output.get("AudioDescriptions"):
        raise bad_request(f"{path}: an output needs a videoDescription or audioDescriptions.")
    if "VideoDescription" in output:
        _check_video(output["VideoDescription"], f"{path}/videoDescription")
    for index, audio in enumerate(output.get("AudioDescriptions", [])):
        _check_audio(audio, f"{path}/audioDescriptions/{index}", selectors)


def _check_video(video: dict[str, Any], path: str) -> None:
    _require(video, "CodecSettings", path)
    codec = video["CodecSettings"]
    _require(codec, "Codec", f"{path}/codecSettings")
    for side in ("Width", "Height"):
        if video.get(side, 0) % 2:
            raise bad_request(f"{path}/{side.lower()}: {video[side]} is odd; specify an even number.")
    own = {"H_264": "H264Settings", "FRAME_CAPTURE": "FrameCaptureSettings"}.get(codec["Codec"])
    if own:
        _require(codec, own, f"{path}/codecSettings")
    if codec["Codec"] == "H_264":
        _check_h264(codec["H264Settings"], f"{path}/codecSettings/h264Settings")


def _check_h264(h264: dict[str, Any], path: str) -> None:
    mode = h264.get("RateControlMode")
    if mode == "QVBR":
        _require(h264, "MaxBitrate", path)
    elif "Bitrate" not in h264:
        raise bad_request(f"{path}: bitrate is a required property for rate control mode {mode or 'CBR'}.")
    if "QvbrSettings" in h264 and mode != "QVBR":
        raise bad_request(f"{path}/qvbrSettings: use these settings only with rate control mode QVBR.")
    if h264.get("FramerateControl") == "SPECIFIED":
        for name in ("FramerateNumerator", "FramerateDenominator"):
            _require(h264, name, path)
    if h264.get("ParControl") == "SPECIFIED":
        for name in ("ParNumerator", "ParDenominator"):
            _require(h264, name, path)
    if h264.get("GopSizeUnits") == "FRAMES" and h264.get("GopSize", 1.0) % 1:
        raise bad_request(f"{path}/gopSize: a GOP counted in frames is a whole number.")


def _check_audio(audio: dict[str, Any], path: str, selectors: set[str]) -> None:
    _require(audio, "CodecSettings", path)
    _require(audio["CodecSettings"], "Codec", f"{path}/codecSettings")
    if audio["CodecSettings"]["Codec"] == "AAC":
        _require(audio["CodecSettings"], "AacSettings", f"{path}/codecSettings")
        aac = audio["CodecSettings"]["AacSettings"]
        for name in ("CodingMode", "SampleRate"):
            _require(aac, name, f"{path}/codecSettings/aacSettings")
    source = audio.get("AudioSourceName")
    if source is not None and source not in selectors:
        raise bad_request(f"{path}/audioSourceName: no input has an audio selector named '{source}'.")


def _codec(output: dict[str, Any]) -> str | None:
    codec: str | None = output.get("VideoDescription", {}).get("CodecSettings", {}).get("Codec")
    return codec


def _check_frame_captures(groups: list[dict[str, Any]]) -> None:
    """User guide: a job with frame captures also needs an ordinary audio or video output."""
    outputs = [output for group in groups for output in group["Outputs"]]
    captures = [output for output in outputs if _codec(output) == "FRAME_CAPTURE"]
    if captures and len(captures) == len(outputs):
        raise bad_request(
            "/outputGroups: a job with frame captures also needs another audio or video output."
        )
    for output in captures:
        if output["ContainerSettings"]["Container"] != "RAW":
            raise bad_request("/outputGroups: a frame capture has no container; specify the container RAW.")
