"""A profile only speaks words that Rekognition emits, and its numbers are sane."""

from __future__ import annotations

from typing import Any

import pytest

from trailer.domain.film.detections import EMOTIONS
from trailer.domain.taste import vocabulary
from trailer.domain.taste.profiles import get_profile, load_profiles, parse_profile
from trailer.errors import InvalidProfileError, UnknownProfileError


def document(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": "mine",
        "version": 1,
        "pace": {"mean_clip_s": 2.0, "min_s": 0.8, "max_s": 4.0},
        "stage_quota": [0.17, 0.20, 0.27, 0.21, 0.15, 0.0],
        "objective": {"relevance": 1, "coverage": 0.3, "diversity": 0.2, "stage": 0.2},
    }
    return plain | changes


def test_the_eight_built_in_profiles_are_valid() -> None:
    profiles = load_profiles()
    assert len(profiles) == 8
    assert list(profiles) == sorted(profiles)
    assert all(profile.id == name for name, profile in profiles.items())


def test_an_unknown_profile_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownProfileError, match="action_enthusiast, comedy, documentary_travel"):
        get_profile("superhero")


def test_an_id_fits_into_the_name_of_an_execution() -> None:
    assert parse_profile(document(id="x" * 39)).id == "x" * 39
    with pytest.raises(InvalidProfileError, match="up to 39"):
        parse_profile(document(id="x" * 40))


def test_rekognition_has_38_categories_and_9_emotions() -> None:
    assert len(vocabulary.categories()) == 38
    assert len(EMOTIONS) == len(set(EMOTIONS)) == 9


def test_emotions_are_those_of_the_service_model() -> None:
    session = pytest.importorskip("botocore.session").get_session()
    model = session.get_service_model("rekognition")
    assert sorted(model.shape_for("EmotionName").enum) == list(EMOTIONS)


@pytest.mark.parametrize(
    ("field", "word", "nearest"),
    [
        ("labels", "Helicoptre", "Helicopter"),
        ("labels", "gun", "Gun"),
        ("categories", "Sport", "Sports"),
        ("emotions", "Excited", "allowed are ANGRY"),
        ("energy", "loudnes", "loudness"),
        ("moderation", "Violense", "violence"),
        ("labels", "Hero Shot Of Destiny", "no known word"),
    ],
)
def test_a_word_that_is_never_emitted_is_refused_with_the_nearest(
    field: str, word: str, nearest: str
) -> None:
    with pytest.raises(InvalidProfileError, match=nearest) as refused:
        parse_profile(document(**{field: {word: 0.5}}))
    assert word.lower() in str(refused.value).lower()


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": {"Car": 1.6}},
        {"labels": {"Car": "fast"}},
        {"labels": {"Car": float("nan")}},
        {"labels": {"Car": True}},
        {"labels": ["Car"]},
        {"moderation": []},
        {"faces": -2},
        {"id": "Bad Id"},
        {"id": ""},
        {"version": 0},
        {"version": True},
        {"pace": {"mean_clip_s": 2.0, "min_s": 0.2, "max_s": 4.0}},
        {"pace": {"mean_clip_s": 5.0, "min_s": 0.8, "max_s": 4.0}},
        {"pace": {"mean_clip_s": 2.0}},
        {"stage_quota": [1.0]},
        {"stage_quota": [0.5, 0.5, 0.5, -0.5, 0, 0]},
        {"stage_quota": [0.5, 0.1, 0, 0, 0, 0]},
        {"spoiler_cut": 0},
        {"spoiler_cut": 1.1},
        {"objective": {"relevance": 0, "coverage": 0, "diversity": 0, "stage": 0}},
        {"objective": {"relevance": 1}},
        {"surprise": 1},
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidProfileError):
        parse_profile(document(**changes))


def test_missing_fields_are_named() -> None:
    with pytest.raises(InvalidProfileError, match="missing: version, pace"):
        parse_profile({"id": "x", "stage_quota": [], "objective": {}})


def test_a_profile_is_an_object() -> None:
    with pytest.raises(InvalidProfileError, match="object"):
        parse_profile([])  # type: ignore[arg-type]


def test_moderation_classes_are_compared_without_case() -> None:
    assert parse_profile(document(moderation={"VIOLENCE": -1.5})).moderation == {"violence": -1.5}
