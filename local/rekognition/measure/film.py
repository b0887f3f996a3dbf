"""Opening a film safely, saying what it is, and yielding its frames whatever is broken.

A header is not believed: FFmpeg opens truncated and damaged files happily, and
playlists renamed to .mp4 make it open other files. So the demuxers and
protocols are an allowlist, and what was decoded is compared with what the
container promised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

ALLOWED_DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,mxf,ogg,h264,hevc"
ACCEPTED_DEMUXER = "mov"
LONGEST_SECONDS = 6 * 3600
STANDARD_RATES = (
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 60)),
    *(Fraction(rate) for rate in (24, 25, 30, 48, 50, 60, 100, 120)),
)
MISSING_TAIL_SHARE = Fraction(3, 100)
MISSING_FRAMES_SHARE = 0.25
MOST_ERRORS_IN_A_ROW = 500


class FilmError(Exception):
    """The film cannot be analysed; the message is a sentence for its owner."""


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """The first audio track, as AudioMetadata needs it."""

    codec: str
    duration_millis: int
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Film:
    """What the container says about a film; sizes are as displayed, after rotation."""

    container: str
    codec: str
    rate: Fraction
    duration: Fraction
    """Seconds of video promised by the container; zero when it does not say."""
    width: int
    height: int
    color_range: str
    rotation: int
    audio: AudioTrack | None

    @property
    def promised_frames(self) -> int:
        """Frames that the promised duration would hold."""
        return round(self.duration * self.rate)


def open_container(path: Path) -> InputContainer:
    """Open a local file with demuxers and protocols from a short list only.

    Raises:
        FilmError: empty, not a video file, or so damaged that nothing can be read.
    """
    if path.stat().st_size == 0:
        raise FilmError("The video is empty: its file has zero bytes.")
    options = {"format_whitelist": ALLOWED_DEMUXERS, "protocol_whitelist": "file"}
    try:
        return av.open(str(path), options=options, metadata_errors="replace")
    except (av.FFmpegError, ValueError, UnicodeError) as error:
        raise FilmError(
            "The video could not be read: it is not an MP4 or MOV file, or it is damaged or incomplete."
        ) from error


def video_stream(container: InputContainer) -> VideoStream:
    """The first real video track; a cover picture is none.

    Raises:
        FilmError: there is no video track.
    """
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    raise FilmError("The file has no video track.")


def frame_rate(stream: VideoStream) -> Fraction:
    """The stream's rate, put on the broadcast rate that it is within 0.03 % of."""
    measured = stream.average_rate or stream.base_rate or stream.guessed_rate
    if not measured:
        raise FilmError("The video has no frame rate.")
    rate = Fraction(measured)
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= nearest * Fraction(3, 10000) else rate.limit_denominator(100_000)


def _seconds(stream: VideoStream | av.AudioStream, container: InputContainer) -> Fraction:
    if stream.duration is not None and stream.time_base is not None:
        return stream.duration * stream.time_base
    return Fraction(container.duration or 0, av.time_base)


def describe(container: InputContainer) -> Film:
    """Say what the film is, and refuse what Rekognition Video does not read.

    Raises:
        FilmError: no video track, not MP4 or MOV, not H.264, not AAC, or longer than six hours.
    """
    stream = video_stream(container)
    context = stream.codec_context
    codec = context.name if context is not None else "unknown"
    if ACCEPTED_DEMUXER not in container.format.name.split(","):
        raise FilmError(
            f"Unsupported container {container.format.long_name}: Rekognition Video reads MP4 and MOV files."
        )
    if codec != "h264":
        raise FilmError(f"Unsupported codec {codec}: Rekognition Video reads H.264 video.")
    _check_audio(container)
    if not context.width or not context.height or not context.pix_fmt:
        raise FilmError("The video track could not be decoded: its description is damaged.")
    duration = _seconds(stream, container)
    if duration > LONGEST_SECONDS:
        raise FilmError("The video is longer than 6 hours, the longest that Rekognition Video analyses.")
    return Film(
        container=container.format.long_name,
        codec=codec,
        rate=frame_rate(stream),
        duration=duration,
        width=context.width,
        height=context.height,
        color_range="FULL"
        if context.pix_fmt.startswith("yuvj") or int(context.color_range) == 2
        else "LIMITED",
        rotation=0,
        audio=_audio_track(container),
    )


