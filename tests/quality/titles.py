"""Synthetic films with the statistics of real Rekognition answers.

Measured on real ones: shots of median 1.4 s and mean 1.7 s with a long tail; label samples about
every 500 ms but irregular, five labels each, with all ancestors listed beside a label; the same
few words everywhere; faces at 480/520 ms with emotions that sum to about 100, mostly CALM.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

from trailer.domain.film.analysis import Analysis, analyse
from trailer.domain.film.detections import (
    CueDetection,
    Detections,
    FaceDetection,
    LabelDetection,
    MillisecondSpan,
    ShotDetection,
    emotion_levels,
)
from trailer.domain.film.media import AudioTrack, SourceMedia
from trailer.domain.time.timecode import FrameRange

EVERYWHERE = [
    ("Person", (), ("Person Description",)),
    ("Adult", ("Person",), ("Person Description",)),
    ("Indoors", (), ("Home and Indoors",)),
    ("Clothing", (), ("Apparel and Accessories",)),
]

THEMES = {
    "fight": [
        ("Gun", ("Weapon",), ("Weapons and Military",)),
        ("Fighting", ("Person",), ("Actions",)),
        ("Explosion", (), ("Damage Detection",)),
        ("Fire", (), ("Damage Detection",)),
    ],
    "chase": [
        ("Car", ("Transportation", "Vehicle"), ("Vehicles and Automotive",)),
        ("Motorcycle", ("Transportation", "Vehicle"), ("Vehicles and Automotive",)),
        ("Running", ("Person",), ("Actions",)),
        ("Helicopter", ("Aircraft", "Transportation", "Vehicle"), ("Transport and Logistics",)),
    ],
    "love": [
        ("Hugging", ("Person",), ("Actions",)),
        ("Kissing", ("Person", "Romantic"), ("Actions",)),
        ("Flower", ("Plant",), ("Plants and Flowers",)),
        ("Wedding", (), ("Events and Attractions",)),
    ],
    "night": [
        ("Night", ("Nature", "Outdoors"), ("Nature and Outdoors",)),
        ("Knife", ("Blade", "Weapon"), ("Weapons and Military",)),
        ("Police", (), ("Public Safety",)),
        ("Handcuffs", (), ("Public Safety",)),
    ],
    "party": [
        ("Laughing", ("Face", "Happy", "Head", "Person"), ("Expressions and Emotions",)),
        ("Party", (), ("Events and Attractions",)),
        ("Costume", ("Clothing",), ("Apparel and Accessories",)),
        ("Balloon", (), ("Toys and Gaming",)),
    ],
    "home": [
        ("Child", ("Person",), ("Person Description",)),
        ("Dog", ("Animal", "Mammal"), ("Animals and Pets",)),
        ("Teddy Bear", ("Toy",), ("Toys and Gaming",)),
        ("Playground", (), ("Events and Attractions",)),
    ],
    "match": [
        ("Ice Hockey", ("Hockey", "Sport"), ("Sports",)),
        ("Skating", ("Sport",), ("Sports",)),
        ("Stadium", (), ("Buildings and Architecture",)),
        ("Trophy", (), ("Hobbies and Interests",)),
    ],
    "journey": [
        ("Mountain", ("Nature", "Outdoors"), ("Nature and Outdoors",)),
        ("Sea", ("Nature", "Outdoors", "Water"), ("Nature and Outdoors",)),
        ("Waterfall", ("Nature", "Outdoors"), ("Nature and Outdoors",)),
        ("Aerial View", (), ("Travel and Adventure",)),
    ],
    "table": [
        ("Cooking", (), ("Food and Beverage",)),
        ("Dessert", ("Food",), ("Food and Beverage",)),
        ("Chef", ("Person",), ("Food and Beverage",)),
        ("Restaurant", ("Indoors",), ("Kitchen and Dining",)),
    ],
    "office": [
        ("Office", ("Indoors",), ("Offices and Workspaces",)),
        ("Electronics", (), ("Technology and Computing",)),
        ("Table", (), ("Furniture and Furnishings",)),
        ("Room", ("Indoors",), ("Home and Indoors",)),
    ],
}

MOODS = {
    "fight": "ANGRY",
    "chase": "SURPRISED",
    "love": "HAPPY",
    "night": "FEAR",
    "party": "HAPPY",
    "home": "HAPPY",
    "match": "SURPRISED",
}


def media_of(frames: int, rate: Fraction = Fraction(25)) -> SourceMedia:
    """A plain 1080p film."""
    return SourceMedia(
        container="mp4",
        video_codec="AVC",
        frame_rate=rate,
        frame_count=frames,
        width=1920,
        height=1080,
        rotation=0,
        audio_tracks=(AudioTrack(1, 2, "en", "AAC"),),
        bit_depth=8,
        chroma="4:2:0",
        scan_type="PROGRESSIVE",
    )


def title_detections(
    seed: int, seconds: int, rate: Fraction = Fraction(25), *, labels: bool = True, emotions: bool = True
) -> tuple[Detections, SourceMedia]:
    """What detectors would find in a film of a seed; the same seed gives the same film."""
    random = Random(seed)
    frames = int(seconds * rate)
    shots = _shots(random, frames, rate)
    themes = _themes(random, len(shots))
    found_labels = _labels(random, shots, themes, rate) if labels else ()
    faces = _faces(random, shots, themes, rate, emotions=emotions)
    names = {"segments", "faces"} | ({"labels"} if labels else set())
    cues = _cues(frames, rate)
    detections = Detections(frozenset(names), tuple(shots), cues, tuple(found_labels), tuple(faces))
    return detections, media_of(frames, rate)


def title(seed: int, seconds: int, rate: Fraction = Fraction(25), **what: bool) -> Analysis:
    """The analysis of a synthetic film."""
    detections, media = title_detections(seed, seconds, rate, **what)
    return analyse(f"film-{seed}", detections, media)


def _shots(random: Random, frames: int, rate: Fraction) -> list[ShotDetection]:
    shots: list[ShotDetection] = []
    start = 0
    while start < frames:
        seconds = min(16.2, max(0.25, random.lognormvariate(0.336, 0.68)))
        end = min(frames, start + max(2, round(seconds * rate)))
        shots.append(ShotDetection(FrameRange(start, end), 50 + 50 * random.random() ** 0.2))
        start = end + (random.choice((1, 2)) if random.random() < 0.011 else 0)
    return shots


def _themes(random: Random, count: int) -> list[str]:
    names = sorted(THEMES)
    themes: list[str] = []
    while len(themes) < count:
        themes += [random.choice([*names, "office", "office"])] * random.randint(5, 22)
    return themes[:count]


def _ms(frame: int, rate: Fraction) -> int:
    return int(frame * 1000 / rate)


def _labels(
    random: Random, shots: list[ShotDetection], themes: list[str], rate: Fraction
) -> list[LabelDetection]:
    found: list[LabelDetection] = []
    for shot, theme in zip(shots, themes, strict=True):
        at = _ms(shot.range.start, rate) + random.randint(0, 400)
        while at < _ms(shot.range.end, rate):
            words = [word for word in THEMES[theme] if random.random() < 0.35]
            words += [word for word in EVERYWHERE if random.random() < 0.7]
            if random.random() < 0.04:
                words.append(random.choice(THEMES[random.choice(sorted(THEMES))]))
            for name, parents, categories in words:
                confidence = min(100.0, 62 + random.random() ** 0.6 * 38)
                span = MillisecondSpan(at, at)
                found.append(LabelDetection(span, name, confidence, parents, categories))
                for parent in parents:
                    found.append(LabelDetection(span, parent, min(100.0, confidence + 0.5), (), categories))
            at += random.choice((500, 500, 500, 433, 267, 133, 900))
    return found


def _faces(
    random: Random, shots: list[ShotDetection], themes: list[str], rate: Fraction, *, emotions: bool
) -> list[FaceDetection]:
    found: list[FaceDetection] = []
    for shot, theme in zip(shots, themes, strict=True):
        count = random.choice((0, 0, 1, 1, 1, 2, 2, 5))
        at = _ms(shot.range.start, rate) + random.randint(0, 480)
        areas = [random.uniform(0.003, 0.14) for _ in range(count)]
        while at < _ms(shot.range.end, rate):
            for area in areas:
                feeling = _feeling(random, MOODS.get(theme)) if emotions else ()
                found.append(
                    FaceDetection(at, 99.0, area, feeling, random.uniform(20, 95), random.uniform(10, 99))
                )
            at += random.choice((480, 520))
    return found


def _feeling(random: Random, mood: str | None) -> tuple[float, ...]:
    calm = random.uniform(20, 95)
    strong = (
        mood if mood and random.random() < 0.6 else random.choice(("HAPPY", "CONFUSED", "SURPRISED", "SAD"))
    )
    return emotion_levels({"CALM": calm, strong: (100 - calm) * 0.9, "UNKNOWN": (100 - calm) * 0.1})


def _cues(frames: int, rate: Fraction) -> tuple[CueDetection, ...]:
    second = int(rate)
    return (
        CueDetection(FrameRange(0, 2 * second), "BlackFrames", 99.0),
        CueDetection(FrameRange(2 * second, 8 * second), "StudioLogo", 95.0),
        CueDetection(FrameRange(frames - max(8 * second, frames // 25), frames), "EndCredits", 99.0),
    )
