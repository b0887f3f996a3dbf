"""boto3 talks to the local MediaConvert as it does to the real one: over HTTP, with objects in S3."""

from __future__ import annotations

import json
import threading
import time

import boto3
import pytest
from botocore.config import Config

from local.late import Late
from local.mediaconvert.operations import Operations
from local.mediaconvert.server import Server
from local.mediaconvert.service import Service
from tests.contract.loopback_s3 import loopback_s3
from tests.unit.local.mediaconvert_films import make_film, numbers_of, tone
from tests.unit.local.mediaconvert_jobs import (
    ROLE,
    aac,
    captures,
    clip_input,
    file_group,
    h264,
    hls_group,
    job,
    mp4,
    simple_job,
    whole_input,
)

pytestmark = pytest.mark.enable_socket
NAME = "films/a film + ü#1%.mp4"
FILM = f"s3://{NAME}"


class Running:
    """A service on a free port, its S3, and a client."""

    def __init__(self, s3, state):
        self.s3, self.state = s3, state
        self.service = Service(state)
        self.server = Server(0, Late(lambda: Operations(self.service)))
        self.service.start()
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.client = boto3.client(
            "mediaconvert",
            endpoint_url=f"http://127.0.0.1:{self.server.port}",
            config=Config(retries={"max_attempts": 1}),
        )

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.service.stop()

    def create(self, settings, **more):
        return self.client.create_job(Role=ROLE, Settings=settings, **more)["Job"]

    def finished(self, job_id, seconds=60):
        for _ in range(seconds * 50):
            found = self.client.get_job(Id=job_id)["Job"]
            if found["Status"] in {"COMPLETE", "ERROR", "CANCELED"}:
                return found
            time.sleep(0.02)
        pytest.fail("the job did not end")

    def states(self, job_id):
        entries = [json.loads(event)["Entries"][0] for event in self.s3.events]
        details = [json.loads(entry["Detail"]) for entry in entries]
        assert {entry["Source"] for entry in entries} <= {"aws.mediaconvert"}
        return {detail["status"]: detail for detail in details if detail["jobId"] == job_id}


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "a.mp4"
    return make_film(path, 150, 25, sounds=[("stereo", tone([0.2, 0.2]))]).read_bytes()


@pytest.fixture
def running(tmp_path, monkeypatch, film):
    with loopback_s3() as s3:
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_MEDIACONVERT"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_ENDPOINT_URL", s3.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3.put(NAME, film)
        service = Running(s3, tmp_path)
        yield service
        service.stop()


def trailer(url=FILM):
    output = mp4("_144p", h264(256, 144), aac())
    return job(
        [clip_input(url, 100, 130, 25), clip_input(url, 10, 35, 25)],
        file_group("s3://results/v/trailer", output),
        hls_group("s3://results/v/hls/trailer", output, seconds=1),
        captures("s3://results/v/thumbnail", 1, 2, 128, 72),
    )


