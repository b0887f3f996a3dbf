"""A profile in words shows every weight that it has."""

from dataclasses import replace

from cli.tastes import describe, summarise
from trailer.domain.taste.profiles import get_profile


def test_every_weight_is_shown_the_strongest_first() -> None:
    profile = replace(get_profile("thriller"), labels={"Car": 0.2, "Weapon": -0.8, "Knife": 0.5, "Hat": 0.0})
    shown = [(word, weight) for kind, word, weight in describe(profile) if kind == "label"]
    assert shown == [("Weapon", "-0.80"), ("Knife", "+0.50"), ("Car", "+0.20")]


def test_a_summary_names_what_is_liked_once() -> None:
    profile = replace(
        get_profile("comedy"),
        labels={"Happy": 0.5, "Weapon": -1.0},
        emotions={"HAPPY": 0.9},
        categories={"Sports": 0.7},
    )
    assert summarise(profile) == "happy, sports"
