"""A job that AWS would refuse is refused here, with the path of what is wrong."""

from __future__ import annotations

import copy

import pytest
from botocore.validate import ParamValidator

from local.mediaconvert import model
from local.mediaconvert.errors import ApiError, JobError
from local.mediaconvert.rules import check_create_job
from local.mediaconvert.supported import refuse_unsupported
from tests.unit.local.mediaconvert_jobs import ROLE, captures, clip_input, h264, job, mp4, simple_job


def wire_request(settings=None):
    request = {"Role": ROLE, "Settings": settings or simple_job()}
    return model.serialize("CreateJobRequest", request)


def refused(request):
    with pytest.raises(ApiError) as caught:
        check_create_job(model.parse("CreateJobRequest", request))
    return caught.value


def test_should_accept_what_boto3_sends_and_give_it_back_unchanged():
    settings = simple_job()
    request = {"Role": ROLE, "Settings": settings}
    assert not ParamValidator().validate(request, model.shape("CreateJobRequest")).has_errors()
    assert model.parse("CreateJobRequest", wire_request()) == request
    check_create_job(request)


@pytest.mark.parametrize(
    ("steps", "value", "message"),
    [
        (["inputs", 0, "timecodeSource"], "ZERO", "/inputs/0/timecodeSource: 'ZERO' should be one of"),
        (["inputs", 1, "fileInput"], "ftp://x", "/inputs/1/fileInput: 'ftp://x' should match the pattern"),
        (["inputs", 0, "fileInput"], 3, "/inputs/0/fileInput: should be string"),
        (["inputs"], {}, "/inputs: should be array"),
        (["inputs", 0, "mute"], True, "/inputs/0: mute is not a property"),
        (
            ["outputGroups", 0, "outputs", 0, "videoDescription", "width"],
            16,
            "videoDescription/width: Should be greater",
        ),
        (["outputGroups", 0, "outputs", 0, "videoDescription", "width"], 40.5, "width: should be integer"),
        (
            ["outputGroups", 0, "outputs", 0, "nameModifier"],
            "",
            "nameModifier: Should have at least 1 characters",
        ),
    ],
)
def test_should_name_the_member_that_the_model_does_not_allow(steps, value, message):
    request = wire_request()
    holder = request["settings"]
    for step in steps[:-1]:
        holder = holder[step]
    holder[steps[-1]] = value
    error = refused(request)
    assert (error.code, error.status) == ("BadRequestException", 400)
    assert message in error.message


def test_should_know_the_range_of_a_double_that_botocore_leaves_out():
    settings = simple_job()
    audio = settings["OutputGroups"][0]["Outputs"][0]["AudioDescriptions"][0]
    audio["AudioNormalizationSettings"] = {"TruePeakLimiterThreshold": -9.0}
    assert (
        "truePeakLimiterThreshold: Should be greater than or equal to -8"
        in refused(wire_request(settings)).message
    )


def test_should_require_role_and_settings():
    assert refused({"settings": {}}).message == "/: role is a required property"
    assert "settings is a required property" in refused({"role": ROLE}).message


def change(settings, *steps, value):
    changed = copy.deepcopy(settings)
    holder = changed
    for step in steps[:-1]:
        holder = holder[step]
    if value is None:
        del holder[steps[-1]]
    else:
        holder[steps[-1]] = value
    return changed


OUTPUT = ("OutputGroups", 0, "Outputs", 0)
CODEC = (*OUTPUT, "VideoDescription", "CodecSettings")
CLIPS = [
    {"StartTimecode": "00:00:02:00", "EndTimecode": "00:00:03:00"},
    {"StartTimecode": "00:00:01:00", "EndTimecode": "00:00:01:10"},
]


