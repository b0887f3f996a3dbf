"""Technical cues are kept out with a guard, and a false one does not take the film away."""

from __future__ import annotations

from fractions import Fraction

from trailer.domain.film.detections import CueDetection
from trailer.domain.film.gates import Gate, content_range, cue_gates, split_trusted, spoiler_start
from trailer.domain.time.timecode import FrameRange

RATE = Fraction(25)


def cue(kind: str, start: int, end: int) -> CueDetection:
    return CueDetection(FrameRange(start, end), kind, 95.0)


def test_a_gate_is_one_frame_wider_than_its_cue_and_inside_the_film() -> None:
    gates = cue_gates([cue("BlackFrames", 0, 50), cue("Slate", 900, 1000)], 1000)
    assert gates == (
        Gate(FrameRange(0, 51), "BlackFrames"),
        Gate(FrameRange(899, 1000), "Slate"),
    )


def test_credits_over_most_of_a_film_are_not_believed() -> None:
    trusted, distrusted = split_trusted([cue("EndCredits", 200, 1000), cue("BlackFrames", 0, 10)], 1000)
    assert [one.kind for one in trusted] == ["BlackFrames"]
    assert distrusted == ("EndCredits",)


def test_a_kind_that_claims_most_of_a_film_in_pieces_is_not_believed_either() -> None:
    pieces = [cue("BlackFrames", start, start + 70) for start in range(0, 1000, 100)]
    assert split_trusted(pieces, 1000) == ((), ("BlackFrames",))


def test_content_is_no_obstacle_and_cues_end_with_the_film() -> None:
    trusted, _ = split_trusted([cue("Content", 0, 1000), cue("EndCredits", 950, 2000)], 1000)
    assert trusted == (cue("EndCredits", 950, 1000),)


def test_content_starts_after_a_chain_of_leading_cues_and_ends_before_the_credits() -> None:
    cues = [
        cue("ColorBars", 0, 100),
        cue("Slate", 120, 200),
        cue("StudioLogo", 210, 300),
        cue("EndCredits", 9000, 9900),
        cue("BlackFrames", 9905, 10000),
    ]
    assert content_range(cues, 10000, RATE) == FrameRange(300, 9000)


def test_a_scene_after_the_credits_is_not_content() -> None:
    assert content_range([cue("EndCredits", 8000, 9000)], 10000, RATE) == FrameRange(0, 8000)


def test_black_in_the_middle_does_not_end_the_content() -> None:
    assert content_range([cue("BlackFrames", 5000, 5100)], 10000, RATE) == FrameRange(0, 10000)


def test_a_film_without_cues_is_all_content() -> None:
    assert content_range([], 10000, RATE) == FrameRange(0, 10000)


def test_the_ending_is_measured_on_the_content_and_not_on_the_file() -> None:
    assert spoiler_start(FrameRange(300, 9000), Fraction(9, 10)) == 300 + 7830
