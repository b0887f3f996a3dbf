"""Small films whose every picture carries its number and whose sound beeps at known frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

WIDTH, HEIGHT, BITS = 256, 144, 16
BEEP_HZ = 1000
_DARK, _LIGHT = 50, 200

Sound = Callable[[float], np.ndarray[Any, np.dtype[np.float32]]]


def numbered(number: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A yuv420p picture: 16 columns, bright for a set bit of ``number``, the lower half inverted."""
    bits = np.array([number >> bit & 1 for bit in range(BITS)], dtype=bool)
    columns = np.repeat(bits, -(-width // BITS))[:width]
    picture = np.full((height * 3 // 2, width), 128, dtype=np.uint8)
    picture[: height // 2] = np.where(columns, _LIGHT, _DARK)
    picture[height // 2 : height] = np.where(columns, _DARK, _LIGHT)
    return picture


def number_in(frame: VideoFrame) -> int:
    """The number that a picture carries, at any size; fails when the halves disagree."""
    luma = frame.reformat(format="gray").to_ndarray()
    height, width = luma.shape
    step = width / BITS

    def read(rows: slice) -> int:
        means = [luma[rows, int(step * (bit + 0.3)) : int(step * (bit + 0.7))].mean() for bit in range(BITS)]
        return sum((mean > 125) << bit for bit, mean in enumerate(means))

    upper = read(slice(int(height * 0.1), int(height * 0.4)))
    lower = read(slice(int(height * 0.6), int(height * 0.9)))
    assert upper == lower ^ 0xFFFF, "the picture is torn"
    return upper


def numbers_of(path: Path, turn: int = 0) -> list[int]:
    """The numbers of all pictures of a film; ``turn`` is how far they were turned clockwise."""
    with av.open(str(path)) as container:
        return [number_in(_turned_back(frame, turn)) for frame in container.decode(video=0)]


def _turned_back(frame: VideoFrame, turn: int) -> VideoFrame:
    if not turn:
        return frame
    upright = np.rot90(frame.to_ndarray(format="gray"), turn // 90)
    return VideoFrame.from_ndarray(np.ascontiguousarray(upright), format="gray")


def make_film(
    path: Path,
    frames: int,
    rate: Fraction | int = 25,
    *,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    pixel_format: str = "yuv420p",
    sounds: Sequence[tuple[str, Sound]] = (),
    languages: Sequence[str] = (),
    times: Iterable[int] | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    rotation: int = 0,
    pixel_aspect: Fraction = Fraction(1),
    container: str | None = None,
    sample_rate: int = 48000,
    sound_codec: str | None = None,
    transfer: int | None = None,
) -> Path:
    """Write a film of numbered pictures; ``sounds`` are layouts with functions from time to channels × n.

    ``times`` are the frames' time stamps in milliseconds, for a variable rate.
    """
    rate = Fraction(rate)
    if options is None:
        options = {"g": "50", "bf": "3", "preset": "ultrafast"} if codec == "libx264" else {}
    with av.open(str(path), "w", format=container) as output:
        video = output.add_stream(codec, rate=rate, options=options)
        video.width, video.height, video.pix_fmt = size[0], size[1], pixel_format
        video.codec_context.sample_aspect_ratio = pixel_aspect
        if transfer is not None:
            video.codec_context.color_trc = transfer
            video.codec_context.color_primaries = video.codec_context.colorspace = 9
        if times is not None:
            video.codec_context.time_base = Fraction(1, 1000)
        if rotation:
            video.set_display_rotation(-rotation)
        tracks = []
        for index, (layout, _) in enumerate(sounds):
            audio = output.add_stream(
                sound_codec or ("aac" if path.suffix != ".webm" else "libopus"), rate=sample_rate
            )
            audio.codec_context.layout = layout
            if index < len(languages):
                audio.metadata["language"] = languages[index]
            tracks.append(audio)
        stamps = list(times) if times is not None else None
        for number in range(frames):
            frame = VideoFrame.from_ndarray(
                numbered(number, *(side + side % 2 for side in size)), format="yuv420p"
            )
            if pixel_format != "yuv420p" or (frame.width, frame.height) != size:
                frame = frame.reformat(*size, format=pixel_format)
            frame.pts = stamps[number] if stamps else number
            frame.time_base = Fraction(1, 1000) if stamps else 1 / rate
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        seconds = float(frames / rate) if stamps is None else stamps[-1] / 1000
        for audio, (layout, sound) in zip(tracks, sounds, strict=True):
            _write_sound(output, audio, layout, sound, seconds, sample_rate)
    return path


def _write_sound(output: Any, audio: Any, layout: str, sound: Sound, seconds: float, rate: int) -> None:
    total = int(seconds * rate)
    for start in range(0, total, 1024):
        count = min(1024, total - start)
        samples = np.concatenate([sound((start + index) / rate) for index in range(0, count, 64)], axis=1)
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:, :count], dtype=np.float32), format="fltp", layout=layout
        )
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        output.mux(audio.encode(frame))
    output.mux(audio.encode(None))


def beeps(
    frames: Iterable[int],
    rate: Fraction | int,
    channels: int = 2,
    *,
    level: float = 0.5,
    sample_rate: int = 48000,
) -> Sound:
    """A beep for the length of each given frame, silence elsewhere; 64 samples at a time."""
    spans = [(float(frame / Fraction(rate)), float((frame + 1) / Fraction(rate))) for frame in frames]

    def sound(start: float) -> np.ndarray[Any, np.dtype[np.float32]]:
        time = start + np.arange(64) / sample_rate
        on = np.zeros(64, dtype=bool)
        for begin, end in spans:
            if begin - 0.01 < start < end + 0.01:
                on |= (time >= begin) & (time < end)
        tone = level * np.sin(2 * np.pi * BEEP_HZ * time) * on
        return np.tile(tone.astype(np.float32), (channels, 1))

    return sound


def tone(levels: Sequence[float], hertz: float = BEEP_HZ, sample_rate: int = 48000) -> Sound:
    """A steady sine, with its own level in each channel."""

    def sound(start: float) -> np.ndarray[Any, np.dtype[np.float32]]:
        time = start + np.arange(64) / sample_rate
        wave = np.sin(2 * np.pi * hertz * time)
        return np.stack([level * wave for level in levels]).astype(np.float32)

    return sound


def sound_of(path: Path, track: int = 0) -> np.ndarray[Any, np.dtype[np.float32]]:
    """All samples of an audio track, placed by their time stamps: channels × length."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[track]
        parts = [(frame.pts * frame.time_base, frame.to_ndarray()) for frame in container.decode(stream)]
        rate = stream.codec_context.sample_rate
    last, block = parts[-1]
    whole = np.zeros((block.shape[0], round(last * rate) + block.shape[1]), dtype=np.float32)
    for time, block in parts:
        start = round(time * rate)
        if start >= 0:
            whole[:, start : start + block.shape[1]] = block
    return whole


def remuxed(
    path: Path,
    target: Path,
    *,
    late_picture: Fraction = Fraction(0),
    faststart: bool = False,
    encrypted: bool = False,
) -> Path:
    """The same packets in a new MP4, the picture starting later, the index before the data, or encrypted."""
    options = {"movflags": "+faststart"} if faststart else {}
    if encrypted:
        key = "76a6c65c5ea762046bd749a2e632ccbb"
        options |= {"encryption_scheme": "cenc-aes-ctr", "encryption_key": key, "encryption_kid": key}
    with av.open(str(path)) as source, av.open(str(target), "w", options=options) as output:
        streams = {stream.index: output.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is None:
                continue
            if packet.stream.type == "video":
                packet.pts += int(late_picture / packet.time_base)
                packet.dts += int(late_picture / packet.time_base)
            packet.stream = streams[packet.stream.index]
            output.mux(packet)
    return target
