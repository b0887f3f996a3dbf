"""The sound of a job: which track each input gives, mixed to the output's channels, cut to the frame.

Clips meet without fades: MediaConvert has no such setting and makes none.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np

from local.mediaconvert.errors import JobError
from local.mediaconvert.loudness import normalize
from local.mediaconvert.sound import Samples, SoundReader, mixing_matrix, remix_matrix
from local.mediaconvert.source import open_media
from local.mediaconvert.spec import AudioSelector, AudioSpec, InputSpec
from local.mediaconvert.timeline import Segment, Source

_PIECE = Fraction(1)


class Program:
    """One audio track of the output, read in step with the picture."""

    def __init__(self, audio: AudioSpec, segments: list[Segment], follow: int) -> None:
        """Choose tracks.

        Raises:
            JobError: 1092, an audio track can't be decoded.
        """
        self._audio, self._segments = audio, segments
        self._readers: dict[tuple[str, int], SoundReader] = {}
        followed = segments[min(follow, len(segments) - 1)]
        self.channels = audio.channels or self._channels_of(followed)
        self.language = self._language(followed)
        self._normalized: Samples | None = None

    def prepare(self) -> None:
        """With normalization, read and measure all sound, so that it can be read afterwards."""
        wanted = self._audio.normalization
        if wanted is None or not wanted.correct:
            return
        pieces: list[Samples] = []
        began = Fraction(0)
        for segment in self._segments:
            pieces.extend(self._pieces(segment, began, began + segment.seconds))
            began += segment.seconds
        self._normalized = normalize(np.concatenate(pieces, axis=1), self._audio.sample_rate, wanted)

    def close(self) -> None:
        """Let go of the files."""
        for reader in self._readers.values():
            reader.close()

    def position(self, seconds: Fraction) -> int:
        """The output sample at an output time."""
        return round(seconds * self._audio.sample_rate)

    def read(self, segment: Segment, began: Fraction, start: Fraction, end: Fraction) -> Samples:
        """Sound of the output time ``[start, end)``, inside a segment that began at ``began``."""
        first, last = self.position(start), self.position(end)
        if self._normalized is not None:
            stretch = self._normalized[:, first:last]
            return np.pad(stretch, ((0, 0), (0, last - first - stretch.shape[1])))
        rate = segment.source.track.rate
        offset = segment.source.track.first_time + segment.start / rate - began
        return self._mixed(
            segment.input, segment.source, offset + Fraction(first, self._audio.sample_rate), last - first
        )

    def _pieces(self, segment: Segment, began: Fraction, until: Fraction) -> Iterator[Samples]:
        at = began
        while at < until:
            upto = min(at + _PIECE, until)
            yield self.read(segment, began, at, upto)
            at = upto

    def _mixed(self, item: InputSpec, source: Source, seconds: Fraction, count: int) -> Samples:
        selector = self._selector(item)
        readers = self._tracks(source, selector) if selector else []
        if selector is None or not readers:
            return np.zeros((self.channels, count), dtype=np.float32)
        seconds -= selector.offset_seconds
        parts = [reader.read(seconds, self._audio.sample_rate, count) for reader in readers]
        sound = np.concatenate(parts, axis=0)
        names = _channel_names(readers)
        for remix in (selector.remix, self._audio.remix):
            if remix is not None:
                sound = (remix_matrix(remix.rows, sound.shape[0]) @ sound).astype(np.float32)
                names = _names(sound.shape[0])
        return (mixing_matrix(names, self.channels) @ sound).astype(np.float32)

    def _selector(self, item: InputSpec) -> AudioSelector | None:
        """The named selector, else the input's default one, else silence."""
        named = item.selectors.get(self._audio.source)
        if named is not None:
            return named
        return next((selector for selector in item.selectors.values() if selector.is_default), None)

    def _tracks(self, source: Source, selector: AudioSelector) -> list[SoundReader]:
        indexes = _matching_tracks(source, selector)
        for index in indexes:
            if (str(source.path), index) not in self._readers:
                try:
                    self._readers[str(source.path), index] = SoundReader(source.path, index)
                except (av.error.FFmpegError, ValueError) as error:
                    raise JobError(
                        JobError.AUDIO_DECODE, f"Audio track {index + 1} of {source.name} can't be decoded."
                    ) from error
        return [self._readers[str(source.path), index] for index in indexes]

    def _channels_of(self, segment: Segment) -> int:
        """CODING_MODE_AUTO: as many channels as the input has, of those that AAC output can have."""
        selector = self._selector(segment.input)
        readers = self._tracks(segment.source, selector) if selector else []
        count = sum(reader.channels for reader in readers)
        return count if count in {1, 2} else 6 if count > 2 else 2

    def _language(self, segment: Segment) -> str | None:
        selector = self._selector(segment.input)
        if not self._audio.language_follows_input or selector is None:
            return self._audio.language
        found = _matching_tracks(segment.source, selector)
        language = track_languages(segment.source)[found[0]] if found else None
        return language or self._audio.language


def track_languages(source: Source) -> list[str | None]:
    """Language of each audio track; None where undetermined."""
    with open_media(source.path) as container:
        return [
            stream.language.lower() if stream.language and stream.language != "und" else None
            for stream in container.streams.audio
        ]


def _matching_tracks(source: Source, selector: AudioSelector) -> list[int]:
    languages = track_languages(source)
    if selector.language is not None:
        same = {selector.language} | _ALIASES.get(selector.language, set())
        return [index for index, language in enumerate(languages) if language in same][:1]
    return [track - 1 for track in selector.tracks if track <= len(languages)]


_PAIRS = (
    ("deu", "ger"), ("fra", "fre"), ("zho", "chi"), ("nld", "dut"), ("ces", "cze"), ("ell", "gre"),
    ("fas", "per"), ("isl", "ice"), ("ron", "rum"), ("slk", "slo"), ("eus", "baq"), ("hye", "arm"),
    ("kat", "geo"), ("mkd", "mac"), ("mri", "mao"), ("msa", "may"), ("mya", "bur"), ("sqi", "alb"),
    ("bod", "tib"), ("cym", "wel"),
)  # fmt: skip
_ALIASES = {first: {second} for first, second in _PAIRS} | {second: {first} for first, second in _PAIRS}


def _names(count: int) -> list[str]:
    known = {1: ["FC"], 2: ["FL", "FR"], 6: ["FL", "FR", "FC", "LFE", "BL", "BR"]}
    return known.get(count, [f"CH{index}" for index in range(count)])


def _channel_names(readers: list[SoundReader]) -> list[str]:
    """Names of the joined channels: a single track's own, else by their number (mono, stereo, 5.1)."""
    if len(readers) == 1:
        return [channel.name for channel in av.AudioLayout(readers[0].layout).channels]
    return _names(sum(reader.channels for reader in readers))
