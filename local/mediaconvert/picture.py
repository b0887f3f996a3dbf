"""From a decoded picture to the picture of an output: deinterlace, tone, rotate, scale, pad, 8-bit 4:2:0."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
from av.filter import Graph
from av.video.frame import VideoFrame

from local.mediaconvert.source import Track
from local.mediaconvert.spec import VideoSpec
from local.mediaconvert.tone import is_hdr, to_sdr

_TURNS = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}
_FIXED_TURNS = {"DEGREES_90": 90, "DEGREES_180": 180, "DEGREES_270": 270}
_KERNELS = ("bilinear", "bicubic", "lanczos")
"""Softest to sharpest; 50, the recommended sharpness, is bicubic."""
_SLIVER = 2
"""Pixels of padding that only come from rounding to even sizes; the picture is stretched over them."""


def turn_of(rotate: str, track: Track) -> int:
    """Clockwise degrees by which an input is turned; AUTO follows the file's own rotation."""
    if rotate == "AUTO":
        return track.rotation if track.rotation in _TURNS else 0
    return _FIXED_TURNS.get(rotate, 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """Size of a picture after turning, in its own pixels, and how wide one pixel is."""

    width: int
    height: int
    pixel_aspect: Fraction

    @classmethod
    def of(cls, track: Track, turn: int) -> Shown:
        """What an input shows after a turn."""
        if turn in {90, 270}:
            return cls(track.height, track.width, 1 / track.pixel_aspect)
        return cls(track.width, track.height, track.pixel_aspect)

    @property
    def aspect(self) -> Fraction:
        """Width over height as seen."""
        return Fraction(self.width, self.height) * self.pixel_aspect


@dataclass(frozen=True, slots=True)
class Canvas:
    """The frame of an output: even width and height in pixels, and how wide one pixel is."""

    width: int
    height: int
    pixel_aspect: Fraction


def even(value: Fraction | int) -> int:
    """The even number nearest to a length, at least 2."""
    return max(2, round(Fraction(value) / 2) * 2)


def canvas_of(video: VideoSpec, shown: Shown) -> Canvas:
    """The output frame that a job asks for, given the input that its defaults follow."""
    pixel = shown.pixel_aspect
    if video.setting("ParControl") == "SPECIFIED":
        pixel = Fraction(video.setting("ParNumerator"), video.setting("ParDenominator"))
    aspect = shown.aspect / pixel
    width, height = video.width, video.height
    if width is None and height is None:
        width, height = even(shown.height * aspect), even(shown.height)
    elif height is None:
        assert width is not None
        height = even(width / aspect)
    elif width is None:
        width = even(height * aspect)
    if video.scaling in {"FIT", "FIT_NO_UPSCALE"}:
        scale = min(width / aspect / shown.height, Fraction(height, shown.height))
        if video.scaling == "FIT_NO_UPSCALE":
            scale = min(scale, Fraction(1))
        width, height = even(shown.height * aspect * scale), even(shown.height * scale)
    return Canvas(width, height, pixel)


def placed(video: VideoSpec, shown: Shown, canvas: Canvas) -> tuple[int, int]:
    """Size of the scaled picture in the canvas: smaller means padding, larger means cropping."""
    if video.scaling == "STRETCH_TO_OUTPUT":
        return canvas.width, canvas.height
    aspect = shown.aspect / canvas.pixel_aspect
    choose = max if video.scaling == "FILL" else min
    height = choose(Fraction(canvas.height), canvas.width / aspect)
    width, height_even = even(height * aspect), even(height)
    if abs(width - canvas.width) <= _SLIVER and abs(height_even - canvas.height) <= _SLIVER:
        return canvas.width, canvas.height
    return width, height_even


class Picture:
    """Turns the frames of one input into frames of one canvas; passes them on untouched where it can."""

    def __init__(self, video: VideoSpec, canvas: Canvas, track: Track, turn: int, pixel_format: str) -> None:
        """``pixel_format`` is what the encoder wants, such as ``yuv420p``."""
        self._video, self._canvas, self._turn, self._format = video, canvas, turn, pixel_format
        self._shown = Shown.of(track, turn)
        self._graph: Graph | None = None
        self._graph_for: tuple[object, ...] = ()

    def fit(self, frame: VideoFrame) -> VideoFrame:
        """The output picture of one decoded (and progressive) frame."""
        chain = self._chain(frame)
        if not chain:
            return frame
        key = (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)
        if self._graph is None or key != self._graph_for:
            self._graph, self._graph_for = filter_graph(frame, chain), key
        self._graph.push(frame)
        fitted = self._graph.pull()
        assert isinstance(fitted, VideoFrame)
        return fitted

    def _chain(self, frame: VideoFrame) -> str:
        toned = self._video.to_sdr and is_hdr(frame)
        steps = to_sdr(frame) if toned else []
        steps += [_TURNS[self._turn]] if self._turn else []
        width, height = frame.width, frame.height
        if self._turn in {90, 270}:
            width, height = height, width
        target = placed(self._video, self._shown, self._canvas)
        full = frame.color_range == 2 or frame.format.name.startswith("yuvj")
        wants_full = self._format.startswith("yuvj")
        pixels = ("yuv420p", False) if toned else (frame.format.name, full)
        if (width, height) != target or pixels != (self._format, wants_full):
            kernel = _KERNELS[min(2, self._video.sharpness // 34)]
            output = "full" if wants_full else "limited"
            steps.append(
                f"scale={target[0]}:{target[1]}:flags={kernel}:out_range={output},format={self._format}"
            )
        if target[0] > self._canvas.width or target[1] > self._canvas.height:
            steps.append(f"crop={self._canvas.width}:{self._canvas.height}")
        elif target != (self._canvas.width, self._canvas.height):
            steps.append(f"pad={self._canvas.width}:{self._canvas.height}:-1:-1:black")
        return ",".join(steps)


def filter_graph(frame: VideoFrame, chain: str) -> Graph:
    """A filter chain for pictures such as ``frame``."""
    time_base = frame.time_base or Fraction(1, 1000)
    graph = Graph()
    source = graph.add(
        "buffer",
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}"
        f":time_base={time_base.numerator}/{time_base.denominator}"
        f":colorspace={frame.colorspace}:range={frame.color_range}",
    )
    last = source
    for step in chain.split(","):
        name, _, arguments = step.partition("=")
        node = graph.add(name, arguments)
        last.link_to(node)
        last = node
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


class Deinterlacer:
    """Turns interlaced pictures of one clip into as many progressive ones; leaves the others alone."""

    def __init__(self) -> None:
        self._graph: Graph | None = None

    def push(self, frame: VideoFrame | None) -> list[VideoFrame]:
        """Give the next picture (None at the end) and take those that are finished, in order."""
        if self._graph is None:
            if frame is None:
                return []
            if not frame.interlaced_frame:
                return [frame]
            self._graph = filter_graph(frame, "yadif=mode=send_frame:deint=interlaced")
        self._graph.push(frame)
        finished: list[VideoFrame] = []
        while True:
            try:
                pulled = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return finished
            assert isinstance(pulled, VideoFrame)
            finished.append(pulled)
