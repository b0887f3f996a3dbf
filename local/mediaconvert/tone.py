"""From HDR to SDR: PQ or HLG in BT.2020 becomes BT.709, by a table that is made once.

MediaConvert's tone mapper is its own. What maps is the intent ("preserve details"): diffuse white lands
at three quarters of the signal and highlights are compressed instead of clipped.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

_PQ, _HLG = 16, 18
"""Transfer characteristics of ITU-T H.273."""
_SIZE = 33
_DIFFUSE_WHITE, _PEAK = 203.0, 1000.0
"""Nits: BT.2408's reference white, and the mastering peak that is assumed."""
_TO_709 = np.array(
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
)
"""Linear BT.2020 to linear BT.709 (BT.2087)."""

Table = NDArray[np.floating[Any]]


def is_hdr(frame: VideoFrame) -> bool:
    """Whether a picture is coded in PQ or HLG."""
    return int(frame.color_trc) in {_PQ, _HLG}


def to_sdr(frame: VideoFrame) -> list[str]:
    """Filters that turn pictures such as this one into BT.709, in RGB of twelve bits."""
    return [
        "scale=in_color_matrix=bt2020:out_range=full",
        "format=gbrp12",
        f"lut3d={_table_file(int(frame.color_trc))}:interp=tetrahedral",
        "scale=out_color_matrix=bt709:out_range=limited",
        "format=yuv420p",
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=limited",
    ]


@functools.cache
def _table_file(transfer: int) -> Path:
    steps = np.linspace(0.0, 1.0, _SIZE)
    # A .cube file counts red fastest.
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    mapped = _mapped(np.stack([red, green, blue], axis=-1).reshape(-1, 3), transfer)
    lines = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in mapped)
    with tempfile.NamedTemporaryFile("w", suffix=".cube", prefix="tone-", delete=False) as file:
        file.write(f"LUT_3D_SIZE {_SIZE}\n{lines}\n")
    return Path(file.name)


def _mapped(signal: Table, transfer: int) -> Table:
    nits = _pq(signal) if transfer == _PQ else _hlg(signal)
    brightest = nits.max(axis=1, keepdims=True) / _DIFFUSE_WHITE
    peak = _PEAK / _DIFFUSE_WHITE
    compressed = brightest * (1 + brightest / peak**2) / (1 + brightest)
    # One factor for all three channels keeps the hue.
    linear = nits / _DIFFUSE_WHITE * compressed / np.maximum(brightest, 1e-6)
    shown: Table = np.clip(linear @ _TO_709.T, 0.0, 1.0) ** (1 / 2.4)
    return shown


def _pq(signal: Table) -> Table:
    """SMPTE ST 2084."""
    root = signal ** (1 / 78.84375)
    nits: Table = 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (
        1 / 0.1593017578125
    )
    return nits


def _hlg(signal: Table) -> Table:
    """ARIB STD-B67 on a display of 1,000 nits (system gamma 1.2)."""
    scene = np.where(
        signal <= 0.5, signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
    )
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
    nits: Table = _PEAK * scene * np.maximum(luminance, 1e-6)[:, None] ** 0.2
    return nits
