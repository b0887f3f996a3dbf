"""Files of an output: MP4, HLS playlist with segments, JPEG captures. Written locally, uploaded later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote

import av
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from local.mediaconvert.encoding import AudioEncoder, Encoder, VideoEncoder
from local.mediaconvert.spec import GroupSpec, OutputSpec, VideoSpec

_SEGMENT = re.compile(r"^segment_(\d{5})\.ts$")


class PacketFile:
    """A container that takes packets of shared encoders."""

    def __init__(self, path: Path, container_format: str, options: dict[str, str]) -> None:
        self._container = av.open(str(path), "w", format=container_format, options=options)
        self._streams: dict[int, Stream] = {}

    def add(self, encoder: Encoder, language: str | None) -> None:
        """Make a track for what an encoder produces."""
        stream = self._container.add_stream_from_template(encoder.stream)
        stream.codec_context.extradata = encoder.stream.codec_context.extradata
        stream.time_base = encoder.stream.codec_context.time_base
        if language:
            stream.metadata["language"] = language
        self._streams[id(encoder)] = stream

    def mux(self, encoder: Encoder, packet: Packet[Any]) -> None:
        """Write one packet; the packet itself stays untouched, for other files take it too."""
        if not packet.size:
            return
        copy = Packet(bytes(packet))
        copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
        copy.time_base, copy.is_keyframe = packet.time_base, packet.is_keyframe
        copy.stream = self._streams[id(encoder)]
        self._container.mux(copy)

    def close(self) -> None:
        """Finish the file."""
        self._container.close()


def mp4_file(path: Path, output: OutputSpec, rate: Fraction) -> PacketFile:
    """An MP4 whose time scale counts frames exactly."""
    options = {"video_track_timescale": str(_timescale(rate))}
    if output.faststart:
        options["movflags"] = "+faststart"
    if output.brand:
        options["brand"] = output.brand
    return PacketFile(path, "mp4", options)


def _timescale(rate: Fraction) -> int:
    scale = rate.numerator
    while scale < 10000:
        scale *= 2
    return scale


def hls_file(folder: Path, group: GroupSpec) -> PacketFile:
    """A media playlist ``playlist.m3u8`` and MPEG-TS segments ``segment_00001.ts`` in a folder."""
    options = {
        "hls_time": str(group.segment_seconds),
        "hls_playlist_type": "vod",
        "hls_list_size": "0",
        "start_number": "1",
        "hls_segment_filename": str(folder / "segment_%05d.ts"),
    }
    if group.integer_durations:
        options["hls_flags"] = "round_durations"
    return PacketFile(folder / "playlist.m3u8", "hls", options)


def name_segments(playlist: str, prefix: str) -> tuple[str, list[tuple[str, str]]]:
    """Give the segments of a playlist their final names.

    Returns:
        The playlist (names percent-encoded, as they are URIs), and local with final file names.
    """
    lines, names = [], []
    for line in playlist.splitlines():
        match = _SEGMENT.match(line)
        if match:
            final = f"{prefix}_{match[1]}.ts"
            names.append((line, final))
            lines.append(quote(final))
        else:
            lines.append(line)
    return "\n".join(lines) + "\n", names


@dataclass(frozen=True, slots=True)
class Variant:
    """One line of a master playlist; bits per second."""

    playlist: str
    peak: int
    average: int
    width: int
    height: int
    rate: Fraction
    codecs: str


def master_playlist(variants: Sequence[Variant], with_resolution: bool) -> str:
    """The playlist that lists the variants in the order of the outputs."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for variant in variants:
        size = f",RESOLUTION={variant.width}x{variant.height}" if with_resolution else ""
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={variant.peak},AVERAGE-BANDWIDTH={variant.average},"
            f'CODECS="{variant.codecs}"{size},FRAME-RATE={float(variant.rate):.3f}'
        )
        lines.append(quote(variant.playlist))
    return "\n".join(lines) + "\n"


def codec_names(video: VideoEncoder, audio: Sequence[AudioEncoder]) -> str:
    """RFC 6381 names: profile, constraints and level from the parameter set; AAC-LC."""
    extradata = video.stream.codec_context.extradata or b""
    start = extradata.find(b"\x00\x00\x01\x67") + 4
    names = [f"avc1.{extradata[start : start + 3].hex()}"]
    return ",".join(names + ["mp4a.40.2"] * bool(audio))


class Captures:
    """JPEG captures of the output's frames: the first, then one every ``denominator / numerator`` seconds."""

    def __init__(self, folder: Path, video: VideoSpec) -> None:
        self._folder = folder
        self._every = Fraction(
            video.setting("FramerateDenominator", 1), video.setting("FramerateNumerator", 30)
        )
        self._most = video.setting("MaxCaptures", 10_000_000)
        self._quality = video.setting("Quality", 80)
        self.paths: list[Path] = []

    def wanted(self, seconds: Fraction) -> bool:
        """Whether the frame that begins at ``seconds`` of the output is to be captured."""
        return len(self.paths) < self._most and seconds >= len(self.paths) * self._every

    def write(self, frame: VideoFrame) -> None:
        """Write the next capture from a full-range 4:2:0 picture."""
        context = av.CodecContext.create("mjpeg", "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.pix_fmt = frame.width, frame.height, "yuvj420p"
        context.time_base, context.color_range = Fraction(1, 25), 2
        quantizer = 2 + round((100 - self._quality) * 29 / 99)
        context.qmin = context.qmax = quantizer
        frame.pts, frame.pict_type = 0, PictureType.NONE
        data = b"".join(bytes(packet) for packet in (*context.encode(frame), *context.encode(None)))
        path = self._folder / f"{len(self.paths):07d}.jpg"
        path.write_bytes(data)
        self.paths.append(path)
