"""The one table of `make quality`."""

from __future__ import annotations

from collections.abc import Iterator

from tests.quality.fixtures import titles
from tests.quality.measuring import METHODS, OURS, Cell, mean, pick, values
from tests.quality.targets import known_misses, targets

COLUMNS = (
    ("score", "score"),
    ("qual", "quality"),
    ("gates", "broken"),
    ("budget", "budget"),
    ("cuts", "shot_cuts"),
    ("tail", "tail"),
    ("stage", "stage_distance"),
    ("lift", "relevance_lift"),
    ("of best", "attained_relevance"),
    ("face", "face_lift"),
    ("emot", "emotion_lift"),
    ("actn", "action_lift"),
    ("cover", "coverage"),
    ("spread", "scene_spread"),
    ("cast", "cast_recall"),
    ("redun", "redundancy"),
    ("neighb", "adjacent_redundancy"),
    ("dist", "mean_distance"),
    ("least", "least_distance"),
    ("own", "dominance"),
    ("order", "order"),
    ("ASL", "shot_length"),
    ("SD/m", "shot_variation"),
    ("rho", "acceleration"),
    ("arc", "intensity"),
    ("words", "cut_words"),
    ("talk", "talk_length"),
    ("noise", "instability"),
)
_TARGETS = {
    "budget": ".98-1",
    "shot_cuts": ">.7",
    "tail": "<.2",
    "stage_distance": "<.1",
    "relevance_lift": ">3",
    "face_lift": ">1.5",
    "emotion_lift": ">1.5",
    "action_lift": ">1.5",
    "coverage": ">.6",
    "scene_spread": ">.6",
    "cast_recall": ">.8",
    "redundancy": "<.3",
    "adjacent_redundancy": "<.8",
    "mean_distance": ">.6",
    "least_distance": ">.3",
    "dominance": "1",
    "order": ">.6",
    "shot_length": "1.6-2.6",
    "shot_variation": ".5-1.2",
    "acceleration": "<-.5",
    "intensity": ">.5",
    "cut_words": "0",
    "talk_length": ">.95",
    "instability": "<.25",
    "broken": "0",
}


def rows() -> Iterator[list[str]]:
    """Heading, targets, then per film each profile and the baselines; means over the lengths."""
    yield ["film", "who", *(heading for heading, _ in COLUMNS)]
    yield ["target", "", *(_TARGETS.get(key, "") for _, key in COLUMNS)]
    for film in titles():
        for profile in sorted({cell.profile for cell in pick(film, OURS)}):
            yield [film, profile, *_numbers(pick(film, OURS, profile))]
        for method in METHODS:
            yield [film, f"= {method}", *_numbers(pick(film, method))]


def misses() -> Iterator[list[str]]:
    """Film, line, figure, target, what is known and what is possible, for every missed target."""
    known = known_misses()
    for film, line in targets():
        value = line.figure(film)
        if value is not None and not line.target.holds(value):
            before = known.get(film, {}).get(line.key)
            said = "not known before" if before is None else f"known at {before:.3f}"
            most = "" if line.bound is None else f"at most {line.bound(film):.2f} possible"
            yield [film, line.key, f"{value:.3f}", str(line.target), said, most]


def lines() -> Iterator[str]:
    """The table as text, then the missed targets and the known misses that are none any more."""
    yield from _aligned(list(rows()))
    missed = list(misses())
    yield ""
    beyond = sum(1 for film, line in targets() if not line.within_reach(film))
    yield f"{len(missed)} of {len(targets())} targets are missed, {beyond} of them out of any trailer's reach:"
    yield from _aligned(missed)
    still = {(row[0], row[1]) for row in missed}
    for film, own in known_misses().items():
        for key in own:
            if (film, key) not in still:
                yield f"{film}: {key} holds its target now; strike it from known_misses.json."


def _numbers(found: list[Cell]) -> list[str]:
    return [_short(values(found, key)) for _, key in COLUMNS]


def _short(numbers: list[float]) -> str:
    if not numbers:
        return "-"
    value = mean(numbers)
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _aligned(table: list[list[str]]) -> Iterator[str]:
    if not table:
        return
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        cells = [text.ljust(widths[i]) if i < 2 else text.rjust(widths[i]) for i, text in enumerate(row)]
        yield "  ".join(cells).rstrip()
