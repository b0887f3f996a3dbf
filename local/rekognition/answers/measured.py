"""What was measured on one film, read back from its folder."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DETECTORS = ("segments", "labels", "faces", "celebrities")
MODEL_VERSION = "local-1 (classical vision, no trained model)"
"""Stands in every model version, so that nobody mistakes the stand-in for Rekognition."""


class Measured:
    """One film's folder of measurements."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def holds(self, detector: str) -> bool:
        """Whether the detector's results are there; celebrities need only the film's description."""
        needed = "film" if detector == "celebrities" else detector
        return self._path("film").exists() and self._path(needed).exists()

    def read(self, name: str) -> dict[str, Any]:
        """A results file."""
        content: dict[str, Any] = json.loads(self._path(name).read_text(encoding="utf-8"))
        return content

    def dark(self) -> dict[str, NDArray[Any]]:
        """Dark frames: their numbers, share of pixels below each level, and whether they are heard."""
        with np.load(self._folder / "dark.npz") as stored:
            return {name: stored[name] for name in ("frames", "below", "heard")}

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return Fraction(*self.read("film")["rate"])

    def video_metadata(self) -> dict[str, Any]:
        """VideoMetadata as every Get* operation has it."""
        film = self.read("film")
        return {
            "Codec": film["codec"],
            "DurationMillis": film["duration_millis"],
            "Format": film["container"],
            "FrameRate": float(Fraction(*film["rate"])),
            "FrameHeight": film["height"],
            "FrameWidth": film["width"],
            "ColorRange": film["color_range"],
        }

    def audio_metadata(self) -> list[dict[str, Any]]:
        """AudioMetadata: a list, empty for a silent film."""
        audio = self.read("film")["audio"]
        if audio is None:
            return []
        return [
            {
                "Codec": audio["codec"],
                "DurationMillis": audio["duration_millis"],
                "SampleRate": audio["sample_rate"],
                "NumberOfChannels": audio["channels"],
            }
        ]

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"
