"""boto3 drives the local Rekognition over loopback, and every answer fits botocore's own shapes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from local.rekognition.settings import PassSettings, ServiceSettings
from local.sample_film import make_sample_film
from tests.contract.loopback_aws import LoopbackAws, loopback_aws
from tests.contract.rekognition_service import assert_fits, ended, output_shape, serving, wait_until

PROJECT = Path(__file__).resolve().parents[2]
CHANNEL = {
    "SNSTopicArn": "arn:aws:sns:us-east-1:123456789012:detections",
    "RoleArn": "arn:aws:iam::123456789012:role/detection",
}
VIDEO = {"S3Object": {"Bucket": "films", "Name": "a film ü+#.mp4"}}
BOTH = ["SHOT", "TECHNICAL_CUE"]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    make_sample_film(path, seconds=24)
    return path


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, film: Path) -> Iterator[LoopbackAws]:
    with loopback_aws() as server:
        server.put("films/a film ü+#.mp4", film)
        for name, value in {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield server


def test_four_detectors_share_one_pass_and_answer_in_botocores_shapes(
    aws: LoopbackAws, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="local.rekognition.passes")
    with serving(tmp_path) as client:
        common = {"Video": VIDEO, "NotificationChannel": CHANNEL}
        started = {
            "GetSegmentDetection": client.start_segment_detection(
                SegmentTypes=BOTH, JobTag="film/segments/1", **common
            ),
            "GetLabelDetection": client.start_label_detection(**common),
            "GetFaceDetection": client.start_face_detection(FaceAttributes="ALL", **common),
            "GetCelebrityRecognition": client.start_celebrity_recognition(**common),
        }
        answers = {
            name: ended(getattr(client, botocore.xform_name(name)), answer["JobId"])
            for name, answer in started.items()
        }
        for name, answer in answers.items():
            assert answer["JobStatus"] == "SUCCEEDED", answer.get("StatusMessage")
            assert len(answer["JobId"]) == 64
            assert answer["Video"] == VIDEO
            assert_fits(answer, output_shape(name), name)
        assert aws.downloads == ["films/a film ü+#.mp4"]
        passes = [record.getMessage() for record in caplog.records if record.getMessage().startswith("Film ")]
        assert len(passes) == 1
        segments = answers["GetSegmentDetection"]
        assert segments["JobTag"] == "film/segments/1"
        assert segments["VideoMetadata"][0]["FrameRate"] == 24.0
        assert segments["AudioMetadata"][0]["NumberOfChannels"] == 2
        assert answers["GetLabelDetection"]["VideoMetadata"]["FrameWidth"] == 854
        assert answers["GetLabelDetection"]["GetRequestMetadata"]["AggregateBy"] == "TIMESTAMPS"
        assert {label["Label"]["Name"] for label in answers["GetLabelDetection"]["Labels"]} >= {
            "Sky",
            "Person",
        }
        assert answers["GetFaceDetection"]["Faces"]
        assert answers["GetCelebrityRecognition"]["Celebrities"] == []
        aggregated = ended(
            client.get_label_detection,
            started["GetLabelDetection"]["JobId"],
            AggregateBy="SEGMENTS",
            SortBy="NAME",
        )
        assert_fits(aggregated, output_shape("GetLabelDetection"))
        names = [row["Label"]["Name"] for row in aggregated["Labels"]]
        assert names == sorted(names)
        assert all("Timestamp" not in row and row["DurationMillis"] >= 0 for row in aggregated["Labels"])


def test_pages_join_to_the_whole_and_a_wrong_token_is_refused(aws: LoopbackAws, tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        job_id = client.start_segment_detection(Video=VIDEO, SegmentTypes=BOTH)["JobId"]
        whole = ended(client.get_segment_detection, job_id)["Segments"]
        got: list[dict[str, Any]] = []
        options: dict[str, Any] = {"MaxResults": 7}
        while True:
            page = client.get_segment_detection(JobId=job_id, **options)
            got += page["Segments"]
            if "NextToken" not in page:
                break
            options["NextToken"] = page["NextToken"]
        assert got == whole
        with pytest.raises(client.exceptions.InvalidPaginationTokenException):
            client.get_segment_detection(JobId=job_id, NextToken="c29tZXRoaW5nIGVsc2U=")


def test_the_completion_is_published_although_sns_fails_at_first(aws: LoopbackAws, tmp_path: Path) -> None:
    aws.failing_publishes = 2
    with serving(tmp_path) as client:
        job_id = client.start_face_detection(Video=VIDEO, NotificationChannel=CHANNEL, JobTag="t/faces/1")[
            "JobId"
        ]
        wait_until(lambda: bool(aws.messages))
    message = json.loads(aws.messages[0]["Message"])
    assert isinstance(message.pop("Timestamp"), int)
    assert message == {
        "JobId": job_id,
        "Status": "SUCCEEDED",
        "API": "StartFaceDetection",
        "JobTag": "t/faces/1",
        "Video": {"S3ObjectName": "a film ü+#.mp4", "S3Bucket": "films"},
    }
    assert aws.messages[0]["TopicArn"] == CHANNEL["SNSTopicArn"]


def test_a_repeated_token_gives_the_same_job_and_no_second_message(aws: LoopbackAws, tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        request = {
            "Video": VIDEO, "SegmentTypes": BOTH, "ClientRequestToken": "once", "NotificationChannel": CHANNEL,
        }  # fmt: skip
        first = client.start_segment_detection(**request)["JobId"]
        assert client.start_segment_detection(**request)["JobId"] == first
        ended(client.get_segment_detection, first)
        assert client.start_segment_detection(**request)["JobId"] == first
        with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
            client.start_segment_detection(**request | {"SegmentTypes": ["SHOT"]})
        wait_until(lambda: bool(aws.messages))
        second = client.start_face_detection(Video=VIDEO, NotificationChannel=CHANNEL)["JobId"]
        wait_until(lambda: len(aws.messages) > 1)
    assert [json.loads(message["Message"])["JobId"] for message in aws.messages] == [first, second]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "zero bytes"), (b"no film at all" * 50, "not an MP4 or MOV"), (None, "truncated")],
)
def test_an_unreadable_film_fails_with_the_reason(
    content: bytes | None, said: str, aws: LoopbackAws, film: Path, tmp_path: Path
) -> None:
    whole = film.read_bytes()
    aws.put("films/bad.mp4", whole[: len(whole) // 2] if content is None else content)
    with serving(tmp_path) as client:
        video = {"S3Object": {"Bucket": "films", "Name": "bad.mp4"}}
        job_id = client.start_label_detection(Video=video, NotificationChannel=CHANNEL)["JobId"]
        answer = ended(client.get_label_detection, job_id)
        assert answer["JobStatus"] == "FAILED"
        assert said in answer["StatusMessage"]
        wait_until(lambda: bool(aws.messages))
    assert json.loads(aws.messages[0]["Message"])["Status"] == "FAILED"


def test_what_is_not_there_or_too_large_is_refused_at_the_start(aws: LoopbackAws, tmp_path: Path) -> None:
    aws.put("films/huge.mp4", b"x")
    aws.pretended_sizes["films/huge.mp4"] = 10 * 1024**3 + 1
    with serving(tmp_path) as client:
        with pytest.raises(client.exceptions.InvalidS3ObjectException, match="Unable to get object metadata"):
            client.start_face_detection(Video={"S3Object": {"Bucket": "films", "Name": "none.mp4"}})
        with pytest.raises(client.exceptions.VideoTooLargeException):
            client.start_face_detection(Video={"S3Object": {"Bucket": "films", "Name": "huge.mp4"}})


def test_limits_and_refusals_arrive_as_botocores_exceptions(aws: LoopbackAws, tmp_path: Path) -> None:
    slow = PassSettings(coalesce_seconds=30)
    settings = ServiceSettings(most_open_jobs=2, start_rate=4, get_rate=0, passes=slow)
    with serving(tmp_path, settings) as client:
        first = client.start_face_detection(Video=VIDEO, ClientRequestToken="again")["JobId"]
        answer = client.get_face_detection(JobId=first)
        assert answer["JobStatus"] == "IN_PROGRESS"
        assert "Faces" not in answer
        client.start_face_detection(Video=VIDEO)
        with pytest.raises(
            client.exceptions.LimitExceededException, match="2 open Jobs for User arn:aws:iam::1234"
        ):
            client.start_face_detection(Video=VIDEO)
        with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
            for _ in range(20):
                client.start_face_detection(Video=VIDEO, ClientRequestToken="again")
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_face_detection(JobId="0" * 64)
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_label_detection(JobId=first)
        with pytest.raises(client.exceptions.InvalidParameterException):
            client.start_label_detection(Video=VIDEO, JobTag="with space")
        with pytest.raises(client.exceptions.AccessDeniedException, match="does not offer DetectText"):
            client.detect_text(Image={"S3Object": {"Bucket": "films", "Name": "x.png"}})


def test_an_interrupted_job_is_taken_up_by_the_next_service(aws: LoopbackAws, tmp_path: Path) -> None:
    with serving(tmp_path, ServiceSettings(passes=PassSettings(coalesce_seconds=30))) as client:
        job_id = client.start_face_detection(Video=VIDEO, NotificationChannel=CHANNEL)["JobId"]
    with serving(tmp_path) as client:
        first = ended(client.get_face_detection, job_id)
        wait_until(lambda: bool(aws.messages))
    with serving(tmp_path) as client:
        assert ended(client.get_face_detection, job_id) == first
    assert len(aws.messages) == 1


def test_the_command_serves_on_loopback_and_ends_on_sigterm(aws: LoopbackAws, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.rekognition", "--port", "0", "--state", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=PROJECT, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        port = int(line.rsplit(":", 1)[1])
        try:
            for path in ("health", "about"):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
                    assert answer.status == 200
            with pytest.raises(urllib.error.HTTPError) as unknown:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", data=b"not json", timeout=10)
            assert unknown.value.headers["x-amzn-ErrorType"] == "SerializationException"
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
