"""Decoding in a thread of its own, a few pictures ahead of the encoders."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from av.video.frame import VideoFrame

from local.mediaconvert.frames import FrameReader
from local.mediaconvert.picture import Deinterlacer
from local.mediaconvert.timeline import Segment

Decoded = tuple[int, VideoFrame]
"""A picture and the number of its segment."""

_AHEAD = 12


class _End:
    """Closes the queue; carries what went wrong."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def pictures(reader: FrameReader, segment: Segment, deinterlace: bool) -> Iterator[VideoFrame]:
    """The pictures of a segment; where they are interlaced, deinterlaced if that is wanted."""
    frames = reader.read(segment.start, None if segment.open_end else segment.end)
    if not deinterlace:
        yield from frames
        return
    deinterlacer = Deinterlacer()
    for frame in frames:
        yield from deinterlacer.push(frame)
    yield from deinterlacer.push(None)


class _Worker(threading.Thread):
    """Decodes segment after segment into a short queue; files stay open from one to the next."""

    def __init__(self, segments: Sequence[Segment], deinterlace: bool) -> None:
        super().__init__(name="decode", daemon=True)
        self.ahead: queue.Queue[Decoded | _End] = queue.Queue(_AHEAD)
        self.stop = threading.Event()
        self._segments, self._deinterlace = segments, deinterlace
        self._readers: dict[Path, FrameReader] = {}

    def run(self) -> None:
        """Decode everything, or until told to stop; the last item of the queue is an ``_End``."""
        error: BaseException | None = None
        try:
            for number, segment in enumerate(self._segments):
                for frame in pictures(self._reader(segment), segment, self._deinterlace):
                    self.ahead.put((number, frame))
                    if self.stop.is_set():
                        return
        except BaseException as caught:
            error = caught
        finally:
            for reader in self._readers.values():
                reader.close()
            self.ahead.put(_End(error))

    def _reader(self, segment: Segment) -> FrameReader:
        source = segment.source
        if source.path not in self._readers:
            self._readers[source.path] = FrameReader(source.path, source.track, source.name)
        return self._readers[source.path]


@contextmanager
def decoded_ahead(segments: Sequence[Segment], deinterlace: bool = False) -> Generator[Iterator[Decoded]]:
    """The pictures of all segments in order, each with its segment's number, decoded ahead of their use."""
    worker = _Worker(segments, deinterlace)
    worker.start()
    try:
        yield _taken(worker.ahead)
    finally:
        worker.stop.set()
        while worker.is_alive():
            try:
                worker.ahead.get(timeout=0.05)
            except queue.Empty:
                continue


def _taken(ahead: queue.Queue[Decoded | _End]) -> Iterator[Decoded]:
    while True:
        item = ahead.get()
        if isinstance(item, _End):
            if item.error is not None:
                raise item.error
            return
        yield item
