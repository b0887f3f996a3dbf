"""What a person is told about the outcome is what the records and the clocks say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli import console, outcome
from cli.commands.films import require_every_trailer
from cli.errors import RefusedError
from cli.execution import ANALYSE_VIDEO, Execution, Part, Progress
from cli.outcome import MATTERS, Clock, describe_failure, describe_length, show_trailers, times
from cli.watching import Watch, drawn_parts
from trailer.domain.reasons import ErrorClass

START = datetime(2026, 11, 21, 12, tzinfo=UTC)

TRAILER = {
    "videoId": "film-1",
    "record": "TRAILER#romance#0002",
    "profileId": "romance",
    "version": 2,
    "status": "PUBLISHED",
    "planKey": "videos/film-1/trailers/romance/0002/plan.json",
    "files": [
        "videos/film-1/trailers/romance/0002/trailer_486p.mp4",
        "videos/film-1/trailers/romance/0002/hls/trailer.m3u8",
        "videos/film-1/trailers/romance/0002/thumbnail.0000000.jpg",
    ],
    "frames": 719,
    "maxFrames": 720,
    "durationSeconds": 29.9583,
    "maxDurationSeconds": 30,
    "clipCount": 14,
    "executionId": "arn:make",
}


def part(name: str, begin: float, end: float, **more: Any) -> Part:
    return Part(name, Progress.DONE, START + timedelta(seconds=begin), START + timedelta(seconds=end), **more)


def test_a_length_is_told_against_its_limit_in_frames() -> None:
    assert describe_length(TRAILER) == "719 of at most 720 frames (29.96 of 30 s), 14 clips"


def test_playable_files_and_the_page_are_named_thumbnails_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("out/film-1/romance")
    rejected = {
        "record": "TRAILER#comedy#0001",
        "profileId": "comedy",
        "status": "REJECTED",
        "reason": "Too little.",
    }
    console.out.cache_clear()

    show_trailers({"TRAILER#romance#0002": folder}, [TRAILER, rejected])

    said = capsys.readouterr().out
    assert str(folder / "trailer_486p.mp4") in said
    assert str(folder / "hls" / "trailer.m3u8") in said
    assert str(folder / "report.html") in said
    assert "thumbnail" not in said
    assert "comedy: REJECTED: Too little." in said


def test_a_failure_is_told_with_its_class_and_what_to_do() -> None:
    record = {
        "status": "REJECTED",
        "reason": "The file has sound but no picture.",
        "errorClass": "file",
        "action": "Upload the complete film again.",
    }
    assert describe_failure(record).splitlines() == [
        "REJECTED: The file has sound but no picture.",
        "Class: file (the film's matter)",
        "What to do: Upload the complete film again.",
    ]
    assert describe_failure({"status": "FAILED"}) == "FAILED: no reason was recorded"


def test_every_class_of_errors_has_words() -> None:
    assert set(MATTERS) == {str(entry) for entry in ErrorClass}


def test_only_published_trailers_are_downloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[str, Path]] = []
    monkeypatch.setattr(
        outcome, "download_trailer", lambda deployment, key, folder: asked.append((key, folder))
    )
    failed = TRAILER | {"record": "TRAILER#comedy#0001", "status": "FAILED"}

    folders = outcome.download(None, [TRAILER, failed], tmp_path)  # type: ignore[arg-type]

    folder = tmp_path / "film-1" / "romance"
    assert asked == [("videos/film-1/trailers/romance/0002/", folder)]
    assert folders == {"TRAILER#romance#0002": folder}


def test_the_parts_of_a_run_add_up_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    execution = Execution("arn", ANALYSE_VIDEO, parts={"Detect": part("Detect", 1, 9)})
    monkeypatch.setattr(
        outcome,
        "spans",
        lambda deployment, arns, state: [(START, START + timedelta(seconds=4))] if arns else [],
    )
    monkeypatch.setattr(console, "elapsed", lambda: 20.0)
    clock = Clock({"environment": 2.0, "upload": 1.0, "download": 0.5})

    seconds = times(None, execution, [TRAILER], clock)  # type: ignore[arg-type]

    assert seconds["analysis"] == 8
    assert seconds["rendering"] == 4
    assert seconds["everything else"] == pytest.approx(4.5)
    assert seconds["whole"] == pytest.approx(sum(took for name, took in seconds.items() if name != "whole"))


def test_states_are_drawn_in_order_with_what_is_inside_them() -> None:
    execution = Execution(
        "arn",
        ANALYSE_VIDEO,
        parts={
            "Detect": part("Detect", 0, 5),
            "RegisterVideo": part("RegisterVideo", 0, 1),
            "Detect/labels": part("labels", 0, 4, inside="Detect"),
        },
    )
    names = [key for key, _ in drawn_parts(execution)]
    assert names[:3] == ["RegisterVideo", "ProbeVideo", "Detect"]
    assert names[3] == "Detect/labels"
    # A proxy and a failure are shown only where they happen, and nothing is to come once it is over.
    assert not {"MakeProxy", "CheckProxy", "RecordFailure"} & set(names)
    execution.status = "FAILED"
    assert [key for key, _ in drawn_parts(execution)] == ["RegisterVideo", "Detect", "Detect/labels"]


def test_without_a_terminal_each_change_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    execution = Execution("arn", ANALYSE_VIDEO)
    running = Part("Detect", began=START)
    execution.parts["Detect"] = running
    with Watch() as watch:
        watch.show(execution)
        watch.show(execution)
        running.progress, running.ended = Progress.DONE, START + timedelta(seconds=5)
        watch.show(execution)
        watch.show(execution)

    lines = capsys.readouterr().err.splitlines()
    assert [line.split("s  ", 1)[1] for line in lines] == ["Detect running", "Detect done (5.0 s)"]


def test_a_film_that_lacks_a_trailer_is_no_success():
    require_every_trailer({"videoId": "film"})
    require_every_trailer({"videoId": "film", "missingTrailers": {}})
    with pytest.raises(RefusedError, match=r"comedy: Nothing is left\."):
        require_every_trailer({"videoId": "film", "missingTrailers": {"comedy": "Nothing is left."}})


def test_one_shot_is_not_one_shots() -> None:
    media = {"durationSeconds": 20, "width": 320, "height": 180, "videoCodec": "AVC"}
    film = {"record": "VIDEO", "media": media, "shotCount": 1, "sceneCount": 2}
    assert outcome._row_detail(film) == "20.0 s, 320×180, AVC, 1 shot in 2 scenes"
    assert describe_length({**TRAILER, "clipCount": 1}).endswith(", 1 clip")
