"""The thread that looks closely at sampled frames while the decoder goes on."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field

from local.rekognition.measure.faces import FaceFinder, FoundFace
from local.rekognition.measure.people import FoundPerson, PeopleFinder
from local.rekognition.measure.planes import Plane, shrink, upright
from local.rekognition.measure.scenery import Scenery, look_at
from local.rekognition.measure.text import TextLook, text_look

KEPT = 320
"""Samples kept for detectors that are asked for later: some 50 MB, the first ten minutes of a film."""
DETECTOR_SHARE = 3 / 4
"""Faces and people are looked for in smaller pictures (360 pixels) than text: more than twice as fast."""
WAITING = 8
"""Samples that may wait: a slow looker slows the decoder instead of filling the memory."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame, reduced; ``closely`` for faces, people and scenery, ``as_page`` for credits."""

    number: int
    luma: Plane
    blue: Plane
    red: Plane
    rotation: int
    closely: bool
    as_page: bool


@dataclass(slots=True)
class Seen:
    """Everything that was seen, in order of frames."""

    looked: list[int] = field(default_factory=list)
    faces: dict[int, list[FoundFace]] = field(default_factory=dict)
    people: dict[int, list[FoundPerson]] = field(default_factory=dict)
    scenery: dict[int, Scenery] = field(default_factory=dict)
    pages: list[tuple[int, TextLook]] = field(default_factory=list)


class Looker:
    """Feeds samples to the detectors that were asked for, on a thread of its own.

    The first samples are kept for a while: a detector that is asked for while
    the film is already being decoded looks at them afterwards, and nothing has
    to be decoded twice.
    """

    def __init__(self, detectors: frozenset[str]) -> None:
        self.seen = Seen()
        self._faces: FaceFinder | None = None
        self._people: PeopleFinder | None = None
        self._kept: list[Sample] = []
        self._keeping = True
        self._open = True
        self._joining = 1
        self._state = threading.Condition()
        self.detectors: frozenset[str] = frozenset()
        self._error: BaseException | None = None
        self._queue: queue.Queue[Sample | frozenset[str] | None] = queue.Queue(WAITING)
        self._queue.put(detectors)
        self._thread = threading.Thread(target=self._run, name="looker", daemon=True)
        self._thread.start()

    def take(self, sample: Sample) -> None:
        """Queue a sample; waits while too many are waiting."""
        self._raise()
        self._queue.put(sample)

    def join(self, detectors: frozenset[str]) -> bool:
        """Let more detectors in; false when it is too late for this pass."""
        with self._state:
            if not self._open or not self._keeping:
                return False
            self._joining += 1
        self._queue.put(detectors)
        return True

    def finish(self) -> Seen:
        """Wait for the last sample and return what was seen."""
        self.close()
        self._raise()
        return self.seen

    def close(self) -> None:
        """Let nobody in any more and end the thread; twice is as good as once."""
        with self._state:
            self._open = False
            self._state.wait_for(lambda: self._joining == 0 or not self._thread.is_alive())
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._handle(item)
                except BaseException as error:  # handed to the decoding thread
                    self._error = error
            elif isinstance(item, frozenset):
                self._joined()

    def _handle(self, item: Sample | frozenset[str]) -> None:
        if isinstance(item, frozenset):
            try:
                self._let_in(item)
            finally:
                self._joined()
            return
        luma = upright(item.luma, item.rotation)
        if item.as_page:
            self.seen.pages.append((item.number, text_look(luma)))
        if item.closely:
            self.seen.looked.append(item.number)
            self._look_for_faces(item)
            self._look_for_labels(item)
            self._keep(item)

    def _joined(self) -> None:
        with self._state:
            self._joining -= 1
            self._state.notify_all()

    def _keep(self, sample: Sample) -> None:
        with self._state:
            self._keeping = self._keeping and len(self._kept) < KEPT
            # A join that was accepted before stands in the queue and needs what was kept, and this too.
            if self._keeping or self._joining:
                self._kept.append(sample)
            else:
                self._kept.clear()

    def _let_in(self, detectors: frozenset[str]) -> None:
        self.detectors |= detectors
        if "faces" in detectors and self._faces is None:
            self._faces = FaceFinder()
            for sample in self._kept:
                self._look_for_faces(sample)
        if "labels" in detectors and self._people is None:
            self._people = PeopleFinder()
            for sample in self._kept:
                self._look_for_labels(sample)

    def _look_for_faces(self, sample: Sample) -> None:
        if self._faces is not None:
            luma = upright(sample.luma, sample.rotation)
            luma = shrink(luma, round(luma.shape[1] * DETECTOR_SHARE))
            self.seen.faces[sample.number] = self._faces.find(luma)

    def _look_for_labels(self, sample: Sample) -> None:
        if self._people is not None:
            luma, blue, red = (
                upright(plane, sample.rotation) for plane in (sample.luma, sample.blue, sample.red)
            )
            self.seen.people[sample.number] = self._people.find(
                shrink(luma, round(luma.shape[1] * DETECTOR_SHARE))
            )
            self.seen.scenery[sample.number] = look_at(luma, blue, red)
