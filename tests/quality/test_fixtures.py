"""The synthetic films have the statistics and quirks of the real answers that were measured."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from math import fsum

import pytest

from tests.quality.fixtures import Title, titles
from tests.quality.fixtures.answers import PAGE, Row
from trailer.domain.work.cost import CATALOGUE_PER_MINUTE
from trailer.wire.scene_items import analysis_items

MEASURED = {5: 0.48, 10: 0.64, 25: 0.96, 50: 1.40, 75: 2.04, 90: 3.04, 95: 3.92, 99: 6.12}
"""Percentiles of the 1,404 shot lengths of a real episode, in seconds."""

DOLLARS_PER_WRITE = Decimal("0.625") / 1_000_000
"""DynamoDB on demand, us-east-1, standard table."""


def rows(title: Title, detector: str, items: str) -> list[Row]:
    return [row for page in title.pages()[detector] for row in page[items]]


def shots(title: Title) -> list[Row]:
    return [row for row in rows(title, "segments", "Segments") if row["Type"] == "SHOT"]


def test_shots_of_the_episode_are_as_long_as_those_of_a_real_one() -> None:
    episode = titles()["episode-41min"]
    lengths = sorted(shot.range.length / 25 for shot in episode.analysis().shots)
    assert len(lengths) == 1404
    for percent, seconds in MEASURED.items():
        assert lengths[percent * len(lengths) // 100] == pytest.approx(seconds, rel=0.15)


@pytest.mark.parametrize("name", ["clip-4min", "episode-41min", "film-2h"])
def test_shots_end_inclusively_and_seldom_leave_a_gap(name: str) -> None:
    title = titles()[name]
    pauses = [later.range.start - earlier.range.end for earlier, later in pairwise(title.detections().shots)]
    assert set(pauses) <= {0, 1, 2}
    assert 0 < sum(pause > 0 for pause in pauses) <= max(5, 0.03 * len(pauses))
    row = shots(title)[1]
    assert row["EndTimestampMillis"] - row["StartTimestampMillis"] == row["DurationMillis"]
    frames = title.detections().shots[1].range.length
    assert row["DurationMillis"] < frames * 1000 / title.spec.rate


def test_pages_hold_a_thousand_rows_and_all_but_the_last_name_the_next() -> None:
    for title in (titles()["clip-4min"], titles()["episode-41min"]):
        for pages in title.pages().values():
            items = max(pages[0], key=lambda key: (isinstance(pages[0][key], list), len(pages[0][key])))
            assert all(len(page[items]) == PAGE and page["NextToken"] for page in pages[:-1])
            assert "NextToken" not in pages[-1]


def test_the_old_answer_lacks_what_answers_of_2020_lacked() -> None:
    old, new = titles()["episode-41min"], titles()["film-2h"]
    assert all("StartFrameNumber" not in row for row in shots(old))
    assert all("StartFrameNumber" in row for row in shots(new))
    labels = [row["Label"] for row in rows(old, "labels", "Labels")]
    assert not any("Aliases" in label for label in labels)
    assert {"Parents" in label for label in labels} == {True, False}
    assert {"Categories" in label for label in labels} == {True, False}


def test_labels_are_sampled_irregularly_with_a_handful_each_and_all_their_ancestors() -> None:
    found = rows(titles()["clip-4min"], "labels", "Labels")
    times = sorted({row["Timestamp"] for row in found})
    steps = {later - earlier for earlier, later in pairwise(times)}
    assert 500 in steps and len(steps) > 6
    assert 4 <= len(found) / len(times) <= 8
    named = {(row["Timestamp"], row["Label"]["Name"]) for row in found}
    for row in found:
        for parent in row["Label"]["Parents"]:
            assert (row["Timestamp"], parent["Name"]) in named


def test_faces_have_all_eight_emotions_that_sum_to_about_a_hundred_and_are_mostly_calm() -> None:
    found = [row["Face"]["Emotions"] for row in rows(titles()["clip-4min"], "faces", "Faces")]
    assert all(len(one) == 8 for one in found)
    assert all(fsum(e["Confidence"] for e in one) == pytest.approx(100, abs=0.5) for one in found)
    dominant = [one[0]["Type"] for one in found]
    assert dominant.count("CALM") == max(dominant.count(name) for name in set(dominant))


def test_a_false_cue_claims_most_of_the_episode_and_is_not_believed() -> None:
    analysis = titles()["episode-41min"].analysis()
    assert not any(cue.kind == "EndCredits" for cue in analysis.cues)
    assert any("EndCredits was detected over more than half" in text for text in analysis.warnings)


def test_celebrities_are_told_apart_by_confidence_only() -> None:
    found = rows(titles()["film-2h"], "celebrities", "Celebrities")
    confidences = [row["Celebrity"]["Confidence"] for row in found]
    assert min(confidences) < 5 and max(confidences) > 99
    known = {one.name for one in titles()["film-2h"].analysis().concepts if one.kind == "celebrity"}
    assert len(known) == 5


def test_every_title_reads_without_loss_at_its_own_rate() -> None:
    rates = {}
    for name, title in titles().items():
        if name != "epic-6h":
            assert title.detections().ignored == {}
            assert title.analysis().shots[-1].range.end == title.media.frame_count
        rates[name] = title.media.frame_rate
    assert len(set(rates.values())) == 5


def test_a_title_is_the_same_at_every_call() -> None:
    first, second = (titles()["clip-4min"].pages() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", ["clip-4min", "episode-41min", "drama-50min", "film-2h"])
def test_writing_a_film_to_the_catalogue_costs_no_more_than_is_told(name: str) -> None:
    """A unit writes up to 1 KB; what an index has is written twice."""
    title = titles()[name]
    units = 0
    for item in analysis_items(title.analysis()):
        kilobytes = -(-len(json.dumps(item, default=str)) // 1024)
        units += kilobytes * (2 if "concept" in item else 1)
    minutes = Decimal(title.media.duration.numerator) / title.media.duration.denominator / 60
    assert units * DOLLARS_PER_WRITE <= CATALOGUE_PER_MINUTE * minutes
