"""A short trailer gets clips of varied lengths, and keeps its story, its relevance and its length."""

from __future__ import annotations

from statistics import fmean

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.quality.titles import title
from trailer.domain.numbers import variation
from trailer.domain.planning.acts import Placed, arrangements
from trailer.domain.planning.brief import PlanRequest, brief_of
from trailer.domain.planning.drafting import draft
from trailer.domain.planning.fitting import Fitting
from trailer.domain.planning.selection import Choice
from trailer.domain.planning.varying import varied
from trailer.domain.taste.profiles import get_profile, load_profiles
from trailer.domain.time.timecode import FrameRange

KEPT = 0.92


def prepared(
    seed: int, profile: str, limit: int, pins: tuple[FrameRange, ...] = ()
) -> tuple[Fitting, list[Placed], list[int]]:
    film = title(seed, 420)
    brief = brief_of(film, get_profile(profile), PlanRequest(limit, pins=pins))
    chosen = draft(brief)
    fitting = Fitting(brief, chosen)
    placed = next(arrangements(chosen.clips, brief.energy, film.content))
    return fitting, placed, fitting.lengths(placed)


def relevance(fitting: Fitting, placed: list[Placed], lengths: list[int]) -> float:
    return sum(
        fitting.at_length(item.clip, length).value for item, length in zip(placed, lengths, strict=True)
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 4),
    st.sampled_from(sorted(load_profiles())),
    st.integers(150, 900),
    st.sampled_from([(), (FrameRange(2000, 2050),)]),
)
def test_more_variety_keeps_length_story_and_rules(
    seed: int, profile: str, limit: int, pins: tuple[FrameRange, ...]
) -> None:
    fitting, before, lengths = prepared(seed, profile, limit, pins)

    after, changed = varied(fitting, before, lengths)

    assert sum(changed) == sum(lengths)
    assert [item.act for item in after] == [item.act for item in before]
    assert [item.clip.stage for item in after] == [item.clip.stage for item in before]
    assert [item.clip for item in after if item.clip.pinned] == [
        item.clip for item in before if item.clip.pinned
    ]
    for item, length in zip(after, changed, strict=True):
        assert item.clip.shortest <= length <= item.clip.longest
    exchanges = sum(one.clip is not other.clip for one, other in zip(before, after, strict=True))
    kept = KEPT**exchanges * relevance(fitting, before, lengths)
    assert relevance(fitting, after, changed) >= kept - 1e-6
    story = Choice(fitting.draft.rules, fitting.draft.objective)
    for item in sorted(after, key=lambda item: item not in before):
        assert item in before or story.allows(item.clip)
        story.add(item.clip)


def test_short_trailers_vary_more_by_it() -> None:
    gained = []
    for seed in (1, 2, 3):
        for profile in sorted(load_profiles()):
            fitting, before, lengths = prepared(seed, profile, 250)
            _, changed = varied(fitting, before, lengths)
            gained.append((variation(changed) or 0.0) - (variation(lengths) or 0.0))
    assert fmean(gained) > 0.03


def test_a_trailer_of_many_clips_is_left_alone() -> None:
    fitting, before, lengths = prepared(2, "action_enthusiast", 1500)
    assert len(before) > 16
    assert varied(fitting, before, lengths) == (before, lengths)
