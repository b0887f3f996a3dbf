"""What a source file is, as far as cutting a trailer from it needs to know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from trailer.domain.time.timecode import FrameRange


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """One audio track of the source."""

    index: int
    """Position among the audio tracks, counted from 1 as MediaConvert does."""
    channels: int
    language: str | None
    """Language code as the file states it; None when it states none or "und"."""
    codec: str


@dataclass(frozen=True, slots=True)
class SourceMedia:
    """The source as probed. Width and height are as displayed, after rotation."""

    container: str
    video_codec: str
    frame_rate: Fraction
    """Frames per second of the timeline on which everything is counted."""
    frame_count: int
    width: int
    height: int
    rotation: int
    """Clockwise degrees that the player has to turn the stored picture: 0, 90, 180 or 270."""
    audio_tracks: tuple[AudioTrack, ...]
    bit_depth: int
    chroma: str
    """Chroma subsampling such as "4:2:0"."""
    scan_type: str
    """"PROGRESSIVE", "INTERLACED", or "UNKNOWN" where the file doesn't say."""
    variable_rate: bool = False
    """The pictures come at a variable rate; ``frame_rate`` is the constant grid laid over them."""
    hdr: bool = False
    """The picture is coded in PQ or HLG, and looks washed out where that is ignored."""

    def __post_init__(self) -> None:
        if self.frame_rate <= 0 or self.frame_count <= 0:
            raise ValueError(
                f"A film has a positive frame rate and at least one frame, not {self.frame_rate} "
                f"and {self.frame_count}."
            )

    @property
    def duration(self) -> Fraction:
        """Running time of the picture in seconds, exact."""
        return self.frame_count / self.frame_rate

    @property
    def whole(self) -> FrameRange:
        """All frames of the film."""
        return FrameRange(0, self.frame_count)

    def on_timeline_of(self, proxy: SourceMedia) -> SourceMedia:
        """The same film, counted in the frames of its proxy.

        The proxy follows the source, so its constant rate is the rate that
        MediaConvert counts the source at. Where that is not what the header
        stated, the header stated an average.
        """
        return replace(
            self,
            frame_rate=proxy.frame_rate,
            frame_count=proxy.frame_count,
            variable_rate=self.variable_rate or proxy.frame_rate != self.frame_rate,
        )
