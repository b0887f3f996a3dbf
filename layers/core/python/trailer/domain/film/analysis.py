"""The analysis of one film: everything that planning needs, whoever the viewer is.

It is made once for a content version and costs dollars; trailers are cut from it for cents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum
from typing import Final

from trailer.domain.film.concepts import Concept
from trailer.domain.film.detections import DETECTORS, CueDetection, Detections, MillisecondSpan
from trailer.domain.film.evidence import Evidence, Moment, gather
from trailer.domain.film.gates import Gate, content_range, cue_gates, split_trusted
from trailer.domain.film.media import SourceMedia
from trailer.domain.film.scenes import Scene, group_scenes
from trailer.domain.film.shots import Shot, clean_shots
from trailer.domain.film.speech import Speech, spoken_frames
from trailer.domain.time.timecode import FrameRange, milliseconds_to_frame

_MODERATION_PADDING_MS: Final = 500


@dataclass(frozen=True, slots=True, order=True)
class SensitiveRange:
    """Frames around a moderation finding, half a second wider on both sides."""

    range: FrameRange
    name: str
    parent: str
    confidence: float


@dataclass(frozen=True)
class Analysis:
    """One analysed film. All ranges are half-open, in frames of the source."""

    video_id: str
    media: SourceMedia
    shots: tuple[Shot, ...]
    cues: tuple[CueDetection, ...]
    """Technical cues that are acted on."""
    scenes: tuple[Scene, ...]
    gates: tuple[Gate, ...]
    content: FrameRange
    """The film without leading and trailing technical cues; the spoiler window is a part of this."""
    concepts: tuple[Concept, ...]
    moments: tuple[Moment, ...]
    sensitive: tuple[SensitiveRange, ...]
    detectors: Mapping[str, bool]
    """Detector name to whether it answered."""
    warnings: tuple[str, ...]
    missing: Mapping[str, str] = field(default_factory=dict)
    """Detectors that were asked for and failed, with the reason; what they would have found is unknown."""
    words: tuple[FrameRange, ...] | None = None
    """What is spoken, word by word or caption by caption, in order; None when nobody tells."""

    @cached_property
    def speech(self) -> Speech | None:
        """Where clips may be cut without cutting a word; None in a film of which no word is known."""
        if not self.words:
            return None
        edges = (edge for shot in self.shots for edge in (shot.range.start, shot.range.end))
        return Speech(self.words, edges, self.media.frame_rate, self.media.frame_count)

    @cached_property
    def scene_of_shot(self) -> tuple[int, ...]:
        """Index of the scene of each shot."""
        return tuple(scene.index for scene in self.scenes for _ in range(scene.first_shot, scene.end_shot))

    @cached_property
    def moments_of_shot(self) -> tuple[tuple[Moment, ...], ...]:
        """The moments of each shot, in order."""
        moments: list[list[Moment]] = [[] for _ in self.shots]
        for moment in self.moments:
            moments[moment.shot].append(moment)
        return tuple(tuple(own) for own in moments)

    def shot_evidence(self, shot: int) -> dict[str, float]:
        """Concept key to its strongest strength in a shot, sorted by key."""
        strongest: dict[str, float] = {}
        for moment in self.moments_of_shot[shot]:
            for number, value in moment.strengths:
                key = self.concepts[number].key
                strongest[key] = max(value, strongest.get(key, 0.0))
        return dict(sorted(strongest.items()))

    def shot_cue(self, shot: int, cue: str) -> float | None:
        """Mean of a continuous cue over a shot's frames; None where nothing measured it."""
        own = [moment for moment in self.moments_of_shot[shot] if cue in moment.cues]
        if not own:
            return None
        frames = sum(moment.range.length for moment in own)
        return fsum(moment.cues[cue] * moment.range.length for moment in own) / frames


def analyse(
    video_id: str, detections: Detections, media: SourceMedia, missing: Mapping[str, str] | None = None
) -> Analysis:
    """Turn detections into shots, scenes, gates and evidence.

    The order of the detections does not matter. A film in which nothing was found is
    still a film: one shot, one scene, a warning, and no evidence.

    Args:
        video_id: the film.
        detections: the findings.
        media: the film's file.
        missing: detectors that were asked for and failed, each with the reason as a sentence.
    """
    missing = missing or {}
    rate = media.frame_rate
    shots = clean_shots(detections.shots, media.frame_count)
    cues, distrusted = split_trusted(detections.cues, media.frame_count)
    words, doubts = _words(detections, media)
    evidence = gather(detections, shots, rate, words)
    return Analysis(
        video_id=video_id,
        media=media,
        shots=shots,
        cues=cues,
        scenes=group_scenes(shots, evidence, cues, rate),
        gates=cue_gates(cues, media.frame_count),
        content=content_range(cues, media.frame_count, rate),
        concepts=evidence.concepts,
        moments=evidence.moments,
        sensitive=_sensitive(detections, media),
        detectors={name: name in detections.detectors for name in DETECTORS},
        warnings=(*_warnings(detections, distrusted, evidence, missing), *doubts),
        words=words,
        missing=missing,
    )


def _words(
    detections: Detections, media: SourceMedia
) -> tuple[tuple[FrameRange, ...] | None, tuple[str, ...]]:
    if "speech" not in detections.detectors:
        return None, ()
    return spoken_frames(detections.speech, media.frame_rate, media.frame_count)


def _sensitive(detections: Detections, media: SourceMedia) -> tuple[SensitiveRange, ...]:
    found = []
    for item in detections.moderation:
        span = MillisecondSpan(
            item.span.start - _MODERATION_PADDING_MS,
            max(item.span.start, item.span.end) + _MODERATION_PADDING_MS,
        )
        first = milliseconds_to_frame(span.start, media.frame_rate)
        last = milliseconds_to_frame(span.end, media.frame_rate)
        inside = FrameRange(first, last + 1).intersection(media.whole)
        if inside is not None:
            found.append(SensitiveRange(inside, item.name, item.parent, item.confidence))
    return tuple(sorted(found))


def _warnings(
    detections: Detections, distrusted: tuple[str, ...], evidence: Evidence, missing: Mapping[str, str]
) -> tuple[str, ...]:
    sentences = []
    if not detections.shots:
        sentences.append("No shots were detected, so the whole film is treated as one long shot.")
    for kind in distrusted:
        sentences.append(
            f"{kind} was detected over more than half of the film; that is not believed and not kept out."
        )
    for name, reason in sorted(missing.items()):
        sentences.append(f"The {name} detector failed, so what it would have found is unknown. {reason}")
    for name in ("labels", "faces"):
        if name in missing:
            continue
        if name in detections.detectors and not getattr(detections, name):
            sentences.append(f"The {name} detector found nothing in this film.")
        elif name not in detections.detectors:
            sentences.append(f"There is no evidence from {name}, because that detector did not run.")
    seen = evidence.concepts or any("faces" in moment.cues for moment in evidence.moments)
    if not seen:
        sentences.append(
            "Nothing is known about what the film shows, so the trailer is spread evenly over the story."
        )
    for reason in sorted(detections.ignored):
        sentences.append(f"{detections.ignored[reason]} findings were ignored: {reason}.")
    return tuple(sentences)
