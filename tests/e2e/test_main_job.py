"""The main job on the deployed stacks: a film goes in, trailers come out, and the rows say so."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from cli import queries
from cli.target import Deployment

PROFILES = ("action_enthusiast", "romance")
MAX_SECONDS = 15


@dataclass(frozen=True)
class Cut:
    """The film after one run: where its trailers are and what it is called."""

    video_id: str
    folder: Path
    said: str


def decoded_frames(path: Path) -> int:
    """Decode every frame; a broken file raises."""
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def audio_seconds(path: Path) -> float:
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        return sum(frame.samples for frame in container.decode(audio=0)) / rate


@pytest.fixture(scope="session")
def runs() -> dict[str, Cut]:
    """The one run that the tests of this module look at, made by the first of them."""
    return {}


@pytest.fixture
def cut(runs: dict[str, Cut], film: Any, trailer: Any, tmp_path_factory: pytest.TempPathFactory) -> Cut:
    if "cut" not in runs:
        out = tmp_path_factory.mktemp("trailers out")
        wishes = [word for profile in PROFILES for word in ("--profile", profile)]
        answer = trailer("run", film.path, *wishes, "--max-duration", str(MAX_SECONDS), "--out", out)
        assert answer.code == 0, answer.err
        (folder,) = (entry for entry in out.iterdir() if entry.name != "sample")
        runs["cut"] = Cut(folder.name, folder, answer.out)
    return runs["cut"]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_trailer_is_a_film_that_keeps_its_limit(
    cut: Cut, film: Any, deployment: Deployment, profile: str
) -> None:
    record = queries.trailer(deployment.catalogue, cut.video_id, profile, 1)
    assert record is not None
    renditions = sorted((cut.folder / profile).glob("*.mp4"))
    assert renditions
    for rendition in renditions:
        frames = decoded_frames(rendition)
        assert frames <= MAX_SECONDS * film.rate
        assert frames == record["frames"]
        assert audio_seconds(rendition) <= MAX_SECONDS + 0.1
    # A limit met by an empty trailer would be no use.
    assert record["frames"] >= 0.5 * record["maxFrames"]


@pytest.mark.parametrize("profile", PROFILES)
def test_no_black_bars_or_credits_are_in_a_trailer(cut: Cut, film: Any, profile: str) -> None:
    plan = json.loads((cut.folder / profile / "plan.json").read_text(encoding="utf-8"))
    shown = {frame for clip in plan["clips"] for frame in range(*clip["source"])}
    assert shown
    assert not shown & film.forbidden_frames()


@pytest.mark.parametrize("profile", PROFILES)
def test_the_file_is_what_was_planned_without_black_and_as_loud_as_ordered(
    cut: Cut, trailer: Any, profile: str
) -> None:
    answer = trailer("evaluate", cut.folder / profile / "plan.json", "--json")
    measured = {row["key"]: row.get("value") for row in map(json.loads, answer.out.splitlines())}
    assert measured["render_length"] == 0, answer.err
    assert measured["black_in_render"] == 0
    assert measured["loudness_error"] <= 1


@pytest.mark.parametrize("profile", PROFILES)
def test_a_trailer_comes_with_its_explanation_and_its_lists(cut: Cut, profile: str) -> None:
    folder = cut.folder / profile
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "sample film.mp4" in page
    assert "<script src" not in page
    assert (folder / "trailer.edl").read_text(encoding="utf-8").startswith("TITLE:")
    assert json.loads((folder / "trailer.otio").read_text(encoding="utf-8"))["OTIO_SCHEMA"] == "Timeline.1"


def test_the_answer_names_files_rows_price_and_times(cut: Cut) -> None:
    for profile in PROFILES:
        assert str(cut.folder / profile / "report.html") in cut.said
        assert f"TRAILER#{profile}#0001" in cut.said
    assert "On Amazon's AWS this costs about $" in cut.said
    assert "analysis" in cut.said
    assert "rendering" in cut.said


def test_the_catalogue_has_the_film_its_scenes_and_its_trailers(
    cut: Cut, film: Any, deployment: Deployment
) -> None:
    record = queries.video(deployment.catalogue, cut.video_id)
    assert record is not None
    assert record["status"] == "COMPLETED"
    assert record["key"] == film.path.name
    assert record["media"]["frameCount"] == film.truth["frameCount"]
    assert record["cost"] > 0
    scenes = queries.scenes(deployment.catalogue, cut.video_id)
    assert [queries.scene_number(scene) for scene in scenes] == list(range(record["sceneCount"]))
    assert len(queries.shots(deployment.catalogue, cut.video_id)) == record["shotCount"]
    assert {row["profileId"] for row in queries.trailers(deployment.catalogue, cut.video_id)} == set(PROFILES)
    assert {row["status"] for row in queries.jobs_of_video(deployment.jobs, record)} == {"DONE"}


def test_scenes_are_found_by_what_they_show(cut: Cut, deployment: Deployment, trailer: Any) -> None:
    concepts = queries.concepts(deployment.catalogue, cut.video_id)
    assert concepts
    best = max(concepts, key=lambda row: row["score"])

    answer = trailer("scenes", "--concept", best["concept"], "--json")

    assert answer.code == 0, answer.err
    found = [json.loads(line) for line in answer.out.splitlines()]
    assert (cut.video_id, best["record"]) in [(row["videoId"], row["record"]) for row in found]
    assert [row["score"] for row in found] == sorted((row["score"] for row in found), reverse=True)


def test_another_trailer_needs_no_new_analysis(
    cut: Cut, deployment: Deployment, trailer: Any, tmp_path: Path
) -> None:
    analyse = deployment.outputs["AnalyseVideoStateMachineArn"]

    def analyses() -> int:
        return len(deployment.stepfunctions.list_executions(stateMachineArn=analyse)["executions"])

    before = analyses()
    answer = trailer(
        "request",
        cut.video_id,
        "--profile",
        "romance",
        "--max-duration",
        "8",
        "--format",
        "mp4+hls",
        "--out",
        tmp_path,
    )

    assert answer.code == 0, answer.err
    assert analyses() == before
    record = queries.trailer(deployment.catalogue, cut.video_id, "romance", 2)
    assert record is not None
    assert (record["status"], record["maxFrames"]) == ("PUBLISHED", 192)
    playlist = tmp_path / cut.video_id / "romance" / "hls" / "trailer.m3u8"
    assert decoded_frames(playlist) == record["frames"]


def test_a_finished_film_can_be_asked_about(cut: Cut, trailer: Any) -> None:
    assert trailer("status", cut.video_id).code == 0
    listed = trailer("videos", "--status", "completed")
    assert cut.video_id in listed.out
    assert "romance" in trailer("trailers", cut.video_id).out


def test_a_second_deployment_of_the_same_sources_does_nothing(environment: Any, trailer: Any) -> None:
    before = (environment.state_dir / "deployment.json").stat().st_mtime_ns
    assert trailer("up").code == 0
    assert (environment.state_dir / "deployment.json").stat().st_mtime_ns == before
