"""Every call to Rekognition is one that botocore's own model accepts, for each detector of the table."""

import re

import boto3
import pytest
from botocore.config import Config
from botocore.stub import ANY, Stubber

from trailer.aws.rekognition import RekognitionDetections
from trailer.domain.work.jobs import DetectionJob
from trailer.domain.work.turns import place
from trailer.domain.work.upload import ObjectVersion, video_id
from trailer.errors import (
    AccessRefusedError,
    DetectionFailedError,
    JobQuotaReachedError,
    ResultForgottenError,
    ServiceBusyError,
    TrailerError,
    UnsupportedVideoError,
)
from trailer.wire.detectors import DETECTORS, call_name, stem_of

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
    film, now = video_id(SOURCE), "2026-01-01T00:00:00+00:00"
    stem = stem_of({"videoId": film, "contentId": "c0ffee"}, detector)
    return DetectionJob(stem, 1, detector, DETECTORS[detector].start, SOURCE, film, film, place(0, now), now)


@pytest.mark.parametrize("name", DETECTORS)
def test_start_is_legal_for_every_detector(stub, detections, name):
    expected = {
        "Video": {"S3Object": {"Bucket": "bucket", "Name": SOURCE.key, "Version": "v1"}},
        "JobTag": job(name).tag,
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
        ("IdempotentParameterMismatchException", 400, TrailerError),
        ("InvalidParameterException", 400, TrailerError),
    ],
)
def test_refusals_have_our_names(stub, detections, code, status, ours):
    stub.add_client_error("start_segment_detection", code, "why", status)
    with pytest.raises(ours, match="why"):
        detections.start(job("segments"))


@pytest.mark.parametrize("name", DETECTORS)
@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("ResourceNotFoundException", ResultForgottenError),
        ("InvalidPaginationTokenException", ServiceBusyError),
    ],
)
def test_what_rekognition_forgets_has_a_name(stub, detections, name, code, ours):
    for ask in (lambda: detections.status(name, "j1"), lambda: list(detections.pages(name, "j1"))):
        stub.add_client_error(call_name("get", DETECTORS[name]), code, "gone", 400)
        with pytest.raises(ours):
            ask()


def test_jobs_are_started_by_the_client_that_does_not_retry(stub):
    class Untouched:
        def __getattr__(self, name):
            raise AssertionError(name)

    stub.add_client_error("start_face_detection", "ProvisionedThroughputExceededException", "slow", 400)
    detections = RekognitionDetections(Untouched(), start_client=stub.client, topic_arn=TOPIC, role_arn=ROLE)
    with pytest.raises(JobQuotaReachedError):
        detections.start(job("faces"))


@pytest.mark.parametrize("name", DETECTORS)
def test_job_tags_are_what_rekognition_accepts(name):
    assert re.fullmatch(r"[a-zA-Z0-9_.\-:+=/]{1,1024}", job(name).tag)
    assert re.fullmatch(r"[a-zA-Z0-9\-_]{1,64}", job(name).request_token)
