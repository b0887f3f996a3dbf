"""Options that are not ASCII come through S3 metadata as they were typed."""

import hashlib
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from cli.wishes import metadata
from trailer.aws.s3 import S3Uploads
from trailer.domain.work.upload import ObjectVersion, UploadHead


@pytest.mark.parametrize(
    "value", ["30", "日本語", "romance,été", "a b=c", "=?utf-8?b?broken", "=?nonsense?q?x?="]
)
def test_what_the_command_line_writes_the_pipeline_reads(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="films")
        client.put_object(Bucket="films", Key="film.mp4", Body=b"12345", Metadata=metadata({"ban": value}))

        head = S3Uploads(client).head(ObjectVersion("films", "film.mp4", None))

    assert head == UploadHead(5, hashlib.md5(b"12345").hexdigest(), {"ban": value})
