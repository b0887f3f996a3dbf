"""Whatever is uploaded ends in a terminal record with a sentence, and `trailer` ends with it too."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from cli import queries
from cli.target import Deployment
from tests.unit.local.mediaconvert_films import make_film, numbers_of, remuxed

QUICK = {"x265-params": "log-level=none", "preset": "ultrafast"}


def empty(path: Path, film: Path) -> None:
    path.touch()


def text(path: Path, film: Path) -> None:
    path.write_text("This is a shopping list.\n" * 100)


def truncated(path: Path, film: Path) -> None:
    whole = film.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])


def truncated_foreign(path: Path, film: Path) -> None:
    """The same packets in Matroska, which needs a proxy, cut in the middle."""
    whole = remuxed(film, path.with_name("whole.mkv")).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def sound_only(path: Path, film: Path) -> None:
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=48000, layout="mono")
        for second in range(30):
            tone = np.sin(np.arange(48000) / 20).astype(np.float32)[None, :]
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, second * 48000, Fraction(1, 48000)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def whole(path: Path, film: Path) -> None:
    path.write_bytes(film.read_bytes())


@pytest.mark.parametrize(
    ("make", "wishes", "says"),
    [
        pytest.param(empty, [], "empty", id="zero bytes"),
        pytest.param(text, [], "video", id="text with a film's name"),
        # The header of both promises a whole film: only reading it shows the truth.
        pytest.param(truncated, ["--max-duration", "5"], "truncated or damaged", id="cut short"),
        pytest.param(
            truncated_foreign, ["--max-duration", "5"], "damaged, cut short", id="cut short, with a proxy"
        ),
        pytest.param(sound_only, [], "picture", id="no video track"),
        pytest.param(
            whole, ["--max-duration", "20"], "nothing to choose from", id="shorter than its trailer"
        ),
        pytest.param(whole, ["--max-duration", "0"], "max-duration is “0”", id="no duration"),
        pytest.param(whole, ["--max-duration", "abc"], "max-duration is “abc”", id="a word for a duration"),
        pytest.param(whole, ["--profile", "westerns"], "westerns", id="unknown profile"),
        pytest.param(
            whole, ["--language", "日本語"], "target-language is “日本語”", id="a language in its script"
        ),
        pytest.param(whole, ["--max-duration", "5", "--max-cost", "0.01"], "max-cost", id="too expensive"),
    ],
)
def test_a_bad_upload_is_refused_with_a_sentence(
    make: Callable[[Path, Path], None],
    wishes: list[str],
    says: str,
    short_film: Any,
    trailer: Any,
    deployment: Deployment,
    tmp_path: Path,
) -> None:
    path = tmp_path / "bad.mp4"
    make(path, short_film.path)

    answer = trailer("run", path, *wishes, "--no-check", "--out", tmp_path / "out")

    assert answer.code == 1, answer.err
    (verdict,) = [line for line in answer.err.splitlines() if line.startswith("REJECTED: ")]
    assert says in verdict
    assert verdict.endswith((".", ")"))
    assert "Traceback" not in answer.err
    refused = [
        film
        for film in queries.videos_by_status(deployment.catalogue, "REJECTED")
        if film["reason"] in verdict
    ]
    assert refused


@pytest.mark.parametrize("name", ["Épisode 01 (final) + 100% #1.mp4", "映画 🎬.MP4"])
def test_a_film_keeps_its_name(
    name: str, short_film: Any, trailer: Any, deployment: Deployment, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(short_film.path.read_bytes())

    answer = trailer("run", path, "--profile", "comedy", "--max-duration", "5", "--out", tmp_path / "out")

    assert answer.code == 0, answer.err
    (folder,) = (tmp_path / "out").iterdir()
    record = queries.video(deployment.catalogue, folder.name)
    assert record is not None
    assert record["key"] == name
    assert list(folder.glob("comedy/*.mp4"))


def test_a_film_that_rekognition_can_not_read_is_cut_frame_for_frame_by_its_proxy(
    trailer: Any, deployment: Deployment, tmp_path: Path
) -> None:
    times = [slot * 100 // 3 for slot in range(600) if slot % 7 not in (3, 5)]
    film = make_film(
        tmp_path / "telephone.mov", len(times), 30, times=times, codec="libx265", options=QUICK, rotation=90
    )

    answer = trailer("run", film, "--profile", "comedy", "--max-duration", "5", "--out", tmp_path / "out")

    assert answer.code == 0, answer.err
    (folder,) = (tmp_path / "out").iterdir()
    record = queries.video(deployment.catalogue, folder.name)
    assert record is not None
    assert (record["media"]["frameRate"], record["media"]["variableRate"]) == ("24/1", True)
    clips = json.loads((folder / "comedy" / "plan.json").read_text())["clips"]
    planned = [frame for clip in clips for frame in range(*clip["source"])]
    places = [round(time * 24 / 1000) for time in times]
    standing = [max(number for number, at in enumerate(places) if at <= frame) for frame in planned]
    (rendition,) = (folder / "comedy").glob("*.mp4")
    assert numbers_of(rendition, turn=90) == standing
