"""The sample film is what it says: same bytes every time, cuts where the truth puts them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from local.sample_film import make_sample_film, place_parts


def test_the_same_arguments_make_the_same_film(tmp_path: Path) -> None:
    first = make_sample_film(tmp_path / "a.mp4", seconds=20)
    second = make_sample_film(tmp_path / "b.mp4", seconds=20)
    assert first == second
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_the_picture_changes_at_every_cut_far_more_than_beside_it(tmp_path: Path) -> None:
    truth = make_sample_film(tmp_path / "film.mp4", seconds=24)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert {stream.codec_context.name for stream in film.streams} == {"h264", "aac"}
        thumbs = [f.reformat(width=16, height=9, format="rgb24").to_ndarray() for f in film.decode(video=0)]
    assert len(thumbs) == truth["frameCount"] == 24 * 24
    steps = np.abs(np.diff(np.array(thumbs, dtype=np.int16), axis=0)).mean(axis=(1, 2, 3))
    cuts = truth["cuts"]
    # The black before the credits is followed by a nearly black picture: the smallest step of all.
    visible = [cut for cut in cuts if cut != truth["cues"][-1]["start"]]
    assert all(steps[cut - 1] > 2 * max(steps[cut - 2], steps[cut]) for cut in visible)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
def test_parts_fill_the_film_exactly(rate: Fraction) -> None:
    placed = place_parts(90, rate)
    assert placed[0].start == 0
    assert placed[-1].end == int(90 * rate)
    assert all(before.end == after.start for before, after in pairwise(placed))


def test_a_film_too_short_for_its_shots_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 20 seconds"):
        make_sample_film(tmp_path / "short.mp4", seconds=5)
    assert not (tmp_path / "short.mp4").exists()
