"""Mistakes are told before anything is uploaded, in the pipeline's own words."""

from email.header import decode_header
from pathlib import Path

import pytest

from cli.errors import UsageError
from cli.transfer import captions_beside
from cli.wishes import RefusedFileError, check_file, metadata, wishes


def test_what_was_not_said_is_left_to_the_stage() -> None:
    assert wishes() == {}
    assert wishes(profiles=["romance", "comedy"], max_duration="15") == {
        "profile-ids": "romance,comedy",
        "max-duration": "15",
    }
    assert wishes(every_profile=True) == {"profile-ids": "all"}


def test_an_empty_value_is_kept_to_be_refused() -> None:
    assert wishes(max_duration="") == {"max-duration": ""}


def test_some_profiles_and_all_of_them_contradict() -> None:
    with pytest.raises(UsageError, match="not both"):
        wishes(profiles=["romance"], every_profile=True)


def test_a_film_must_be_a_file(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with pytest.raises(UsageError, match="There is no file"):
        check_file(film)
    with pytest.raises(UsageError, match="is a directory"):
        check_file(tmp_path)
    film.touch()
    with pytest.raises(RefusedFileError, match="empty"):
        check_file(film)
    check_file(film, check_content=False)
    film.write_bytes(b"x")
    check_file(film)


@pytest.mark.parametrize(
    "name", ["a b.mp4", "a+b.mp4", "100%.mp4", "a#b?.mp4", "Épisode.mp4", "映画.mp4", "🎬.mp4", "-x.mp4"]
)
def test_names_that_people_give_are_no_mistake(tmp_path: Path, name: str) -> None:
    film = tmp_path / name
    film.write_bytes(b"x")
    check_file(film)


def test_metadata_is_ascii_whatever_was_typed() -> None:
    said = {"profile-ids": "romantique-é", "ban": "映画" * 60, "max-duration": "30"}

    written = metadata(said)

    assert all(value.isascii() and "\n" not in value for value in written.values())
    assert written["max-duration"] == "30"
    for name, value in said.items():
        (decoded, charset), *rest = decode_header(written[name])
        assert rest == []
        assert (decoded.decode(charset or "ascii") if isinstance(decoded, bytes) else decoded) == value


def test_more_metadata_than_s3_keeps_is_refused_before_the_upload() -> None:
    with pytest.raises(UsageError, match=r"trailer\.json"):
        metadata({"pin": "0:01-0:02," * 300})


def test_captions_beside_a_film_are_those_of_its_own_name(tmp_path: Path) -> None:
    for name in ("film.mp4", "film.vtt", "film.mp4.srt", "other.srt", "film.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in captions_beside(tmp_path / "film.mp4")] == ["film.vtt", "film.mp4.srt"]
