"""Every call to Rekognition is one that botocore's own model accepts, for each detector of the table."""

import boto3
import pytest
from botocore.config import Config
from botocore.stub import ANY, Stubber

from trailer.aws.rekognition import RekognitionDetections
from trailer.domain.jobs import DetectionJob
from trailer.domain.upload import ObjectVersion, video_id
from trailer.errors import (
    AccessRefusedError,
    DetectionFailedError,
    JobQuotaReachedError,
    ServiceBusyError,
    UnsupportedVideoError,
)
from trailer.wire.detectors import DETECTORS, call_name

SOURCE = ObjectVersion("bucket", "films/ü +%23 映画 🎬.mp4", "v1")
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
ROLE = "arn:aws:iam::123456789012:role/completion"


@pytest.fixture
def stub():
    client = boto3.client(
        "rekognition",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )
    with Stubber(client) as stubber:
        yield stubber


@pytest.fixture
def detections(stub):
    return RekognitionDetections(stub.client, topic_arn=TOPIC, role_arn=ROLE)


def job(detector):
    return DetectionJob(video_id(SOURCE), detector, 1, SOURCE, "token", "2026-01-01T00:00:00+00:00")


@pytest.mark.parametrize("name", DETECTORS)
def test_start_is_legal_for_every_detector(stub, detections, name):
    expected = {
        "Video": {"S3Object": {"Bucket": "bucket", "Name": SOURCE.key, "Version": "v1"}},
        "JobTag": f"{video_id(SOURCE)}/{name}/1",
        "ClientRequestToken": ANY,
        "NotificationChannel": {"SNSTopicArn": TOPIC, "RoleArn": ROLE},
        **DETECTORS[name].start,
    }
    stub.add_response(call_name("start", DETECTORS[name]), {"JobId": "j1"}, expected)
    assert detections.start(job(name)) == "j1"


@pytest.mark.parametrize("name", DETECTORS)
def test_every_page_is_read_in_order(stub, detections, name):
    call = call_name("get", DETECTORS[name])
    base = {"JobId": "j1", "MaxResults": 1000, **DETECTORS[name].get}
    stub.add_response(call, {"JobStatus": "SUCCEEDED", "NextToken": "n1", DETECTORS[name].items: []}, base)
    stub.add_response(
        call, {"JobStatus": "SUCCEEDED", DETECTORS[name].items: []}, {**base, "NextToken": "n1"}
    )
    pages = list(detections.pages(name, "j1"))
    assert len(pages) == 2 and all(DETECTORS[name].items in page for page in pages)


def test_pages_of_a_failed_job_are_refused_with_its_reason(stub, detections):
    stub.add_response("get_face_detection", {"JobStatus": "FAILED", "StatusMessage": "bad codec"})
    with pytest.raises(DetectionFailedError, match="bad codec"):
        list(detections.pages("faces", "j1"))


@pytest.mark.parametrize(
    ("code", "status", "ours"),
    [
        ("LimitExceededException", 400, JobQuotaReachedError),
        ("ProvisionedThroughputExceededException", 400, JobQuotaReachedError),
        ("ThrottlingException", 500, JobQuotaReachedError),
        ("InternalServerError", 500, ServiceBusyError),
        ("AccessDeniedException", 400, AccessRefusedError),
        ("InvalidS3ObjectException", 400, UnsupportedVideoError),
    ],
)
def test_refusals_have_our_names(stub, detections, code, status, ours):
    stub.add_client_error("start_segment_detection", code, "why", status)
    with pytest.raises(ours, match="why"):
        detections.start(job("segments"))