def test_should_make_every_file_of_a_trailer_job_where_aws_puts_it(running, tmp_path):
    created = running.create(trailer(), UserMetadata={"videoId": "a-1"})
    assert created["Status"] == "SUBMITTED"
    assert created["Arn"] == f"arn:aws:mediaconvert:us-east-1:123456789012:jobs/{created['Id']}"
    done = running.finished(created["Id"])
    assert (done["Status"], done["JobPercentComplete"], done.get("ErrorMessage")) == ("COMPLETE", 100, None)
    assert done["Timing"]["SubmitTime"] <= done["Timing"]["StartTime"] <= done["Timing"]["FinishTime"]
    size = {"WidthInPx": 256, "HeightInPx": 144}
    assert done["OutputGroupDetails"][0] == {"OutputDetails": [{"DurationInMs": 2200, "VideoDetails": size}]}
    made = {name: kind for name, (_, kind) in running.s3.objects.items() if name.startswith("results/")}
    assert made == {
        "results/v/trailer_144p.mp4": "video/mp4",
        "results/v/hls/trailer.m3u8": "application/vnd.apple.mpegurl",
        "results/v/hls/trailer_144p.m3u8": "application/vnd.apple.mpegurl",
        "results/v/hls/trailer_144p_00001.ts": "video/mp2t",
        "results/v/hls/trailer_144p_00002.ts": "video/mp2t",
        "results/v/hls/trailer_144p_00003.ts": "video/mp2t",
        "results/v/thumbnail.0000000.jpg": "image/jpeg",
        "results/v/thumbnail.0000001.jpg": "image/jpeg",
    }
    path = tmp_path / "out.mp4"
    path.write_bytes(running.s3.objects["results/v/trailer_144p.mp4"][0])
    assert numbers_of(path) == [*range(100, 130), *range(10, 35)]
    master = running.s3.objects["results/v/hls/trailer.m3u8"][0].decode()
    assert "RESOLUTION=256x144" in master
    assert master.splitlines()[-1] == "trailer_144p.m3u8"
    media = running.s3.objects["results/v/hls/trailer_144p.m3u8"][0].decode().splitlines()
    assert [line for line in media if line.endswith(".ts")] == [f"trailer_144p_0000{n}.ts" for n in (1, 2, 3)]


def test_should_tell_eventbridge_about_every_state(running):
    created = running.create(trailer(), UserMetadata={"videoId": "a-1"})
    running.finished(created["Id"])
    states = {}
    for _ in range(100):
        states = running.states(created["Id"])
        if "COMPLETE" in states:
            break
        time.sleep(0.02)
    assert list(states) == ["PROGRESSING", "INPUT_INFORMATION", "COMPLETE"]
    complete = states["COMPLETE"]
    assert complete["userMetadata"] == {"videoId": "a-1"}
    assert complete["queue"].endswith(":queues/Default")
    files, stream, _ = complete["outputGroupDetails"]
    assert files["outputDetails"][0]["outputFilePaths"] == ["s3://results/v/trailer_144p.mp4"]
    assert files["outputDetails"][0]["durationInMs"] == 2200
    assert stream["playlistFilePaths"] == ["s3://results/v/hls/trailer.m3u8"]


def test_should_download_a_film_once_for_all_its_jobs(running):
    for _ in range(2):
        assert running.finished(running.create(trailer())["Id"])["Status"] == "COMPLETE"
    assert len([name for method, name, _ in running.s3.requests if (method, name) == ("GET", NAME)]) == 1


def test_should_return_the_same_job_for_the_same_token(running):
    first = running.create(simple_job(), ClientRequestToken="once")
    again = running.create(trailer(), ClientRequestToken="once")
    other = running.create(simple_job(), ClientRequestToken="twice")
    assert again["Id"] == first["Id"] != other["Id"]
    assert again["Settings"] == first["Settings"]


def damaged(data):
    return data[: len(data) // 3]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda s3, film: s3.objects.pop(NAME), 1404, "there is no such object"),
        (lambda s3, film: s3.put(NAME, b"no film"), 1010, "Can't open"),
        (lambda s3, film: s3.put(NAME, damaged(film)), 1010, "Can't open"),
    ],
)
def test_should_end_a_job_that_can_not_read_its_input_in_error(running, film, change, code, words):
    change(running.s3, film)
    created = running.create(trailer())
    failed = running.finished(created["Id"])
    assert (failed["Status"], failed["ErrorCode"]) == ("ERROR", code)
    assert words in failed["ErrorMessage"]
    assert not [name for name in running.s3.objects if name.startswith("results/")]


def test_should_refuse_clips_that_are_not_in_the_film(running):
    settings = job([clip_input(FILM, 140, 151, 25)], file_group("s3://results/t", mp4("_a", h264())))
    failed = running.finished(running.create(settings)["Id"])
    assert (failed["Status"], failed["ErrorCode"]) == ("ERROR", 1060)


