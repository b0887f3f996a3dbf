"""One pass over a film: decode once, measure everything that was asked for.

The decoding thread only takes thumbnails and hands samples over; what needs
the whole film (shots, fades, credits) is worked out from the thumbnails when
the last frame is in.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.container import InputContainer

from local.rekognition.measure import cues, gradual, shots, titles
from local.rekognition.measure.audio import AUDIBLE_DB, loudness
from local.rekognition.measure.film import (
    Film,
    Tally,
    check_complete,
    decoded_frames,
    describe,
    open_container,
)
from local.rekognition.measure.looking import Looker, Sample, Seen
from local.rekognition.measure.opening import OpeningLooks
from local.rekognition.measure.planes import planes_of, shrink
from local.rekognition.measure.results import shots_between, write_json
from local.rekognition.measure.sampling import SampleClock
from local.rekognition.measure.thumbnails import ThumbnailFile, Thumbnails

SAMPLE_SIDE = 480
"""Longer side of the pictures that are looked at."""
SAMPLE_SECONDS = Fraction(3)
PAGES_FROM = 0.6
"""Share of the film after which pictures are also looked at as pages of credits."""
REPORT_SECONDS = 0.25

Report = Callable[[int, int], None]


class _Collector:
    """Takes decoded frames one by one: writes thumbnails to disk, hands samples to the looker."""

    def __init__(self, folder: Path, film: Film, looker: Looker) -> None:
        self.rotation = 0
        self.decoded = 0
        self._looker = looker
        self._clock = SampleClock(film.rate, SAMPLE_SECONDS)
        self._page_step = max(1, round(film.rate))
        self._pages_from = int(PAGES_FROM * film.promised_frames)
        self._thumbnails = ThumbnailFile(folder)
        self._next_page = self._pages_from
        self._opening = OpeningLooks(folder, film)

    def take(self, number: int, frame: av.VideoFrame) -> None:
        luma, blue, red = planes_of(frame)
        if self.decoded == 0:
            self.rotation = frame.rotation
        step = self._thumbnails.take(number, luma, blue, red)
        self.decoded += 1
        self._opening.take(number, luma, self.rotation)
        closely = self._clock.wants(number, step)
        as_page = number >= self._next_page
        if as_page:
            self._next_page = number + self._page_step
        if closely or as_page:
            width = round(SAMPLE_SIDE * min(1.0, luma.shape[1] / luma.shape[0]))
            small = (
                shrink(luma, width).copy(),
                shrink(blue, width // 4).copy(),
                shrink(red, width // 4).copy(),
            )
            self._looker.take(Sample(number, *small, self.rotation, closely, as_page))

    def thumbnails(self) -> Thumbnails:
        """The thumbnails of all frames."""
        return self._thumbnails.finish()

    def opening(self) -> titles.Looks:
        """The looks at the film's opening."""
        return self._opening.finish()

    def clear(self) -> None:
        """Remove what was kept on disk; what is mapped stays readable until it is let go."""
        self._opening.clear()
        self._thumbnails.clear()


class FilmPass:
    """One pass; detectors may join from another thread while it is young."""

    def __init__(self, path: Path, folder: Path, detectors: frozenset[str], report: Report) -> None:
        self._path, self._folder, self._report = path, folder, report
        self._looker = Looker(detectors)
        self._tally = Tally()

    def join(self, detectors: frozenset[str]) -> bool:
        """Measure more detectors in the same pass; false when it is too late for that."""
        return self._looker.join(detectors)

    def run(self) -> None:
        """Measure the film; writes film.json, segments.json and one file per detector.

        Raises:
            FilmError: the film cannot be analysed; nothing is written.
        """
        cv2.setNumThreads(1)
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with open_container(self._path) as container:
                film = describe(container)
                collector = _Collector(self._folder, film, self._looker)
                try:
                    self._decode(container, film, collector)
                    self._finish(film, collector)
                finally:
                    collector.clear()
        finally:
            self._looker.close()

    def _finish(self, film: Film, collector: _Collector) -> None:
        """Work out what needs the whole film, and write everything."""
        thumbnails = collector.thumbnails()
        seen = self._looker.finish()
        check_complete(film, self._tally, len(thumbnails.signatures) - 1)
        if round(collector.rotation / 90) % 2:
            film = dataclasses.replace(film, width=film.height, height=film.width)
        segments = _segments(self._path, self._folder, film, thumbnails, seen)
        hard = [start for start, _, _ in segments["shots"]]
        segments["titles"] = titles.opening_titles(collector.opening(), hard, float(film.rate))
        _write_sightings(self._folder, seen, segments, self._looker.detectors)
        write_json(self._folder / "segments.json", segments)
        _write_film(self._folder, film, len(thumbnails.signatures))

    def _decode(self, container: InputContainer, film: Film, collector: _Collector) -> None:
        reported = time.monotonic()
        for number, frame in decoded_frames(container, film, self._tally):
            collector.take(number, frame)
            if time.monotonic() - reported > REPORT_SECONDS:
                reported = time.monotonic()
                self._report(number, film.promised_frames)


def _write_sightings(folder: Path, seen: Seen, segments: dict[str, Any], detectors: frozenset[str]) -> None:
    """Faces and labels; pages of credits and colour bars are no pictures to see something in."""
    skip = [(credit[0], credit[1]) for credit in segments["credits"]] + segments["bars"]
    looked = [number for number in seen.looked if not any(start <= number < end for start, end in skip)]
    if "labels" in detectors:
        rows = [
            {"frame": number, "people": seen.people[number], "scenery": seen.scenery[number]._asdict()}
            for number in looked
        ]
        write_json(folder / "labels.json", {"looked": looked, "rows": rows})
    if "faces" in detectors:
        found = [{"frame": number, "faces": seen.faces[number]} for number in looked if seen.faces[number]]
        write_json(folder / "faces.json", {"looked": looked, "rows": found})


def _write_film(folder: Path, film: Film, frames: int) -> None:
    described = dataclasses.asdict(film) | {
        "rate": [film.rate.numerator, film.rate.denominator],
        "duration_millis": int((film.duration or frames / film.rate) * 1000),
        "frames": frames,
    }
    del described["duration"]
    write_json(folder / "film.json", described)


def _segments(path: Path, folder: Path, film: Film, thumbnails: Thumbnails, seen: Seen) -> dict[str, Any]:
    signatures, rate = thumbnails.signatures, float(film.rate)
    count = len(signatures)
    found = shots.hard_cuts(signatures, thumbnails.steps)
    cuts = [frame for frame, _ in found]
    fades = gradual.fades(signatures, cuts)
    soft = sorted(fades + gradual.dissolves(signatures, thumbnails.steps, fades, cuts))
    dark = cues.dark_frames(signatures, thumbnails.histograms)
    flags = np.zeros(count, bool)
    flags[dark.frames] = True
    ranges = gradual.runs(flags)
    levels = (
        loudness(path, ranges, film.rate) if film.audio else np.full(len(dark.frames), -120.0, np.float32)
    )
    dark_path = folder / "dark.npz"
    np.savez_compressed(dark_path, frames=dark.frames, below=dark.below, heard=levels > AUDIBLE_DB)
    black_edges = [edge for run in cues.pure_black(thumbnails.histograms) for edge in run]
    edges = sorted({*cuts, *(edge for run in soft for edge in run), *black_edges, count})
    strength = dict(found)
    return {
        "frames": count,
        "shots": shots_between(count, strength, soft, black_edges),
        "soft": soft,
        "bars": cues.colour_bars(signatures, rate),
        "credits": cues.end_credits(seen.pages, edges, count, rate),
    }
