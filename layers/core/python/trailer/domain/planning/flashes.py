"""No flash frames: a clip that reaches into a neighbouring shot shows enough of it to be seen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from trailer.domain.planning.candidates import FLASH_FRAMES, Candidate
from trailer.domain.time.timecode import FrameRange


class Cuts:
    """The cuts of a film, to see where a clip would flash.

    Args:
        frames: first frames of shots and frames after their last, in any order.
    """

    def __init__(self, frames: Iterable[int]) -> None:
        self._frames = sorted(set(frames))

    def inside(self, clip: FrameRange) -> Sequence[int]:
        """Cuts between the first and the last frame of a clip."""
        return self._frames[bisect_right(self._frames, clip.start) : bisect_left(self._frames, clip.end)]

    def trimmed(self, clip: FrameRange) -> FrameRange:
        """The clip less the flashes at its edges."""
        start, end = clip.start, clip.end
        for cut in self.inside(clip):
            if cut - start < FLASH_FRAMES:
                start = cut
        for cut in reversed(self.inside(FrameRange(start, end))):
            if end - cut < FLASH_FRAMES:
                end = cut
        return FrameRange(start, end)

    def flashes(self, clip: FrameRange) -> bool:
        """Whether an edge of the clip flashes."""
        return self.trimmed(clip) != clip

    def window(self, wished: FrameRange, room: FrameRange) -> FrameRange:
        """The window nearest to a wished one, as long and in the same room, that does not flash.

        Where there is none, the wished one less its flashes.
        """
        if not self.flashes(wished):
            return wished
        length = wished.length
        near = FrameRange(max(room.start, wished.start - length), min(room.end, wished.end + length))
        edges = [near.start, *self.inside(near), near.end]
        starts = {edge + step for edge in edges for step in (0, FLASH_FRAMES, -FLASH_FRAMES)}
        starts |= {start - length for start in starts}
        fitting = [
            FrameRange(start, start + length) for start in starts if room.start <= start <= room.end - length
        ]
        steady = [one for one in fitting if not self.flashes(one)]
        if steady:
            return min(steady, key=lambda one: (abs(one.start - wished.start), one.start))
        return self.trimmed(wished)

    def settled(
        self, wished: Sequence[FrameRange], clips: Sequence[Candidate], shortest: int
    ) -> list[FrameRange]:
        """The ranges of all clips without flashes; frames that this costs go to clips with room left.

        Pins stay as they are, and so does a clip that would become shorter than ``shortest``.
        """
        found = []
        for frames, clip in zip(wished, clips, strict=True):
            steady = self.window(frames, clip.room) if clip.slides else self.trimmed(frames)
            found.append(frames if clip.pinned or steady.length < shortest else steady)
        lost = sum(frames.length for frames in wished) - sum(frames.length for frames in found)
        for index, clip in enumerate(clips):
            if lost and not clip.pinned:
                grown = self.grown(found[index], clip.room, lost)
                if grown.length > found[index].length:
                    lost -= grown.length - found[index].length
                    found[index] = grown
        return found

    def grown(self, clip: FrameRange, room: FrameRange, most: int) -> FrameRange:
        """The clip with up to ``most`` frames more of its room at its end, without a flash."""
        return self.trimmed(FrameRange(clip.start, min(room.end, clip.end + most)))
