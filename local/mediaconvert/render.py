"""One job's render: every picture is decoded once, every rendition encoded once and muxed where needed."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.packet import Packet
from av.video.frame import VideoFrame

from local.mediaconvert.decoding import Decoded, decoded_ahead
from local.mediaconvert.encoding import (
    AudioEncoder,
    VideoEncoder,
    gop_frames,
    output_rate,
    starts_segment,
    x264_options,
)
from local.mediaconvert.muxing import Captures, PacketFile, hls_file, mp4_file
from local.mediaconvert.picture import Canvas, Picture, Shown, canvas_of, turn_of
from local.mediaconvert.program import Program
from local.mediaconvert.spec import AudioSpec, GroupSpec, JobSpec, OutputSpec, VideoSpec
from local.mediaconvert.timeline import Segment

_SOUND_STEP = Fraction(1, 2)


@dataclass
class Written:
    """What was rendered for one output."""

    group: GroupSpec
    output: OutputSpec
    folder: Path
    canvas: Canvas
    rate: Fraction
    frames: int = 0
    captures: Captures | None = None
    video: VideoEncoder | None = None
    audio: list[AudioEncoder] = field(default_factory=list)

    @property
    def seconds(self) -> Fraction:
        """Length of the output's video."""
        return self.frames / self.rate


class _Sound:
    """One encoded audio track and the files that it goes to; measured while the picture is encoded."""

    def __init__(self, program: Program, encoder: AudioEncoder) -> None:
        self.program, self.encoder = program, encoder
        self.files: list[PacketFile] = []
        self._wanted: list[tuple[Segment, Fraction, Fraction, Fraction]] = []
        self._preparing = ThreadPoolExecutor(1, "sound")
        self._prepared = self._preparing.submit(program.prepare)

    def write(self, segment: Segment, began: Fraction, start: Fraction, end: Fraction) -> None:
        """Write the output time ``[start, end)``, or remember to when the sound is not yet prepared."""
        self._wanted.append((segment, began, start, end))
        if self._prepared.done():
            self._write_wanted()

    def _write_wanted(self) -> None:
        self._prepared.result()
        for wanted in self._wanted:
            self._mux(self.encoder.encode(self.program.read(*wanted)))
        self._wanted.clear()

    def _mux(self, packets: Iterable[Packet[Any]]) -> None:
        for packet in packets:
            for file in self.files:
                file.mux(self.encoder, packet)

    def finish(self) -> None:
        """Write everything that is left."""
        self._write_wanted()
        self._mux(self.encoder.finish())

    def close(self) -> None:
        """Let go of files and encoder, once nothing reads them any more."""
        self._preparing.shutdown()
        self.program.close()
        self.encoder.close()


class _Rendition:
    """One picture encoding, or one series of captures, and the files that it goes to."""

    def __init__(self, render: Render, written: list[Written]) -> None:
        assert written[0].output.video is not None
        self._render, self._video, self.written = render, written[0].output.video, written
        self.canvas, self.rate = written[0].canvas, written[0].rate
        self._captures = next((item.captures for item in written if item.captures), None)
        self._format = "yuvj420p" if self._captures else "yuv420p"
        self._picture: Picture | None = None
        self._encoder: VideoEncoder | None = None
        self._files: list[PacketFile] = []
        self._count = 0

    def begin(self, segment: Segment) -> None:
        """Prepare for another input."""
        track = segment.source.track
        turn = turn_of(segment.input.rotate, track)
        self._picture = Picture(self._video, self.canvas, track, turn, self._format)

    def write(self, frame: VideoFrame, start: Fraction, end: Fraction) -> None:
        """Take the picture shown during the output time ``[start, end)``."""
        assert self._picture is not None
        for number in range(math.ceil(start * self.rate), math.ceil(end * self.rate)):
            self._count = number + 1
            if self._captures:
                if self._captures.wanted(number / self.rate):
                    self._captures.write(self._picture.fit(frame))
            else:
                self._encode(self._picture.fit(frame), number)

    def _encode(self, fitted: VideoFrame, number: int) -> None:
        if self._encoder is None:
            self._encoder = self._open(fitted)
        for packet in self._encoder.encode(fitted, number, self._is_key(number)):
            for file in self._files:
                file.mux(self._encoder, packet)

    def _is_key(self, number: int) -> bool:
        gop = gop_frames(self._video, self.rate)
        return number == 0 or any(
            starts_segment(
                number, self.rate, item.group.segment_seconds, gop if item.group.segments_follow_gop else None
            )
            for item in self.written
            if item.output.kind == "HLS"
        )

    def _open(self, sample: VideoFrame) -> VideoEncoder:
        encoder = VideoEncoder(self._video, self.canvas, self.rate, sample, self._render.encoder_threads)
        for item in self.written:
            item.video = encoder
            if item.output.kind == "MP4":
                file = mp4_file(item.folder / "output.mp4", item.output, item.rate)
            else:
                file = hls_file(item.folder, item.group)
            file.add(encoder, None)
            for audio in item.output.audio:
                sound = self._render.sounds[audio]
                file.add(sound.encoder, sound.program.language)
                sound.files.append(file)
                item.audio.append(sound.encoder)
            self._files.append(file)
        return encoder

    def finish(self) -> None:
        """Write what the encoder still holds."""
        for item in self.written:
            item.frames = self._count
        if self._encoder is not None:
            for packet in self._encoder.finish():
                for file in self._files:
                    file.mux(self._encoder, packet)

    def close(self) -> None:
        """Finish the files."""
        for file in self._files:
            file.close()
        if self._encoder is not None:
            self._encoder.close()


