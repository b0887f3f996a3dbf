"""The rules of the API that need no film: validation, tokens, pages, limits, timecodes."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from local.rekognition.answers.labels import label_rows
from local.rekognition.answers.smpte import milliseconds, timecode
from local.rekognition.faults import (
    IdempotentParameterMismatchException,
    InvalidPaginationTokenException,
    InvalidParameterException,
    LimitExceededException,
    ProvisionedThroughputExceededException,
    ResourceNotFoundException,
    ThrottlingException,
)
from local.rekognition.jobs import KEPT_SECONDS, SUCCEEDED, Job, Jobs
from local.rekognition.limits import CallRate
from local.rekognition.model import check_input
from local.rekognition.paging import Pages

NTSC = Fraction(30000, 1001)
VIDEO = {"S3Object": {"Bucket": "films", "Name": "a.mp4"}}
GOOD: dict[str, Any] = {"Video": VIDEO, "SegmentTypes": ["SHOT"], "JobTag": "film/segments/1"}


def job(job_id: str, request: dict[str, Any] | None = None, **changes: Any) -> Job:
    values: dict[str, Any] = {
        "job_id": job_id,
        "operation": "StartSegmentDetection",
        "detector": "segments",
        "request": request or GOOD,
        "film": "film",
        "version": None,
        "created": time.time(),
    }
    return Job(**(values | changes))


def test_a_good_request_passes() -> None:
    check_input("StartSegmentDetection", GOOD)


@pytest.mark.parametrize(
    ("operation", "change", "named"),
    [
        ("StartSegmentDetection", {"Video": None}, "Video"),
        ("StartSegmentDetection", {"SegmentTypes": ["TECHNICAL_CUES"]}, "enum value set"),
        ("StartSegmentDetection", {"SegmentTypes": "SHOT"}, "must be a list"),
        ("StartSegmentDetection", {"JobTag": "with space"}, "JobTag"),
        ("StartSegmentDetection", {"JobTag": "x" * 1025}, "JobTag"),
        ("StartSegmentDetection", {"ClientRequestToken": "x" * 65}, "ClientRequestToken"),
        ("StartSegmentDetection", {"Filters": {"ShotFilter": {"MinSegmentConfidence": 20}}}, "between 50"),
        ("StartSegmentDetection", {"Fitlers": {}}, "Unknown member"),
        ("StartSegmentDetection", {"Video": {"S3Object": {"Bucket": "a b c", "Name": "x"}}}, "Bucket"),
        (
            "StartSegmentDetection",
            {"NotificationChannel": {"SNSTopicArn": "topic", "RoleArn": "r"}},
            "SNSTopicArn",
        ),
        (
            "StartSegmentDetection",
            {"NotificationChannel": {"RoleArn": "arn:aws:iam::123456789012:role/r"}},
            "null",
        ),
        ("GetSegmentDetection", {"JobId": "x", "Video": None, "SegmentTypes": None}, "Unknown member"),
    ],
)
def test_bad_members_are_named(operation: str, change: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidParameterException, match="validation error") as caught:
        check_input(operation, GOOD | change)
    assert named in str(caught.value)


def test_more_than_a_thousand_results_are_clamped_not_refused() -> None:
    check_input("GetSegmentDetection", {"JobId": "a" * 64, "MaxResults": 5000})
    with pytest.raises(InvalidParameterException):
        check_input("GetSegmentDetection", {"JobId": "a" * 64, "MaxResults": 0})


def test_pages_cover_the_list_once(tmp_path: Path) -> None:
    pages, rows, got, request = Pages(tmp_path), list(range(2500)), [], {}
    while True:
        page, token = Pages(tmp_path).cut(rows, request, "job")
        got += page
        if token is None:
            break
        assert len(token) <= 255
        request = {"NextToken": token}
    assert got == rows
    assert len(pages.cut(rows, {"MaxResults": 5000}, "job")[0]) == 1000


@pytest.mark.parametrize(
    "forge", [lambda token: "nonsense", lambda token: token[:-8] + "AAAAAAAA", lambda token: "é"]
)
def test_a_forged_page_token_is_refused(forge: Any, tmp_path: Path) -> None:
    _, token = Pages(tmp_path).cut(list(range(20)), {"MaxResults": 5}, "job")
    with pytest.raises(InvalidPaginationTokenException):
        Pages(tmp_path).cut(list(range(20)), {"NextToken": forge(token)}, "job")


def test_a_page_token_belongs_to_its_list(tmp_path: Path) -> None:
    _, token = Pages(tmp_path).cut(list(range(20)), {"MaxResults": 5}, "one job")
    with pytest.raises(InvalidPaginationTokenException):
        Pages(tmp_path).cut(list(range(20)), {"NextToken": token}, "another job")


def test_jobs_survive_a_restart(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, 20)
    done, open_job = jobs.add(job("a" * 64), "user"), jobs.add(job("b" * 64), "user")
    jobs.end(done, SUCCEEDED)
    again = Jobs(tmp_path, 20)
    assert again.get("a" * 64, "StartSegmentDetection").status == SUCCEEDED
    assert [item.job_id for item in again.unfinished()] == [open_job.job_id]


def test_a_repeated_token_is_the_same_job_and_other_parameters_are_refused(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, 20)
    request = GOOD | {"ClientRequestToken": "once"}
    first = jobs.add(job("a" * 64, request), "user")
    assert jobs.add(job("b" * 64, dict(request)), "user") is first
    with pytest.raises(IdempotentParameterMismatchException):
        jobs.repeated("StartSegmentDetection", request | {"JobTag": "other"})
    assert jobs.repeated("StartFaceDetection", request) is None


def test_open_jobs_are_limited_and_ended_ones_do_not_count(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, 2)
    first = jobs.add(job("a" * 64), "arn:aws:iam::123456789012:root")
    jobs.add(job("b" * 64), "arn:aws:iam::123456789012:root")
    with pytest.raises(LimitExceededException, match="2 open Jobs for User arn:.*:root Maximum limit: 2"):
        jobs.add(job("c" * 64), "arn:aws:iam::123456789012:root")
    jobs.end(first, SUCCEEDED)
    jobs.add(job("c" * 64), "user")


def test_a_job_is_found_only_by_its_own_operation_and_for_seven_days(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, 20)
    jobs.add(job("a" * 64), "user")
    jobs.add(job("b" * 64, created=time.time() - KEPT_SECONDS - 1), "user")
    for job_id, operation in (
        ("a" * 64, "StartFaceDetection"),
        ("b" * 64, "StartSegmentDetection"),
        ("c" * 64, "x"),
    ):
        with pytest.raises(ResourceNotFoundException):
            jobs.get(job_id, operation)


def test_calls_are_throttled_per_operation_and_let_through_again() -> None:
    now = [100.0]
    rate = CallRate(5, "ThrottlingException", clock=lambda: now[0])
    for _ in range(5):
        rate.take("StartFaceDetection")
    with pytest.raises(ThrottlingException):
        rate.take("StartFaceDetection")
    rate.take("StartLabelDetection")
    now[0] += 0.2
    rate.take("StartFaceDetection")


def test_the_throttling_error_can_be_chosen() -> None:
    rate = CallRate(1, "ProvisionedThroughputExceededException", clock=lambda: 0.0)
    rate.take("GetFaceDetection")
    with pytest.raises(ProvisionedThroughputExceededException):
        rate.take("GetFaceDetection")


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [
        (299, NTSC, "00:00:09;29"),
        (1799, NTSC, "00:00:59;29"),
        (1800, NTSC, "00:01:00;02"),
        (17981, NTSC, "00:09:59;29"),
        (17982, NTSC, "00:10:00;00"),
        (3600, Fraction(60000, 1001), "00:01:00;04"),
        (149, Fraction(25), "00:00:05:24"),
        (86400, Fraction(24000, 1001), "01:00:00:00"),
    ],
)
def test_timecodes(frame: int, rate: Fraction, text: str) -> None:
    assert timecode(frame, rate) == text


def test_milliseconds_are_rounded_down_as_in_the_guides_sample() -> None:
    assert [milliseconds(frame, NTSC) for frame in (299, 300, 449)] == [9976, 10010, 14981]


class Looks:
    """Measurements of a film that shows sky at 0, 2 and 4 seconds and again at 30."""

    rate = Fraction(25)

    def read(self, name: str) -> dict[str, Any]:
        if name == "segments":
            return {"shots": [[0, 107, 99.0], [107, 1000, 99.0]]}
        sky = {"sky": 60.0, "grass": 0.0, "vegetation": 0.0, "darkness": 0.0}
        clear = dict.fromkeys(sky, 0.0)
        looks = [(0, sky), (50, sky | {"sky": 70.0}), (100, sky), (125, clear), (750, sky)]
        return {"rows": [{"frame": frame, "people": [], "scenery": scenery} for frame, scenery in looks]}


def test_label_segments_join_neighbouring_looks_and_end_with_the_shot() -> None:
    rows = [r for r in label_rows(Looks(), {}, "TIMESTAMP", "SEGMENTS") if r["Label"]["Name"] == "Sky"]  # type: ignore[arg-type]
    assert [(row["StartTimestampMillis"], row["EndTimestampMillis"]) for row in rows] == [
        (0, 4280),
        (30000, 30500),
    ]
    assert rows[0]["Label"]["Confidence"] == 70.0
    assert "Instances" not in rows[0]["Label"]


def test_labels_bring_their_ancestors_and_obey_filters() -> None:
    def names(request: dict[str, Any]) -> set[str]:
        return {row["Label"]["Name"] for row in label_rows(Looks(), request, "NAME", "TIMESTAMPS")}  # type: ignore[arg-type]

    def only(**filters: list[str]) -> dict[str, Any]:
        return {"Settings": {"GeneralLabels": filters}}

    assert names({}) == {"Sky", "Nature", "Outdoors"}
    assert names(only(LabelInclusionFilters=["Sky"])) == {"Sky"}
    assert names(only(LabelCategoryExclusionFilters=["Nature and Outdoors"])) == set()
    assert names({"MinConfidence": 65.0}) == {"Sky", "Nature", "Outdoors"}
    assert names({"MinConfidence": 75.0}) == set()
