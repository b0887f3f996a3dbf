"""Exact pictures of a video track: frame ``n`` is the picture shown at ``n / rate`` seconds."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from local.mediaconvert.errors import JobError
from local.mediaconvert.source import Track, main_video, open_media

_FULL_DECODE_BEFORE = 4
"""Frames before the wanted one that are decoded in any case, so that rounding can't skip it."""
_SKIPS_AT_ONCE = frozenset({"h264", "hevc", "mpeg2video", "mpeg4"})
"""Decoders that leave out exactly the packets they are told to; dav1d goes on with it for a while."""
_BACK_STEPS = (Fraction(0), Fraction(1), Fraction(4), Fraction(15))


class _Held(NamedTuple):
    """A picture with its place; encoders overwrite the time stamp in the frame itself."""

    frame: VideoFrame
    position: int
    pts: int


class FrameReader:
    """Reads frame ranges of one file, seeking to the key frame before and discarding up to the start.

    A frame's position is its time since the first frame, rounded to a whole frame; where a variable
    rate leaves a position empty, the picture before it stays on screen.
    """

    def __init__(self, path: Path, track: Track, name: str, threads: int = 0) -> None:
        """Open the file; ``threads`` 0 lets FFmpeg choose."""
        self._path, self._track, self._name, self._threads = path, track, name, threads
        self._container: InputContainer | None = None
        self._stream: VideoStream
        self._decoded: Iterator[VideoFrame] | None = None
        self._held: _Held | None = None
        self._end = 0
        self._full_from = Fraction(-1)
        self._keys: list[int] = []
        self._open()

    def close(self) -> None:
        """Let go of the file."""
        if self._container is not None:
            self._container.close()
            self._container = None

    def read(self, start: int, end: int | None) -> Iterator[VideoFrame]:
        """Yield the pictures of ``[start, end)``; to the end of the track if ``end`` is None.

        The same object may come twice in a row where a picture stands for two positions.

        Raises:
            JobError: 1060, the track ends before ``end``; 1076, it ends long before it says that it does.
        """
        self._go_to(start)
        wanted = start
        while end is None or wanted < end:
            frame = self._next()
            if frame is None:
                yield from self._rest(wanted, end)
                return
            held = self._held or frame
            while wanted < frame.position and (end is None or wanted < end):
                yield held.frame
                wanted += 1
            self._held = frame

    def _rest(self, wanted: int, end: int | None) -> Iterator[VideoFrame]:
        """The last picture stays for as long as the track says that it lasts."""
        last = self._end if end is None else min(end, self._end)
        for _ in range(wanted, last):
            assert self._held is not None
            yield self._held.frame
        count = self._track.frame_count
        if self._end < self._track.complete_from and (end is None or last < end <= count):
            raise JobError(
                JobError.READ,
                f"{self._name} ends after {self._end} frames, though it says that it has {count}.",
            )
        if end is not None and end > last:
            raise JobError(
                JobError.CLIP_NOT_IN_INPUT,
                f"The clip ends at frame {end - 1}, but {self._name} ends after {last} frames.",
            )

    def _open(self) -> None:
        self.close()
        self._container = open_media(self._path)
        stream = main_video(self._container)
        assert stream is not None
        self._stream = stream
        for other in self._container.streams:
            if other.index != stream.index:
                other.discard = av.stream.Discard.all
        stream.codec_context.thread_type = "AUTO"
        stream.codec_context.thread_count = self._threads
        self._keys = sorted(entry.timestamp for entry in stream.index_entries if entry.is_keyframe)
        self._restart()

    def _restart(self) -> None:
        self._held, self._decoded, self._end = None, self._decode(), 0

    def _decode(self) -> Iterator[VideoFrame]:
        assert self._container is not None
        context = self._stream.codec_context
        for packet in self._container.demux(self._stream):
            context.skip_frame = "NONREF" if self._may_skip(packet.pts) else "DEFAULT"
            try:
                frames = self._stream.decode(packet)
            except av.error.InvalidDataError:
                continue
            yield from frames

    def _may_skip(self, pts: int | None) -> bool:
        """No picture depends on one that is not a reference, so those before the start need no decoding."""
        return pts is not None and self._seconds(pts) < self._full_from

    def _next(self) -> _Held | None:
        assert self._decoded is not None
        for frame in self._decoded:
            if frame.pts is not None:
                lasts = max(1, round(Fraction(frame.duration or 0) * self._time_base * self._track.rate))
                position = math.floor(self._seconds(frame.pts) * self._track.rate + Fraction(1, 2))
                self._end = max(self._end, position + lasts)
                return _Held(frame, position, frame.pts)
        return None

    @property
    def _time_base(self) -> Fraction:
        assert self._stream.time_base is not None
        return self._stream.time_base

    def _seconds(self, pts: int) -> Fraction:
        return pts * self._time_base - self._track.first_time

    def _go_to(self, start: int) -> None:
        """Stand so that the next pictures lead up to ``start``, by reading on or by seeking."""
        full_from = Fraction(start - _FULL_DECODE_BEFORE, 1) / self._track.rate
        skips = self._track.constant and self._stream.codec_context.name in _SKIPS_AT_ONCE
        self._full_from = full_from if skips else Fraction(-1)
        if self._held is not None and self._held.position <= start and not self._seek_helps(start):
            return
        for back in _BACK_STEPS:
            if self._seek(Fraction(start) / self._track.rate - back, start):
                return
        self._open()

    def _seek_helps(self, start: int) -> bool:
        """Whether a key frame lies between here and ``start``."""
        assert self._held is not None
        target = self._pts(Fraction(start) / self._track.rate)
        if self._keys:
            return bisect.bisect_right(self._keys, target) > bisect.bisect_right(self._keys, self._held.pts)
        return target - self._held.pts > 10 / self._time_base

    def _pts(self, seconds: Fraction) -> int:
        return int((seconds + self._track.first_time) / self._time_base)

    def _seek(self, seconds: Fraction, start: int) -> bool:
        """Seek to the key frame before; False if the pictures there begin after ``start``."""
        assert self._container is not None
        if seconds <= 0:
            return False
        try:
            self._container.seek(self._pts(seconds), stream=self._stream)
        except av.error.FFmpegError:
            return False
        self._restart()
        first = self._next()
        if first is None or first.position > start:
            return False
        self._held = first
        return True
