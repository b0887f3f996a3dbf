"""GetLabelDetection: the few labels that were measured, with their ancestors in Rekognition's taxonomy."""

from __future__ import annotations

from typing import Any, NamedTuple

from local.rekognition.answers.measured import MODEL_VERSION, Measured
from local.rekognition.answers.smpte import milliseconds

DEFAULT_CONFIDENCE = 50.0
LOOK_MILLIS = 500
"""How long one look stands for, at most: Rekognition looks about twice a second."""
LONGEST_STEP_MILLIS = 4000
"""Looks further apart than this do not belong to one segment."""

Row = dict[str, Any]


class Entry(NamedTuple):
    """A label's place in the taxonomy."""

    parents: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


NATURE, PLANTS = "Nature and Outdoors", "Plants and Flowers"
TAXONOMY = {
    "Person": Entry((), ("Person Description",), ("Human",)),
    "Sky": Entry(("Nature", "Outdoors"), (NATURE,)),
    "Nature": Entry(("Outdoors",), (NATURE,)),
    "Outdoors": Entry((), (NATURE,)),
    "Grass": Entry(("Plant",), (PLANTS,)),
    "Vegetation": Entry(("Plant",), (PLANTS,)),
    "Plant": Entry((), (PLANTS,)),
    "Darkness": Entry(),
}
SCENERY = {"sky": "Sky", "grass": "Grass", "vegetation": "Vegetation", "darkness": "Darkness"}


def label_answer(measured: Measured, _request: dict[str, Any]) -> dict[str, Any]:
    """Everything of the answer but the paging and the job's own members."""
    return {"VideoMetadata": measured.video_metadata(), "LabelModelVersion": MODEL_VERSION}


def label_rows(measured: Measured, request: dict[str, Any], sort: str, aggregate: str) -> list[Row]:
    """All labels of the job, by time or by name, at looks or in segments."""
    labels = measured.read("labels")
    rate = measured.rate
    seen = {milliseconds(row["frame"], rate): _labels_of(row, request) for row in labels["rows"]}
    if aggregate == "SEGMENTS":
        ends = [milliseconds(shot[1], rate) for shot in measured.read("segments")["shots"]]
        rows = _segments(seen, ends)
        return sorted(rows, key=lambda row: _order(row, "StartTimestampMillis", sort))
    rows = [{"Timestamp": at, "Label": label} for at, found in sorted(seen.items()) for label in found]
    return sorted(rows, key=lambda row: _order(row, "Timestamp", sort))


def _order(row: Row, time: str, sort: str) -> tuple[Any, ...]:
    name = row["Label"]["Name"]
    return (name, row[time]) if sort == "NAME" else (row[time], name)


def _labels_of(row: Row, request: dict[str, Any]) -> list[Row]:
    """The labels of one look, ancestors included, as the request filters them."""
    confidences: dict[str, float] = {}
    instances = [
        {
            "BoundingBox": {
                side.title(): round(person[side], 6) for side in ("width", "height", "left", "top")
            },
            "Confidence": round(person["confidence"], 4),
        }
        for person in row["people"]
    ]
    if instances:
        confidences["Person"] = max(instance["Confidence"] for instance in instances)
    for key, name in SCENERY.items():
        if row["scenery"][key] > 0:
            confidences[name] = row["scenery"][key]
    for name, confidence in list(confidences.items()):
        for parent in TAXONOMY[name].parents:
            confidences[parent] = max(confidence, confidences.get(parent, 0.0))
    least = request.get("MinConfidence", DEFAULT_CONFIDENCE)
    return [
        _label(name, confidence, instances if name == "Person" else [])
        for name, confidence in sorted(confidences.items())
        if confidence >= least and _included(name, request)
    ]


def _label(name: str, confidence: float, instances: list[Row]) -> Row:
    entry = TAXONOMY[name]
    return {
        "Name": name,
        "Confidence": round(confidence, 4),
        "Instances": instances,
        "Parents": [{"Name": parent} for parent in entry.parents],
        "Aliases": [{"Name": alias} for alias in entry.aliases],
        "Categories": [{"Name": category} for category in entry.categories],
    }


def _included(name: str, request: dict[str, Any]) -> bool:
    filters = request.get("Settings", {}).get("GeneralLabels", {})
    categories = set(TAXONOMY[name].categories)
    wanted, wanted_categories = (
        filters.get("LabelInclusionFilters"),
        filters.get("LabelCategoryInclusionFilters"),
    )
    if wanted or wanted_categories:
        included = name in (wanted or []) or bool(categories & set(wanted_categories or []))
    else:
        included = True
    excluded = name in filters.get("LabelExclusionFilters", [])
    return (
        included and not excluded and not categories & set(filters.get("LabelCategoryExclusionFilters", []))
    )


def _segments(seen: dict[int, list[Row]], shot_ends: list[int]) -> list[Row]:
    """Join a label's neighbouring looks; the last stands until the next look, the cut, or half a second."""
    times = sorted(seen)
    names = sorted({label["Name"] for found in seen.values() for label in found})
    rows = []
    for name in names:
        for group in _groups(name, times, seen):
            following = next((time for time in times if time > group[-1]), group[-1] + LOOK_MILLIS)
            cut = next((end for end in shot_ends if end > group[-1]), group[-1] + LOOK_MILLIS)
            end = min(group[-1] + LOOK_MILLIS, following, cut)
            best = max(
                (label for time in group for label in seen[time] if label["Name"] == name),
                key=lambda label: float(label["Confidence"]),
            )
            rows.append(
                {
                    "StartTimestampMillis": group[0],
                    "EndTimestampMillis": end,
                    "DurationMillis": end - group[0],
                    # RDG: a segment has no instances; its confidence is the highest inside.
                    "Label": {key: value for key, value in best.items() if key != "Instances"},
                }
            )
    return rows


def _groups(name: str, times: list[int], seen: dict[int, list[Row]]) -> list[list[int]]:
    groups: list[list[int]] = []
    before: int | None = None
    for time in times:
        if any(label["Name"] == name for label in seen[time]):
            if groups and before == groups[-1][-1] and time - before <= LONGEST_STEP_MILLIS:
                groups[-1].append(time)
            else:
                groups.append([time])
        before = time
    return groups