def _check_audio(container: InputContainer) -> None:
    """The developer guide names AAC as the only audio codec."""
    for stream in container.streams.audio:
        if stream.codec_context is not None and stream.codec_context.name != "aac":
            raise FilmError(
                f"Unsupported audio codec {stream.codec_context.name}: Rekognition Video reads AAC audio."
            )


def _audio_track(container: InputContainer) -> AudioTrack | None:
    for stream in container.streams.audio:
        context = stream.codec_context
        if context is not None and context.sample_rate:
            millis = int(_seconds(stream, container) * 1000)
            return AudioTrack(context.name, millis, context.sample_rate, context.channels)
    return None


@dataclass(slots=True)
class Tally:
    """How many pictures went into the decoder, and how many came out."""

    given: int = 0
    decoded: int = 0


def decoded_frames(
    container: InputContainer, film: Film, tally: Tally
) -> Iterator[tuple[int, av.VideoFrame]]:
    """Every frame with its number, counted from the first frame on the film's own grid.

    Damaged packets are skipped and leave a gap in the numbers; of two frames in
    one place of the grid (variable frame rate) the first is taken. The loop
    filter is skipped: thumbnails do not see the difference and it is a fifth of
    the decoding time.
    """
    stream = video_stream(container)
    stream.thread_type = "AUTO"
    stream.codec_context.options = {"skip_loop_filter": "all"}
    frames_a_tick = film.rate * (stream.time_base or 0)
    origin: int | None = None
    last = -1
    for frame in _surviving_frames(container, stream, tally):
        if frame.pts is None or not frames_a_tick:
            number = last + 1
        else:
            origin = frame.pts if origin is None else origin
            number = round((frame.pts - origin) * frames_a_tick)
        if number > last:
            last = number
            yield number, frame


def _surviving_frames(
    container: InputContainer, stream: VideoStream, tally: Tally
) -> Iterator[av.VideoFrame]:
    errors = 0
    packets = container.demux(stream)
    while errors < MOST_ERRORS_IN_A_ROW:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            errors += 1
            continue
        if packet.has_sidedata("encryption_info"):
            raise FilmError("The video could not be decoded: it is encrypted.")
        tally.given += packet.size > 0
        try:
            frames = packet.decode()
        except av.FFmpegError:
            errors += 1
            continue
        for frame in frames:
            errors = 0
            if isinstance(frame, av.VideoFrame):
                tally.decoded += 1
                yield frame


def check_complete(film: Film, tally: Tally, last_frame: int) -> None:
    """Compare what was decoded with what the container promised.

    Raises:
        FilmError: nothing was decoded, the end is missing, or a quarter of the frames is.
    """
    if tally.decoded == 0:
        raise FilmError("The video could not be decoded: it is damaged, encrypted or empty.")
    promised = film.promised_frames
    if promised <= 0:
        return
    missing_tail = promised - (last_frame + 1)
    seconds = float(last_frame / film.rate)
    if missing_tail > max(film.rate, promised * MISSING_TAIL_SHARE):
        raise FilmError(
            f"The video is truncated or damaged: it promises {float(film.duration):.1f} seconds, "
            f"and only the first {seconds:.1f} could be decoded."
        )
    missing = tally.given - tally.decoded
    if missing > MISSING_FRAMES_SHARE * tally.given:
        raise FilmError(f"The video is damaged: {missing} of {tally.given} frames could not be decoded.")
