"""Views of a decoded frame's planes, and smaller pictures of them.

Nothing here converts or scales a whole frame: planes are read in place with a
stride, because a full-frame conversion costs more than all the detectors
together.
"""

from __future__ import annotations

import av
import cv2
import numpy as np
from av.video.plane import VideoPlane
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

IN_PLACE = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}


def _view(plane: VideoPlane, width: int, height: int) -> Plane:
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[:height, :width]


def planes_of(frame: av.VideoFrame) -> tuple[Plane, Plane, Plane]:
    """Luma and both chroma planes as views; unusual formats are converted to 8-bit 4:2:0 first."""
    if frame.format.name not in IN_PLACE:
        frame = frame.reformat(format="yuv420p")
    name, width, height = frame.format.name, frame.width, frame.height
    planes = frame.planes
    luma = _view(planes[0], width, height)
    if name == "gray":
        neutral = np.full(((height + 1) // 2, (width + 1) // 2), 128, np.uint8)
        return luma, neutral, neutral
    if name == "nv12":
        mixed = _view(planes[1], (width + 1) // 2 * 2, (height + 1) // 2)
        return luma, mixed[:, 0::2], mixed[:, 1::2]
    chroma_width = width if "444" in name else (width + 1) // 2
    chroma_height = height if "420" not in name else (height + 1) // 2
    return luma, _view(planes[1], chroma_width, chroma_height), _view(planes[2], chroma_width, chroma_height)


def thin(plane: Plane, least: int) -> Plane:
    """Every n-th pixel of every n-th row, as many as leave at least ``least`` columns."""
    step = max(1, plane.shape[1] // least)
    return np.ascontiguousarray(plane[::step, ::step])


def shrink(plane: Plane, width: int) -> Plane:
    """The plane at most ``width`` pixels wide, filtered; narrower planes stay as they are.

    Averaging by anything but two costs six times as much: the rest of the way, less than
    halving it, is interpolated.
    """
    if plane.shape[1] <= width:
        return np.ascontiguousarray(plane)
    height = max(1, round(plane.shape[0] * width / plane.shape[1]))
    step = plane.shape[1] // (2 * width)
    source = plane[::step, ::step] if step > 1 else plane
    if source.shape[1] >= 2 * width:
        half = source.shape[1] // 2, source.shape[0] // 2
        source = cv2.resize(source, half, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    small = cv2.resize(source, (width, height), interpolation=cv2.INTER_LINEAR_EXACT)
    return small.astype(np.uint8, copy=False)


def upright(plane: Plane, rotation: int) -> Plane:
    """Turn a plane as the film is displayed; ``rotation`` is counter-clockwise, in degrees."""
    turns = round(rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(plane, turns)) if turns else plane
