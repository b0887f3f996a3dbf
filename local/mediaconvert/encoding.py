"""H.264 and AAC encoders as the job's settings ask, on x264 and FFmpeg's AAC.

MediaConvert's encoder is its own; what maps is the intent. A QVBR level becomes a constant rate factor
(level 7 → 22, two steps for each level) under the job's maximum bitrate; quality tuning becomes a preset.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from local.mediaconvert.picture import Canvas
from local.mediaconvert.spec import AudioSpec, VideoSpec

_PRESETS = {"SINGLE_PASS": "superfast", "SINGLE_PASS_HQ": "veryfast", "MULTI_PASS_HQ": "medium"}
_DEFAULT_LEVEL = 7
_AUTO_GOP_SECONDS = 2
_QUICK_CODER_BITS = 64_000
"""Bits per second and channel from which FFmpeg's quick AAC coder, at half the time, is good enough."""
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def x264_options(video: VideoSpec, rate: Fraction) -> dict[str, str]:
    """Options of libx264 for the H.264 settings of an output."""
    options = {"preset": _PRESETS[video.setting("QualityTuningLevel", "SINGLE_PASS_HQ")], "forced-idr": "1"}
    options.update(_rate_control(video))
    options["g"] = str(gop_frames(video, rate))
    if video.setting("SceneChangeDetect") == "DISABLED":
        options["sc_threshold"] = "0"
    named = {
        "MinIInterval": "keyint_min",
        "NumberBFramesBetweenReferenceFrames": "bf",
        "NumberReferenceFrames": "refs",
        "Slices": "slices",
    }
    for name, option in named.items():
        if video.setting(name) is not None:
            options[option] = str(video.setting(name))
    options["profile"] = str(video.setting("CodecProfile", "HIGH")).lower()
    level = video.setting("CodecLevel", "AUTO")
    if level != "AUTO":
        options["level"] = level.removeprefix("LEVEL_").replace("_", ".")
    if video.setting("EntropyEncoding") == "CAVLC":
        options["coder"] = "vlc"
    if video.setting("GopBReference") == "DISABLED":
        options["b-pyramid"] = "none"
    if video.setting("AdaptiveQuantization") == "OFF":
        options["aq-mode"] = "none"
    return options


def _rate_control(video: VideoSpec) -> dict[str, str]:
    mode = video.setting("RateControlMode", "CBR")
    if mode == "QVBR":
        level = video.setting("QvbrQualityLevel", _DEFAULT_LEVEL)
        fine = round(video.setting("QvbrQualityLevelFineTune", 0.0) * 3) / 3
        peak = video.setting("MaxBitrate")
        options = {"crf": f"{36 - 2 * (level + fine):.2f}", "maxrate": str(peak)}
    else:
        average = video.setting("Bitrate")
        peak = average if mode == "CBR" else video.setting("MaxBitrate", average * 2)
        options = {"b": str(average), "maxrate": str(peak)}
    options["bufsize"] = str(video.setting("HrdBufferSize") or 2 * peak)
    return options


def gop_frames(video: VideoSpec, rate: Fraction) -> int:
    """Frames from one key frame to the next at most."""
    units, size = video.setting("GopSizeUnits", "AUTO"), video.setting("GopSize")
    if units == "AUTO" or size is None:
        return round(_AUTO_GOP_SECONDS * rate)
    return max(1, round(size if units == "FRAMES" else Fraction(size) * rate))


def output_rate(video: VideoSpec, source: Fraction) -> Fraction:
    """Frame rate of an output: the followed input's, unless the job gives one."""
    if video.setting("FramerateControl") == "SPECIFIED":
        return Fraction(video.setting("FramerateNumerator"), video.setting("FramerateDenominator"))
    return source


class Encoder:
    """An encoder whose packets go to several files; ``stream`` is the template of theirs."""

    stream: VideoStream | AudioStream

    def __init__(self) -> None:
        self._home = av.open("-", "w", format="null")

    def _open(self) -> None:
        context = self.stream.codec_context
        context.flags |= int(Flags.global_header)
        context.open()

    def finish(self) -> Iterator[Packet[Any]]:
        """The last packets."""
        yield from self.stream.encode(None)

    def close(self) -> None:
        """Free the encoder."""
        self._home.close()


