"""GetSegmentDetection: shots and technical cues, in the conventions measured on real responses.

A shot's end is its last frame. Technical cues share a frame with the cue
before them. Milliseconds are rounded down; durations are end minus start.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from local.rekognition.answers.measured import MODEL_VERSION, Measured
from local.rekognition.answers.smpte import milliseconds, timecode

DEFAULT_THRESHOLD, DEFAULT_COVERAGE = 0.2, 99.0
BLACK, WHITE = 16, 235
LEVELS_A_BIN = 4
SHORTEST_BLACK = Fraction(1, 5)
SHORTEST_CONTENT = Fraction(1, 2)
LEAST_CONFIDENCE = 50.0


class Cue(NamedTuple):
    """A technical cue as a half-open range of frames."""

    start: int
    end: int
    kind: str
    confidence: float


def segment_answer(measured: Measured, request: dict[str, Any]) -> dict[str, Any]:
    """Everything of the answer but the paging and the job's own members."""
    wanted = request["SegmentTypes"]
    return {
        "VideoMetadata": [measured.video_metadata()],
        "AudioMetadata": measured.audio_metadata(),
        "SelectedSegmentTypes": [
            {"Type": kind, "ModelVersion": MODEL_VERSION} for kind in sorted(set(wanted))
        ],
    }


def segment_rows(measured: Measured, request: dict[str, Any]) -> list[dict[str, Any]]:
    """All segments that the request asked for: technical cues, then shots, each by time."""
    rate, segments = measured.rate, measured.read("segments")
    filters = request.get("Filters", {})
    rows: list[dict[str, Any]] = []
    if "TECHNICAL_CUE" in request["SegmentTypes"]:
        cue_filter = filters.get("TechnicalCueFilter", {})
        least = cue_filter.get("MinSegmentConfidence", LEAST_CONFIDENCE)
        cues = technical_cues(segments, measured.dark(), rate, cue_filter.get("BlackFrame", {}))
        rows += _cue_rows([cue for cue in cues if cue.confidence >= least], rate)
    if "SHOT" in request["SegmentTypes"]:
        least = filters.get("ShotFilter", {}).get("MinSegmentConfidence", LEAST_CONFIDENCE)
        for index, (start, end, confidence) in enumerate(segments["shots"]):
            if confidence >= least:
                row = _row("SHOT", start, end - 1, rate)
                rows.append(row | {"ShotSegment": {"Index": index, "Confidence": confidence}})
    return rows


def _row(kind: str, first: int, last: int, rate: Fraction) -> dict[str, Any]:
    start, end = milliseconds(first, rate), milliseconds(last, rate)
    return {
        "Type": kind,
        "StartTimestampMillis": start,
        "EndTimestampMillis": end,
        "DurationMillis": end - start,
        "StartTimecodeSMPTE": timecode(first, rate),
        "EndTimecodeSMPTE": timecode(last, rate),
        "DurationSMPTE": timecode(last - first, rate),
        "StartFrameNumber": first,
        "EndFrameNumber": last,
        "DurationFrames": last - first,
    }


def _cue_rows(cues: list[Cue], rate: Fraction) -> list[dict[str, Any]]:
    rows = []
    for index, cue in enumerate(cues):
        touches = index > 0 and cues[index - 1].end == cue.start
        row = _row("TECHNICAL_CUE", cue.start - 1 if touches else cue.start, cue.end - 1, rate)
        rows.append(row | {"TechnicalCueSegment": {"Type": cue.kind, "Confidence": cue.confidence}})
    return rows


def technical_cues(
    segments: dict[str, Any], dark: dict[str, NDArray[Any]], rate: Fraction, black_filter: dict[str, Any]
) -> list[Cue]:
    """Bars, credits, titles, black and, between them, content; half-open, in order."""
    cues = [Cue(start, end, "ColorBars", 95.0) for start, end in segments["bars"]]
    cues += [Cue(start, end, "EndCredits", confidence) for start, end, confidence in segments["credits"]]
    for start, end, confidence in segments.get("titles", []):
        cues += [Cue(first, last, "OpeningCredits", confidence) for first, last in _outside(start, end, cues)]
    taken = list(cues)
    for start, end, confidence in black_runs(segments["frames"], dark, rate, black_filter):
        for first, last in _outside(start, end, taken):
            if last - first >= SHORTEST_BLACK * rate:
                cues.append(Cue(first, last, "BlackFrames", confidence))
    cues.sort()
    content = [
        Cue(start, end, "Content", 99.0)
        for start, end in _outside(0, segments["frames"], cues)
        if end - start >= SHORTEST_CONTENT * rate
    ]
    return sorted([*cues, *content])


def _outside(start: int, end: int, cues: list[Cue]) -> list[tuple[int, int]]:
    """What of a range no cue covers."""
    pieces = []
    at = start
    for cue in sorted(cues):
        if cue.end <= at or cue.start >= end:
            continue
        if cue.start > at:
            pieces.append((at, cue.start))
        at = max(at, cue.end)
    if at < end:
        pieces.append((at, end))
    return pieces


def black_runs(
    frames: int, dark: dict[str, NDArray[Any]], rate: Fraction, black_filter: dict[str, Any]
) -> list[tuple[int, int, float]]:
    """Silent runs of black under the request's own threshold and coverage.

    ``MaxPixelThreshold`` is a share of the luma range above black. Above a third
    of it every even picture is as black as at a third: more is not kept.
    """
    threshold = float(black_filter.get("MaxPixelThreshold", DEFAULT_THRESHOLD))
    coverage = float(black_filter.get("MinCoveragePercentage", DEFAULT_COVERAGE)) / 100
    numbers, below, heard = dark["frames"], dark["below"], dark["heard"]
    if len(numbers) == 0:
        return []
    level = BLACK + threshold * (WHITE - BLACK)
    column = int(np.clip(level / LEVELS_A_BIN, 1, below.shape[1])) - 1
    # Shares are stored rounded down per bin: a ten-thousandth of the picture is that rounding.
    share = below[:, column].astype(np.float64) / 65535 + 1e-3
    flags = np.zeros(frames + 1, bool)
    flags[numbers[(share >= coverage) & ~heard]] = True
    shares = np.zeros(frames + 1)
    shares[numbers] = np.minimum(share, 1.0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8)])))
    runs = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= SHORTEST_BLACK * rate:
            runs.append((int(start), int(end), round(90.0 + 10.0 * float(shares[start:end].mean()) - 0.5, 4)))
    return runs
