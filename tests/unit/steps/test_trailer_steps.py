"""The steps between upload and trailer, over a film that is known frame by frame, with the outside in memory."""

from fractions import Fraction

import pytest

from tests.fakes import FakeUploads, fake_services, upload_event
from tests.transcoders import RATE, ProbingTranscoder
from tests.unit.steps.test_detection_jobs import completion
from tests.unit.steps.test_record_failure import lambda_error
from trailer.errors import (
    CostCapExceededError,
    InfeasiblePlanError,
    RenderFailedError,
    UnknownProfileError,
    UnknownVideoError,
    UnreadableVideoError,
    UploadReplacedError,
    UploadVanishedError,
    VideoTooShortError,
)
from trailer.steps.collect_detection import collect_detection
from trailer.steps.complete_video import complete_video
from trailer.steps.plan_trailer import plan_trailer
from trailer.steps.probe_video import probe_video
from trailer.steps.publish_trailer import publish_trailer
from trailer.steps.record_failure import record_failure
from trailer.steps.register_video import register_video
from trailer.steps.resume_detection import resume_detection
from trailer.steps.score_scenes import score_scenes
from trailer.steps.start_detection import start_detection
from trailer.wire.catalogue import source_of
from trailer.wire.media import load_media
from trailer.wire.mediaconvert import trailer_outputs

SHOT_FRAMES = 60
SHOTS = 100