class VideoEncoder(Encoder):
    """H.264 of one canvas; frames are counted from 0 and key frames forced where asked."""

    stream: VideoStream

    def __init__(
        self, video: VideoSpec, canvas: Canvas, rate: Fraction, sample: VideoFrame, threads: int
    ) -> None:
        """``sample`` is a fitted picture, whose colour description the stream carries on."""
        super().__init__()
        options = x264_options(video, rate)
        self.stream = self._home.add_stream("libx264", rate=rate, options=options)
        context = self.stream.codec_context
        context.width, context.height, context.pix_fmt = canvas.width, canvas.height, "yuv420p"
        context.time_base = 1 / rate
        context.sample_aspect_ratio = canvas.pixel_aspect
        context.thread_count = threads
        if video.colour_metadata:
            context.color_primaries = sample.color_primaries
            context.color_trc = sample.color_trc
            context.colorspace = sample.colorspace
            context.color_range = 1
        self._time_base = 1 / rate
        self._open()

    def encode(self, frame: VideoFrame, number: int, key: bool) -> Iterator[Packet[Any]]:
        """Encode the picture as frame ``number`` of the output."""
        frame.pts, frame.time_base = number, self._time_base
        frame.pict_type = PictureType.I if key else PictureType.NONE
        for packet in self.stream.encode(frame):
            packet.duration = 1
            yield packet

    def finish(self) -> Iterator[Packet[Any]]:
        """The last packets, each lasting one frame."""
        for packet in super().finish():
            packet.duration = 1
            yield packet


class AudioEncoder(Encoder):
    """AAC-LC of one track."""

    stream: AudioStream
    FRAME = 1024

    def __init__(self, audio: AudioSpec, channels: int) -> None:
        super().__init__()
        self._layout, self._rate = LAYOUTS[channels], audio.sample_rate
        quick = audio.bitrate >= _QUICK_CODER_BITS * channels
        options = {"aac_coder": "fast" if quick else "twoloop"}
        self.stream = self._home.add_stream("aac", rate=audio.sample_rate, options=options)
        self.stream.codec_context.bit_rate = audio.bitrate
        self.stream.codec_context.layout = self._layout
        self._open()
        self._waiting = np.zeros((channels, 0), dtype=np.float32)
        self._written = 0

    @property
    def seconds(self) -> Fraction:
        """How much sound has been taken."""
        return Fraction(self._written + self._waiting.shape[1], self._rate)

    def encode(self, samples: np.ndarray[Any, np.dtype[np.float32]]) -> Iterator[Packet[Any]]:
        """Take samples (channels × length), encode those that fill whole AAC frames."""
        self._waiting = np.concatenate([self._waiting, samples], axis=1)
        whole = self._waiting.shape[1] // self.FRAME
        for index in range(whole):
            yield from self._frame(self._waiting[:, index * self.FRAME : (index + 1) * self.FRAME])
        self._waiting = self._waiting[:, whole * self.FRAME :]

    def finish(self) -> Iterator[Packet[Any]]:
        """Encode what is left, however short."""
        if self._waiting.shape[1]:
            yield from self._frame(self._waiting)
            self._waiting = self._waiting[:, :0]
        yield from super().finish()

    def _frame(self, samples: np.ndarray[Any, np.dtype[np.float32]]) -> Iterator[Packet[Any]]:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=self._layout)
        frame.sample_rate, frame.pts = self._rate, self._written
        frame.time_base = Fraction(1, self._rate)
        self._written += samples.shape[1]
        yield from self.stream.encode(frame)


def starts_segment(frame: int, rate: Fraction, seconds: int, gop: int | None) -> bool:
    """Whether a frame begins an HLS segment: every ``seconds``, rounded up to whole GOPs if given."""
    if gop:
        return frame % (math.ceil(seconds * rate / gop) * gop) == 0
    return frame == math.ceil(math.floor(frame / rate / seconds) * seconds * rate)
