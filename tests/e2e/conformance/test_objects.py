"""Reading films: ranges, versions, large bodies."""

import os
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.conformance.conftest import Emulator

FILM = os.urandom(3_000_000)


@pytest.fixture(scope="module")
def s3(emulator: Emulator) -> Any:
    return emulator.client("s3")


@pytest.fixture(scope="module")
def versions(s3: Any) -> tuple[str, str, str]:
    """A bucket with two versions of one film: its name, the older version, the newer."""
    bucket = f"films-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="film.mp4", Body=FILM)["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="film.mp4", Body=FILM[::-1])["VersionId"]
    return bucket, first, second


@pytest.mark.parametrize("version", [None, 1, 2])
@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-99", 0, 100), ("bytes=2999990-", 2_999_990, 3_000_000), ("bytes=-10", 2_999_990, 3_000_000)],
)
def test_a_range_is_a_part_of_the_asked_version(
    s3: Any, versions: tuple[str, str, str], version: int | None, wanted: str, start: int, end: int
) -> None:
    """The film that was registered is read, part by part, even if a newer one lies over it."""
    options = {} if version is None else {"VersionId": versions[version]}
    found = s3.get_object(Bucket=versions[0], Key="film.mp4", Range=wanted, **options)
    film = FILM if version == 1 else FILM[::-1]
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert found["ContentRange"] == f"bytes {start}-{end - 1}/3000000"
    assert found["Body"].read() == film[start:end]


@pytest.mark.parametrize("version", [None, 1, 2])
def test_a_whole_object_arrives_whole(s3: Any, versions: tuple[str, str, str], version: int | None) -> None:
    options = {} if version is None else {"VersionId": versions[version]}
    found = s3.get_object(Bucket=versions[0], Key="film.mp4", **options)
    assert found["ContentLength"] == 3_000_000
    assert found["Body"].read() == (FILM if version == 1 else FILM[::-1])


@pytest.mark.parametrize("version", [None, 1])
def test_a_range_behind_the_end_is_refused(
    s3: Any, versions: tuple[str, str, str], version: int | None
) -> None:
    options = {} if version is None else {"VersionId": versions[version]}
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=versions[0], Key="film.mp4", Range="bytes=3000000-", **options)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 416


def test_an_empty_object_is_empty(s3: Any, versions: tuple[str, str, str]) -> None:
    s3.put_object(Bucket=versions[0], Key="empty", Body=b"")
    assert s3.get_object(Bucket=versions[0], Key="empty")["Body"].read() == b""
