"""Films that cannot be analysed are refused with a sentence; damaged ones never crash or hang."""

from __future__ import annotations

from pathlib import Path
from random import Random

import av
import numpy as np
import pytest

from local.rekognition.answers.measured import Measured
from local.rekognition.measure.film import FilmError
from tests.unit.local.mediaconvert_films import make_film, remuxed, tone
from tests.unit.local.rekognition_films import checks, measure, write_film


def refusal(film: Path, folder: Path) -> str:
    with pytest.raises(FilmError) as caught:
        measure(film, folder, "segments")
    assert not (folder / "segments.json").exists()
    return str(caught.value)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "film.mp4"
    pictures = [checks(number) for number in range(240)]
    return write_film(path, pictures, options={"movflags": "+faststart"})


@pytest.mark.parametrize("content", [b"", b"this is no film\n" * 100, bytes(range(256)) * 50])
def test_what_is_no_video_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(content)
    assert "video" in refusal(tmp_path / "film.mp4", tmp_path / "out").lower()


def test_a_truncated_film_is_refused_although_it_opens(good: Path, tmp_path: Path) -> None:
    data = good.read_bytes()
    (tmp_path / "film.mp4").write_bytes(data[: len(data) // 2])
    message = refusal(tmp_path / "film.mp4", tmp_path / "out")
    assert "truncated" in message
    assert "10.0 seconds" in message


def test_a_damaged_middle_loses_frames_and_nothing_else(good: Path, tmp_path: Path) -> None:
    data = bytearray(good.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = b"\xff" * 600
    (tmp_path / "film.mp4").write_bytes(bytes(data))
    try:
        folder = measure(tmp_path / "film.mp4", tmp_path / "out", "segments")
    except FilmError as error:
        assert "damaged" in str(error)
    else:
        assert Measured(folder).read("film")["frames"] == 240


def test_an_encrypted_film_is_refused_as_such(good: Path, tmp_path: Path) -> None:
    remuxed(good, tmp_path / "film.mp4", encrypted=True)
    assert "it is encrypted" in refusal(tmp_path / "film.mp4", tmp_path / "out")


def test_a_film_of_which_half_is_rubbish_is_refused(good: Path, tmp_path: Path) -> None:
    data = bytearray(good.read_bytes())
    quarter = len(data) // 4
    data[quarter : 3 * quarter] = Random(1).randbytes(2 * quarter)
    (tmp_path / "film.mp4").write_bytes(bytes(data))
    assert "frames could not be decoded" in refusal(tmp_path / "film.mp4", tmp_path / "out")


@pytest.mark.parametrize(
    ("codec", "container", "named"), [("libx264", "matroska", "Matroska"), ("mpeg4", "mp4", "mpeg4")]
)
def test_what_rekognition_does_not_read_is_named(
    codec: str, container: str, named: str, tmp_path: Path
) -> None:
    film = write_film(tmp_path / "film.mp4", [checks(n) for n in range(12)], codec=codec, container=container)
    assert named in refusal(film, tmp_path / "out")


def test_sound_other_than_aac_is_refused(tmp_path: Path) -> None:
    sounds = [("stereo", tone([0.1, 0.1]))]
    film = make_film(tmp_path / "film.mp4", 24, 24, sounds=sounds, sound_codec="ac3")
    assert "Unsupported audio codec ac3" in refusal(film, tmp_path / "out")


def test_a_film_without_video_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "film.mp4"), "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48000, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    assert "no video track" in refusal(tmp_path / "film.mp4", tmp_path / "out")


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {0}\n",
    ],
)
def test_a_playlist_named_mp4_does_not_open_another_file(playlist: str, good: Path, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text(playlist.format(good))
    assert "not an MP4 or MOV" in refusal(tmp_path / "film.mp4", tmp_path / "out")


def test_a_silent_film_has_no_audio_metadata(good: Path, tmp_path: Path) -> None:
    assert Measured(measure(good, tmp_path / "out", "segments")).audio_metadata() == []