def segments():
    rows = []
    for index in range(SHOTS):
        first, last = index * SHOT_FRAMES, (index + 1) * SHOT_FRAMES - 1
        rows.append(
            {
                "Type": "SHOT",
                "StartFrameNumber": first,
                "EndFrameNumber": last,
                "StartTimestampMillis": first * 1000 // RATE,
                "EndTimestampMillis": last * 1000 // RATE,
                "ShotSegment": {"Index": index, "Confidence": 99.0},
            }
        )
    meta = {"FrameRate": float(RATE), "DurationMillis": SHOTS * SHOT_FRAMES * 1000 // RATE}
    return [
        {"JobStatus": "SUCCEEDED", "VideoMetadata": [meta], "Segments": rows[:50], "NextToken": "n"},
        {"JobStatus": "SUCCEEDED", "VideoMetadata": [meta], "Segments": rows[50:]},
    ]


def labels():
    names = ["Car", "Flower", "Dog", "Food", "Mountain"]
    rows = []
    for index in range(0, SHOTS, 2):
        start = index * SHOT_FRAMES * 1000 // RATE
        rows.append(
            {
                "Timestamp": start,
                "StartTimestampMillis": start,
                "EndTimestampMillis": start + 2000,
                "DurationMillis": 2000,
                "Label": {"Name": names[index // 2 % 5], "Confidence": 95.0, "Parents": [], "Categories": []},
            }
        )
    return [{"JobStatus": "SUCCEEDED", "VideoMetadata": {"FrameRate": float(RATE)}, "Labels": rows}]


def analysed(metadata=None, **overrides):
    services = fake_services(
        uploads=FakeUploads(metadata or {}), **({"transcoder": ProbingTranscoder()} | overrides)
    )
    services.detections.answers.update({"segments": segments(), "labels": labels()})
    film = register_video(upload_event(), "execution-1", services)["videoId"]
    probe = probe_video(film, services)
    assert (probe["needsProxy"], probe["hasProxy"]) == (False, False)
    assert probe["detectors"] == ["segments", "labels"]
    for number, detector in enumerate(("segments", "labels")):
        tag = start_detection(film, detector, "token", services)["jobTag"]
        resume_detection(completion(tag, job_id=f"job-{number}"), services)
        collect_detection(film, detector, services)
    score_scenes(film, [], services)
    return film, services


def render(film, version, services, output_format="mp4"):
    folder = f"videos/{film}/trailers/romance/{version:04d}/"
    media = load_media(services.catalogue.get(film, "VIDEO")["media"])
    for name in trailer_outputs(media, output_format):
        services.results.put_text(folder + name, "x", "video/mp4")
    return folder


def test_a_film_becomes_a_published_trailer_within_its_limit():
    film, services = analysed({"max-duration": "20"})
    wish = services.catalogue.get(film, "VIDEO")["options"]
    planned = plan_trailer(film, "romance", wish, "make-1", services)
    assert planned["version"] == 1
    record = services.catalogue.get(film, "TRAILER#romance#0001")
    assert record["frames"] <= record["maxFrames"] == 20 * RATE
    services.transcoder.rendered = record["frames"]
    folder = render(film, 1, services)
    publish_trailer(film, "romance", 1, "job", services)
    assert services.catalogue.get(film, "TRAILER#romance#0001")["status"] == "PUBLISHED"
    assert f"{folder}report.html" in services.results.objects
    complete_video(film, services)
    video = services.catalogue.get(film, "VIDEO")
    assert video["status"] == "COMPLETED" and video["trailerCount"] == 1 and video["cost"] > 0


def test_a_film_that_was_replaced_meanwhile_gets_no_trailer_of_the_other():
    """MediaConvert reads the newest file of a name; nobody may see another film's pictures under this record."""
    film, services = analysed()
    plan_trailer(film, "romance", {}, "make-1", services)
    services.transcoder.rendered = 1
    render(film, 1, services)
    services.uploads.unnamed = "v2"
    with pytest.raises(UploadReplacedError, match="Another film was uploaded as films/Film.mp4"):
        publish_trailer(film, "romance", 1, "job", services)
    services.uploads.etags["v2"] = services.uploads.head(
        source_of(services.catalogue.get(film, "VIDEO"))
    ).etag
    publish_trailer(film, "romance", 1, "job", services)


def test_another_trailer_in_work_does_not_fail_a_film_that_has_its_own():
    """A late sidecar or a request may ask for one while the film's own are cut."""
    film, services = analysed({"max-duration": "20"})
    version = plan_trailer(film, "romance", {}, "make-1", services)["version"]
    services.transcoder.rendered = 1
    render(film, version, services)
    plan_trailer(film, "romance", {"max-duration": 12}, "make-2", services)
    publish_trailer(film, "romance", version, "job", services)
    assert complete_video(film, services)["trailers"] == 1


def test_a_redriven_film_keeps_no_reason_of_the_failure_before():
    film, services = analysed({"max-duration": "20"})
    stopped = {"Error": "ABORTED", "Cause": "by hand"}
    record_failure("AnalyseVideo", upload_event(), "execution-1", stopped, services)
    assert services.catalogue.get(film, "VIDEO")["reason"]
    planned = plan_trailer(film, "romance", {}, "make-1", services)
    wish = {"videoId": film, "profileId": "romance"}
    record_failure("MakeTrailer", wish, "make-1", stopped, services)
    services.transcoder.rendered = services.catalogue.get(film, "TRAILER#romance#0001")["frames"]
    render(film, planned["version"], services)
    publish_trailer(film, "romance", planned["version"], "job", services)
    complete_video(film, services)
    for record, status in (("VIDEO", "COMPLETED"), ("TRAILER#romance#0001", "PUBLISHED")):
        item = services.catalogue.get(film, record)
        assert item["status"] == status
        assert not {"error", "errorClass", "reason", "action", "announced"} & set(item)


def test_one_profile_that_fails_does_not_take_the_others_with_it():
    film, services = analysed({"profile-ids": "romance,comedy"})
    failed = lambda_error("InfeasiblePlanError", "Nothing is left.")
    record_failure("MakeTrailer", {"videoId": film, "profileId": "comedy"}, "make-2", failed, services)
    with pytest.raises(InfeasiblePlanError, match="Nothing is left"):
        complete_video(film, services)
    record = plan_trailer(film, "romance", {}, "make-1", services)
    services.transcoder.rendered = 1
    render(film, record["version"], services)
    publish_trailer(film, "romance", 1, "job", services)
    complete_video(film, services)
    video = services.catalogue.get(film, "VIDEO")
    assert video["status"] == "COMPLETED" and video["missingTrailers"] == {"comedy": "Nothing is left."}


def test_analysts_find_scenes_shots_and_concepts():
    film, services = analysed()
    scenes = services.catalogue.query(film, "SCENE#")
    assert sum(scene["shotCount"] for scene in scenes) == SHOTS
    assert len(services.catalogue.query(film, "SHOT#")) == SHOTS
    cars = services.catalogue.query(film, "CONCEPT#label#Car#")
    assert cars and all(item["concept"] == "label:Car" and 0 < item["score"] <= 1 for item in cars)
    assert {item["scene"] for item in cars} == {
        scene["scene"] for scene in scenes if "label:Car" in scene["concepts"]
    }


def test_scoring_twice_gives_the_same_records():
    film, services = analysed()
    before = dict(services.catalogue.items), dict(services.results.objects)
    score_scenes(film, [], services)
    for key, item in services.catalogue.items.items():
        assert {**item, "updatedAt": 0} == {**before[0][key], "updatedAt": 0}
    assert services.results.objects == before[1]


def test_the_same_execution_keeps_its_version_and_its_plan_and_another_gets_the_next():
    film, services = analysed()
    first = plan_trailer(film, "romance", {}, "make-1", services)
    assert plan_trailer(film, "romance", {}, "make-1", services) == first
    second = plan_trailer(film, "romance", {}, "make-2", services)
    assert second["version"] == 2
    hashes = {item["planHash"] for item in services.catalogue.query(film, "TRAILER#romance#")}
    assert len(hashes) == 1


def test_pins_are_in_and_bans_are_out():
    film, services = analysed()
    plan_trailer(film, "romance", {"pin": "60-62", "ban": "scene:3"}, "make-1", services)
    banned = services.catalogue.query(film, "SCENE#")[3]
    plan = services.results.get_json(f"videos/{film}/trailers/romance/0001/plan.json")
    clips = [clip["source"] for clip in plan["clips"]]
    assert any(start <= 60 * RATE and end >= 62 * RATE for start, end in clips)
    assert all(end <= banned["startFrame"] or banned["endFrame"] <= start for start, end in clips)


def test_a_trailer_that_came_out_too_long_is_not_published():
    film, services = analysed()
    plan_trailer(film, "romance", {}, "make-1", services)
    render(film, 1, services)
    services.transcoder.rendered = 30 * RATE + 1
    with pytest.raises(RenderFailedError, match="751 frames"):
        publish_trailer(film, "romance", 1, "job", services)


def test_a_trailer_that_was_counted_at_another_rate_is_not_published():
    film, services = analysed()
    plan_trailer(film, "romance", {}, "make-1", services)
    render(film, 1, services)
    services.transcoder.rendered, services.transcoder.rendered_rate = 600, 24
    with pytest.raises(RenderFailedError, match="24 pictures a second, and 25 were planned"):
        publish_trailer(film, "romance", 1, "job", services)


@pytest.mark.parametrize(("frames", "published"), [(750, True), (751, False)])
def test_the_limit_holds_for_hls_too_which_can_not_be_probed(frames, published):
    film, services = analysed()
    plan_trailer(film, "romance", {"output-format": "hls"}, "make-1", services)
    render(film, 1, services, "hls")
    details = [{"OutputDetails": [{"DurationInMs": frames * 1000 // RATE}, {"DurationInMs": 1}]}, {}]
    services.transcoder.job = lambda job_id: {"Id": job_id, "OutputGroupDetails": details}
    if published:
        assert publish_trailer(film, "romance", 1, "job", services)["version"] == 1
    else:
        with pytest.raises(RenderFailedError, match="751 frames"):
            publish_trailer(film, "romance", 1, "job", services)


@pytest.mark.parametrize("error", [UploadVanishedError, UnreadableVideoError])
def test_what_becomes_of_our_own_file_is_no_fault_of_the_film(error):
    """A film would be REJECTED, and its owner asked to upload it again."""
    film, services = analysed()
    plan_trailer(film, "romance", {}, "make-1", services)
    render(film, 1, services)

    def refuse(uri):
        raise error("upload it again")

    services.transcoder.probe = refuse
    with pytest.raises(RenderFailedError, match=r"s3://results/videos/.*is gone or can't be read"):
        publish_trailer(film, "romance", 1, "job", services)


def test_a_missing_file_is_not_published():
    film, services = analysed()
    plan_trailer(film, "romance", {}, "make-1", services)
    with pytest.raises(RenderFailedError, match="missing"):
        publish_trailer(film, "romance", 1, "job", services)


@pytest.mark.parametrize(
    ("metadata", "size", "frames", "error", "words"),
    [
        ({}, 0, 6000, UnreadableVideoError, ["0 bytes"]),
        ({}, 10, 750, VideoTooShortError, ["30.0 s long", "max-duration"]),
        ({"max-cost": "0.5"}, 10, 6000, CostCapExceededError, ["$", "max-cost"]),
    ],
)
def test_what_can_not_be_served_is_refused_before_anything_is_paid(metadata, size, frames, error, words):
    services = fake_services(uploads=FakeUploads(metadata), transcoder=ProbingTranscoder(frames))
    film = register_video(upload_event(size=size), "execution-1", services)["videoId"]
    with pytest.raises(error) as refusal:
        probe_video(film, services)
    assert all(word in str(refusal.value) for word in words)
    assert not services.detections.jobs


def test_a_wish_for_an_unknown_film_or_profile_is_refused():
    film, services = analysed()
    with pytest.raises(UnknownVideoError, match="nothing-0"):
        plan_trailer("nothing-0", "romance", {}, "make-1", services)
    with pytest.raises(UnknownProfileError, match="action_enthusiast"):
        plan_trailer(film, "nobody", {}, "make-1", services)


def test_the_budget_is_floored_to_whole_frames():
    film, services = analysed()
    plan_trailer(film, "romance", {"max-duration": str(Fraction("10.05"))}, "make-1", services)
    assert services.catalogue.get(film, "TRAILER#romance#0001")["maxFrames"] == 251