class Render:
    """Renders a job into a folder; nothing leaves that folder."""

    def __init__(
        self, spec: JobSpec, segments: list[Segment], folder: Path, encoder_threads: int = 0
    ) -> None:
        """Plan the outputs: equal picture settings make one rendition, equal audio settings one track."""
        self._spec, self._segments, self._folder = spec, segments, folder
        self.encoder_threads = encoder_threads
        self._followed = next(segment for segment in segments if segment.input is spec.inputs[spec.follow])
        position = segments.index(self._followed)
        audio = {item for group in spec.groups for output in group.outputs for item in output.audio}
        self.sounds = {item: _sound(item, segments, position) for item in sorted(audio, key=repr)}
        self.written: list[Written] = []
        self._renditions = self._plan()

    def run(self, progress: Callable[[Fraction], None]) -> list[Written]:
        """Decode, encode and write everything; ``progress`` gets the share done and may raise to stop.

        Returns:
            What was written, in the order of groups and outputs.
        """
        total = sum(segment.seconds for segment in self._segments)
        try:
            with decoded_ahead(self._segments, self._spec.deinterlace) as pictures:
                for upto in self._write(pictures):
                    progress(min(upto / total, Fraction(1)))
            for rendition in self._renditions:
                rendition.finish()
            for sound in self.sounds.values():
                sound.finish()
        finally:
            for rendition in self._renditions:
                rendition.close()
            for sound in self.sounds.values():
                sound.close()
        return self.written

    def _write(self, pictures: Iterator[Decoded]) -> Iterator[Fraction]:
        """Encode pictures with their sound; yields the output time reached after each."""
        end = Fraction(0)
        for number, group in itertools.groupby(pictures, key=operator.itemgetter(0)):
            segment = self._segments[number]
            began = heard = end
            for rendition in self._renditions:
                rendition.begin(segment)
            for count, (_, frame) in enumerate(group):
                start = began + count / segment.source.track.rate
                end = began + (count + 1) / segment.source.track.rate
                for rendition in self._renditions:
                    rendition.write(frame, start, end)
                if end - heard >= _SOUND_STEP:
                    self._hear(segment, began, heard, end)
                    heard = end
                yield end
            self._hear(segment, began, heard, end)

    def _hear(self, segment: Segment, began: Fraction, start: Fraction, end: Fraction) -> None:
        for sound in self.sounds.values():
            sound.write(segment, began, start, end)

    def _plan(self) -> list[_Rendition]:
        together: dict[tuple[object, ...], list[Written]] = {}
        track = self._followed.source.track
        shown = Shown.of(track, turn_of(self._followed.input.rotate, track))
        for group in self._spec.groups:
            for output in group.outputs:
                assert output.video is not None
                folder = self._folder / f"{len(self.written):03d}"
                folder.mkdir(parents=True)
                capture = output.kind == "JPEG"
                rate = track.rate if capture else output_rate(output.video, track.rate)
                item = Written(group, output, folder, canvas_of(output.video, shown), rate)
                item.captures = Captures(folder, output.video) if capture else None
                self.written.append(item)
                key = (folder.name,) if capture else _same_encode(output.video, item)
                together.setdefault(key, []).append(item)
        return [_Rendition(self, items) for items in together.values()]


def _same_encode(video: VideoSpec, item: Written) -> tuple[object, ...]:
    """Outputs that agree in this are one encode, however their settings say it."""
    look = (video.scaling, video.sharpness, video.colour_metadata, video.to_sdr)
    return (item.canvas, item.rate, look, *sorted(x264_options(video, item.rate).items()))


def _sound(audio: AudioSpec, segments: list[Segment], follow: int) -> _Sound:
    program = Program(audio, segments, follow)
    return _Sound(program, AudioEncoder(audio, program.channels))