def test_should_leave_nothing_behind_when_one_file_can_not_be_stored(running):
    running.s3.refused_writes.add("results/v/hls/trailer.m3u8")
    failed = running.finished(running.create(trailer())["Id"])
    assert (failed["Status"], failed["ErrorCode"]) == ("ERROR", 1401)
    assert not [name for name in running.s3.objects if name.startswith("results/")]


def test_should_refuse_a_setting_that_it_does_not_honour(running):
    settings = simple_job()
    settings["Inputs"][0]["Crop"] = {"Width": 64, "Height": 64, "X": 0, "Y": 0}
    failed = running.finished(running.create(settings)["Id"])
    assert (failed["Status"], failed["ErrorCode"]) == ("ERROR", 1040)
    assert "/Inputs/0/Crop" in failed["ErrorMessage"]


def test_should_answer_a_bad_request_with_the_exception_of_the_model(running):
    settings = simple_job()
    settings["OutputGroups"][0]["Outputs"] = []
    with pytest.raises(running.client.exceptions.BadRequestException) as caught:
        running.create(settings)
    assert (
        caught.value.response["Error"]["Message"] == "/outputGroups/0/outputs: Should have at least 1 items"
    )
    with pytest.raises(running.client.exceptions.NotFoundException):
        running.client.get_job(Id="1-abc")
    with pytest.raises(running.client.exceptions.NotFoundException):
        running.client.get_queue(Name="Fast")


def test_should_cancel_a_job_and_keep_it_so(running):
    film = [whole_input(FILM) for _ in range(30)]
    created = running.create(job(film, file_group("s3://results/t", mp4("_a", h264(1280, 720)))))
    running.client.cancel_job(Id=created["Id"])
    assert running.finished(created["Id"])["Status"] == "CANCELED"
    with pytest.raises(running.client.exceptions.ConflictException):
        running.client.cancel_job(Id=created["Id"])


def test_should_list_jobs_by_state_and_page(running):
    ids = [running.create(simple_job())["Id"] for _ in range(3)]
    for job_id in ids:
        running.finished(job_id)
    first = running.client.list_jobs(MaxResults=2, Order="ASCENDING")
    second = running.client.list_jobs(MaxResults=2, Order="ASCENDING", NextToken=first["NextToken"])
    assert [found["Id"] for found in first["Jobs"] + second["Jobs"]] == ids
    assert "NextToken" not in second
    assert {found["Id"] for found in running.client.list_jobs(Status="ERROR")["Jobs"]} == set(ids)


def test_should_have_the_default_queue_and_an_endpoint(running):
    assert running.client.get_queue(Name="Default")["Queue"]["Status"] == "ACTIVE"
    assert [queue["Name"] for queue in running.client.list_queues()["Queues"]] == ["Default"]
    assert str(running.server.port) in running.client.describe_endpoints()["Endpoints"][0]["Url"]


def test_should_know_its_jobs_after_a_restart_and_run_those_left(running):
    done = running.create(trailer())["Id"]
    running.finished(done)
    running.stop()
    waiting = running.service.create_job({"Role": ROLE, "Settings": trailer()}, "123456789012", "us-east-1")
    again = Running(running.s3, running.state)
    try:
        assert again.client.get_job(Id=done)["Job"]["Status"] == "COMPLETE"
        assert again.finished(waiting["Job"]["Id"])["Status"] == "COMPLETE"
    finally:
        again.stop()


def test_should_probe_over_the_wire(running):
    answer = running.client.probe(InputFiles=[{"FileUrl": FILM}])["ProbeResults"][0]
    assert answer["Container"]["Format"] == "mp4"
    assert answer["Container"]["Tracks"][0]["VideoProperties"]["FrameRate"] == {
        "Numerator": 25,
        "Denominator": 1,
    }
    with pytest.raises(running.client.exceptions.NotFoundException):
        running.client.probe(InputFiles=[{"FileUrl": "s3://films/none.mp4"}])
