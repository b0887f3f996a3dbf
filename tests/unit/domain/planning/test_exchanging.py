"""A clip gives way only to a better one for its place, and nothing else of the trailer changes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.quality.titles import title
from trailer.domain.planning.acts import Placed, arrangements, intensity
from trailer.domain.planning.brief import Brief, PlanRequest, brief_of
from trailer.domain.planning.candidates import best_window
from trailer.domain.planning.drafting import Draft, draft
from trailer.domain.planning.exchanging import exchanged
from trailer.domain.planning.fitting import Fitting
from trailer.domain.planning.pacing import Bounds, allocate
from trailer.domain.planning.selection import Choice
from trailer.domain.taste.profiles import get_profile, load_profiles
from trailer.domain.time.timecode import FrameRange

ARC_WORTH = 0.06


def worth(brief: Brief, chosen: Draft, placed: list[Placed], lengths: list[int]) -> float:
    """Of the objective and the arc, with each clip as long as its place is, worked out here anew."""
    shown = []
    for item, length in zip(placed, lengths, strict=True):
        clip, start = item.clip, item.clip.room.start
        whole = FrameRange(start, start + length)
        frames = best_window(clip.room, length, brief.track) if clip.slides else whole
        words: dict[str, float] = {}
        for moment in (brief.track.moments[index] for index in brief.track.overlapping(frames)):
            for index, value in moment.strengths:
                key = brief.analysis.concepts[index].key
                if key in chosen.objective.concept_weights:
                    words[key] = max(value, words.get(key, 0.0))
        shown.append(
            clip
            if clip.pinned
            else replace(clip, range=frames, value=brief.track.integral(frames), concepts=words)
        )
    levels = [brief.energy.mean(clip.range) for clip in shown]
    return chosen.objective.value(shown) + ARC_WORTH * (intensity(levels, lengths) or 0.0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 4),
    st.sampled_from(sorted(load_profiles())),
    st.integers(250, 1500),
    st.sampled_from([(), (FrameRange(2000, 2050),)]),
)
def test_an_exchange_is_worth_more_and_keeps_the_shape_of_the_trailer(
    seed: int, profile: str, limit: int, pins: tuple[FrameRange, ...]
) -> None:
    film = title(seed, 420)
    brief = brief_of(film, get_profile(profile), PlanRequest(limit, pins=pins))
    chosen = draft(brief)
    before = next(arrangements(chosen.clips, brief.energy, film.content))
    bounds = [Bounds(item.clip.shortest, item.clip.longest, False) for item in before]
    lengths = allocate(bounds, limit)

    after = exchanged(Fitting(brief, chosen), before, lengths)

    assert worth(brief, chosen, after, lengths) >= worth(brief, chosen, before, lengths) - 1e-9
    assert [item.act for item in after] == [item.act for item in before]
    assert [item.clip.stage for item in after] == [item.clip.stage for item in before]
    assert [item.clip for item in after if item.clip.pinned] == [
        item.clip for item in before if item.clip.pinned
    ]
    for item, length in zip(after, lengths, strict=True):
        assert item.clip.shortest <= length <= item.clip.longest
    changed = Choice(chosen.rules, chosen.objective)
    for item in sorted(after, key=lambda item: item not in before):
        assert item in before or changed.allows(item.clip)
        changed.add(item.clip)


def test_a_trailer_gets_better_clips_by_it() -> None:
    """Not only allowed to: on these films it happens."""
    film = title(2, 420)
    improved = 0
    for profile in sorted(load_profiles()):
        brief = brief_of(film, get_profile(profile), PlanRequest(750))
        chosen = draft(brief)
        before = next(arrangements(chosen.clips, brief.energy, film.content))
        lengths = allocate([Bounds(i.clip.shortest, i.clip.longest, False) for i in before], 750)
        after = exchanged(Fitting(brief, chosen), before, lengths)
        improved += worth(brief, chosen, after, lengths) > worth(brief, chosen, before, lengths) + 1e-6
    assert improved >= 4
