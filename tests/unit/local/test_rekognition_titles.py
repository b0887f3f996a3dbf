"""Titles over the picture are found in an opening, to the quarter second; what only looks like them isn't."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from local.rekognition.answers.segments import technical_cues
from local.rekognition.measure.letter_search import SEARCH_EVERY, LetterSearch
from local.rekognition.measure.lettering import letters_at
from local.rekognition.measure.titles import LOOKS_A_SECOND, opening_titles
from local.sample_pictures import meadow
from tests.unit.local.rekognition_films import measure, write_film
from tests.unit.local.title_cases import WITH_TITLES, WITHOUT_TITLES
from tests.unit.local.title_films import RATE, Film, Writing, grass, looks_at

LOOK = RATE // LOOKS_A_SECOND
FOUND = ("over drifting leaves", "over a cut", "card from cut to cut", "still grass, at once")
IGNORED = ("crowd", "fence", "lamps go on", "subtitles", "sign, people walk past", "sign uncovered")


@pytest.mark.parametrize("name", FOUND)
def test_a_title_is_covered_from_its_first_frame_to_its_last(name: str, tmp_path: Path) -> None:
    film = WITH_TITLES[name]
    (title,) = opening_titles(looks_at(film, tmp_path / "film.mp4"), film.cuts, RATE)
    first, last = film.writings[0].frames
    assert first - LOOK <= title.start <= first + 1
    assert last - 1 <= title.end <= last + LOOK
    assert title.confidence <= 80


@pytest.mark.parametrize("name", IGNORED)
def test_what_only_looks_like_a_title_is_none(name: str, tmp_path: Path) -> None:
    film = WITHOUT_TITLES[name]
    assert not opening_titles(looks_at(film, tmp_path / "film.mp4"), film.cuts, RATE)


@pytest.mark.parametrize("place", [(0.5, 0.9), (0.86, 0.1)], ids=["where subtitles stand", "in a corner"])
def test_letters_where_no_title_stands_are_left_alone(place: tuple[float, float], tmp_path: Path) -> None:
    def film(where: tuple[float, float]) -> Film:
        return Film(((grass, 5),), (Writing("SIGNAL", 1, 4, 0.9, 3, place=where),))

    assert opening_titles(looks_at(film((0.5, 0.5)), tmp_path / "middle.mp4"), [], RATE)
    assert not opening_titles(looks_at(film(place), tmp_path / "there.mp4"), [], RATE)


def test_a_search_beside_the_pass_finds_what_a_look_at_everything_finds(tmp_path: Path) -> None:
    looks = looks_at(WITH_TITLES["still grass, at once"], tmp_path / "film.mp4")
    for first, last in ((0, None), (6, -6), (0, 3)):
        some = looks.pictures[first:last]
        with_search = LetterSearch()
        for picture in some:
            with_search.take(picture)
        found = {at: [seen.pixels.tolist() for seen in there] for at, there in with_search.finish().items()}
        with_search.close()
        at_once = range(0, len(some), SEARCH_EVERY)
        assert found == {at: [seen.pixels.tolist() for seen in letters_at(some, at)] for at in at_once}
    assert any(looks.letters.values())


def test_titles_are_opening_credits_and_only_in_the_opening(tmp_path: Path) -> None:
    early, late = Writing("EARLY TITLE", 0.75, 2.5, 2.0, 6), Writing("LATE SIGN", 12, 14, 2.0, 6)
    film = Film(((meadow, 20),), (early, late))
    path = write_film(tmp_path / "film.mp4", film.paint(), rate=RATE)
    folder = measure(path, tmp_path / "measured", "segments")
    segments = json.loads((folder / "segments.json").read_text())
    dark = {key: np.asarray(value) for key, value in np.load(folder / "dark.npz").items()}
    cues = [cue for cue in technical_cues(segments, dark, Fraction(RATE), {}) if cue.kind == "OpeningCredits"]
    assert len(cues) == 1
    assert early.frames[0] - LOOK <= cues[0].start <= early.frames[0] + 1
    assert early.frames[1] - 1 <= cues[0].end <= early.frames[1] + LOOK
    assert not list(folder.glob("*.bin"))
