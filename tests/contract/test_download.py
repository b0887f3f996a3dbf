"""What is downloaded of a trailer: every file below its folder, and nothing outside the destination."""

from __future__ import annotations

from pathlib import Path

import pytest
from moto import mock_aws

from cli.target import Deployment
from cli.transfer import download_trailer

FOLDER = "videos/film-1/trailers/romance/0001/"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def download(names: list[str], destination: Path) -> list[Path]:
    outputs = {"ResultsBucketName": "results"}
    deployment = Deployment("dev", outputs, poll_seconds=0, patience_seconds=0, loopback=False)
    with mock_aws():
        deployment.s3.create_bucket(Bucket="results")
        for name in names:
            deployment.s3.put_object(Bucket="results", Key=FOLDER + name, Body=name.encode())
        return download_trailer(deployment, FOLDER, destination)


def test_names_written_to_escape_stay_where_they_are(tmp_path: Path) -> None:
    out = tmp_path / "out"
    written = download(
        ["trailer.mp4", "hls/a.ts", "../../escaped", "//etc/escaped", "hls/../../escaped", ""], out
    )
    assert written == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert written == [out / "hls" / "a.ts", out / "trailer.mp4"]


def test_many_files_at_a_time_are_each_whole_and_in_order(tmp_path: Path) -> None:
    names = [f"hls/{number:05d}.ts" for number in range(40)]
    written = download(names, tmp_path)
    assert [path.read_text() for path in written] == names
