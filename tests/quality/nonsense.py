"""Answers of detectors that are wrong in any way, for property tests."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from math import inf, nan
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.quality.fixtures.answers import Row

WORDS = {"Gun": "Weapons and Military", "Dog": "Animals and Pets", "Cooking": "Food and Beverage"}
EMOTIONS = ("HAPPY", "FEAR", "CALM", "ANGRY", "NO SUCH EMOTION")
CUES = ("BlackFrames", "EndCredits", "OpeningCredits", "Slate", "Content", "NoSuchCue")

ODD: tuple[Any, ...] = (nan, inf, -inf, -1, -400.0, 0, 0.0, None, "12", True, 1e300, [], {})
odd = st.sampled_from(ODD)
confidences = st.one_of(st.floats(50, 100), st.just(0), odd)
frames = st.one_of(st.integers(-50, 4000), st.integers(0, 3000), odd)
times = st.one_of(st.integers(0, 120_000), st.integers(-2000, 10**9), odd)
sides = st.one_of(st.floats(-0.2, 1.2), odd)

segments = st.one_of(
    st.fixed_dictionaries(
        {"Type": st.just("SHOT"), "StartFrameNumber": frames, "EndFrameNumber": frames,
         "ShotSegment": st.fixed_dictionaries({"Confidence": confidences})}
    ),
    st.fixed_dictionaries(
        {"Type": st.just("SHOT"), "StartTimestampMillis": times, "EndTimestampMillis": times,
         "EndTimecodeSMPTE": st.sampled_from(["00:00:09:29", "00:01:00;00", "99:99", "", None]),
         "ShotSegment": st.one_of(st.none(), st.fixed_dictionaries({"Confidence": confidences}))}
    ),
    st.fixed_dictionaries(
        {"Type": st.just("TECHNICAL_CUE"), "StartFrameNumber": frames, "EndFrameNumber": frames,
         "TechnicalCueSegment": st.fixed_dictionaries(
             {"Type": st.sampled_from(CUES), "Confidence": confidences})}
    ),
    st.sampled_from([{}, {"Type": "SHOT"}, {"Type": None}, None, 7, "SHOT"]),
)  # fmt: skip
labels = st.one_of(
    st.builds(
        lambda at, name, sure: {
            "Timestamp": at,
            "Label": {"Name": name, "Confidence": sure, "Categories": [{"Name": WORDS.get(name, "?")}]},
        },
        times,
        st.sampled_from([*WORDS, "", None, "Unheard Of"]),
        confidences,
    ),
    st.builds(
        lambda start, end, name, sure: {
            "StartTimestampMillis": start,
            "EndTimestampMillis": end,
            "Label": {"Name": name, "Confidence": sure, "Parents": [{"Name": name}, {"Name": "Weapon"}]},
        },
        times,
        times,
        st.sampled_from(sorted(WORDS)),
        confidences,
    ),
    st.sampled_from([{}, {"Label": {}}, {"Label": None, "Timestamp": 5}, None]),
)
faces = st.builds(
    lambda at, sure, left, top, width, height, name, level: {
        "Timestamp": at,
        "Face": {
            "Confidence": sure,
            "BoundingBox": {"Left": left, "Top": top, "Width": width, "Height": height},
            "Emotions": [{"Type": name, "Confidence": level}],
            "Quality": {"Brightness": level, "Sharpness": sure},
        },
    },
    times, confidences, sides, sides, sides, sides, st.sampled_from(EMOTIONS), confidences,
)  # fmt: skip
celebrities = st.builds(
    lambda at, sure: {"Timestamp": at, "Celebrity": {"Name": "Ada Moss", "Confidence": sure}},
    times,
    confidences,
)
moderation = st.builds(
    lambda at, sure, name: {
        "Timestamp": at,
        "ModerationLabel": {"Name": name, "ParentName": "Violence", "Confidence": sure},
    },
    times,
    confidences,
    st.sampled_from(["Weapon Violence", "VIOLENCE", "", None]),
)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Pages of some of the detectors, with anything in them."""
    kinds: dict[str, tuple[str, st.SearchStrategy[Any], int]] = {
        "segments": ("Segments", segments, 20),
        "labels": ("Labels", labels, 15),
        "faces": ("Faces", faces, 8),
        "celebrities": ("Celebrities", celebrities, 4),
        "moderation": ("ModerationLabels", moderation, 5),
    }
    present = draw(st.sets(st.sampled_from(sorted(kinds))))
    pages = {}
    for name in sorted(present):
        items, rows, most = kinds[name]
        found = draw(st.lists(rows, max_size=most))
        if name == "segments" and draw(st.booleans()):
            found = found[:4] + [sound_shot(start) for start in range(0, 4000, 55)]
        pages[name] = [{items: found[:10]}, {items: found[10:]}]
    return pages


def sound_shot(start: int) -> Row:
    return {
        "Type": "SHOT",
        "StartFrameNumber": start,
        "EndFrameNumber": start + 54,
        "ShotSegment": {"Confidence": 99.0},
    }


def damaged(sound: Mapping[str, list[Row]], seed: int) -> dict[str, list[Row]]:
    """Sound answers with some values replaced by nonsense, at any depth."""
    random = Random(seed)
    # Four times as fast as deepcopy.
    pages: dict[str, list[Row]] = pickle.loads(pickle.dumps(dict(sound)))
    for _ in range(random.randint(1, 12)):
        holder: Any = random.choice(pages[random.choice(sorted(pages))])
        while True:
            keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
            key = random.choice(keys)
            inside = holder[key]
            if isinstance(inside, dict | list) and inside and random.random() < 0.95:
                holder = inside
                continue
            holder[key] = random.choice(ODD)
            break
    return pages