@pytest.mark.parametrize(
    ("steps", "value", "message"),
    [
        (("Inputs",), [], "/inputs: Should have at least 1 items"),
        (("OutputGroups",), [], "/outputGroups: Should have at least 1 items"),
        (("OutputGroups", 0, "Outputs"), [], "/outputGroups/0/outputs: Should have at least 1 items"),
        (("Inputs",), [clip_input("s3://b/a.mp4", 0, 5, 25)] * 151, "/inputs: Should have at most 150 items"),
        (("Inputs", 0, "InputClippings"), CLIPS, "chronological order"),
        (("Inputs", 0, "InputClippings"), [CLIPS[0], CLIPS[0]], "can't overlap"),
        (("Inputs", 0, "InputClippings"), [{}], "may be left blank, but not both"),
        (
            ("Inputs", 0, "InputClippings", 0, "EndTimecode"),
            "00:00:00:01",
            "endTimecode is before startTimecode",
        ),
        (("Inputs", 0, "FileInput"), None, "specify one of fileInput and videoGenerator"),
        (
            (*OUTPUT, "ContainerSettings"),
            None,
            "/outputGroups/0/outputs/0: containerSettings is a required property",
        ),
        ((*OUTPUT, "VideoDescription", "Width"), 255, "videoDescription/width: 255 is odd"),
        ((*CODEC, "H264Settings", "MaxBitrate"), None, "h264Settings: maxBitrate is a required property"),
        ((*CODEC, "H264Settings", "RateControlMode"), "CBR", "bitrate is a required property"),
        ((*CODEC, "H264Settings", "ParControl"), "SPECIFIED", "parNumerator is a required property"),
        ((*CODEC, "H264Settings"), None, "codecSettings: h264Settings is a required property"),
        (
            (*OUTPUT, "AudioDescriptions", 0, "AudioSourceName"),
            "Music",
            "no input has an audio selector named 'Music'",
        ),
        (
            ("OutputGroups", 0, "OutputGroupSettings", "FileGroupSettings"),
            None,
            "fileGroupSettings is a required",
        ),
    ],
)
def test_should_refuse_what_aws_documents_beyond_the_model(steps, value, message):
    error = refused(wire_request(change(simple_job(), *steps, value=value)))
    assert error.code == "BadRequestException"
    assert message in error.message


def test_should_refuse_a_role_that_is_no_arn():
    request = wire_request()
    request["role"] = "render"
    assert "is not the ARN of an IAM role" in refused(request).message


def test_should_want_a_modifier_of_its_own_for_every_output_of_a_group():
    settings = simple_job()
    outputs = settings["OutputGroups"][0]["Outputs"]
    outputs.append(mp4("_144p", h264(128, 72)))
    assert "nameModifier '_144p' is not unique" in refused(wire_request(settings)).message
    outputs[1] = mp4(None, h264(128, 72))
    assert "outputs/1: nameModifier is a required property" in refused(wire_request(settings)).message


def test_should_want_another_output_beside_frame_captures():
    settings = job(simple_job()["Inputs"], captures("s3://results/thumb", 1, 5, 128, 72))
    assert "also needs another audio or video output" in refused(wire_request(settings)).message


@pytest.mark.parametrize(
    ("steps", "value", "path"),
    [
        (("Inputs", 0, "Crop"), {"Width": 64, "Height": 64, "X": 0, "Y": 0}, "/Inputs/0/Crop/Width"),
        (("Inputs", 0, "DenoiseFilter"), "ENABLED", "/Inputs/0/DenoiseFilter: ENABLED"),
        ((*CODEC, "Codec"), "H_265", "CodecSettings/Codec: H_265"),
        ((*CODEC, "H264Settings", "InterlaceMode"), "TOP_FIELD", "InterlaceMode: TOP_FIELD"),
        ((*OUTPUT, "VideoDescription", "ScalingBehavior"), "SMART_CROP", "ScalingBehavior: SMART_CROP"),
        ((*OUTPUT, "CaptionDescriptions"), [{"CaptionSelectorName": "x"}], "CaptionDescriptions/0"),
        (
            ("Inputs", 0, "AudioSelectors", "Audio Selector 1", "Pids"),
            [257],
            "AudioSelectors/Audio Selector 1/Pids/0",
        ),
    ],
)
def test_should_refuse_a_setting_that_it_would_have_to_ignore(steps, value, path):
    with pytest.raises(JobError) as caught:
        refuse_unsupported(change(simple_job(), *steps, value=value))
    assert caught.value.code == 1040
    assert path in caught.value.message


def test_should_take_every_setting_of_a_simple_job():
    refuse_unsupported(simple_job())
