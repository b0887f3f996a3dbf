"""What Probe refuses is the film's fault; what AWS refuses is not."""

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from trailer.aws.mediaconvert import MediaConvertTranscoder
from trailer.errors import AccessRefusedError, ServiceBusyError, UnreadableVideoError, UploadVanishedError


@pytest.fixture
def stub():
    client = boto3.client(
        "mediaconvert",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )
    with Stubber(client) as stubber:
        yield stubber


@pytest.mark.parametrize(
    ("code", "status", "ours"),
    [
        ("BadRequestException", 400, UnreadableVideoError),
        ("UnprocessableEntityException", 422, UnreadableVideoError),
        ("NotFoundException", 404, UploadVanishedError),
        ("TooManyRequestsException", 429, ServiceBusyError),
        ("InternalServerErrorException", 500, ServiceBusyError),
        ("ForbiddenException", 403, AccessRefusedError),
    ],
)
def test_probe_refusals_have_our_names(stub, code, status, ours):
    stub.add_client_error("probe", code, "why", status)
    with pytest.raises(ours):
        MediaConvertTranscoder(stub.client).probe("s3://bucket/film.mp4")


def test_what_mediaconvert_says_of_a_file_is_passed_on(stub):
    """Which code stands for what is not documented: a refused key would look like a damaged film."""
    stub.add_client_error("probe", "BadRequestException", "Unable to decrypt: access denied.", 400)
    with pytest.raises(UnreadableVideoError, match=r"MediaConvert says: Unable to decrypt: access denied\.$"):
        MediaConvertTranscoder(stub.client).probe("s3://bucket/film.mp4")


def test_a_probe_names_the_file(stub):
    stub.add_response("probe", {"ProbeResults": []}, {"InputFiles": [{"FileUrl": "s3://bucket/ü +.mp4"}]})
    assert MediaConvertTranscoder(stub.client).probe("s3://bucket/ü +.mp4")["ProbeResults"] == []
