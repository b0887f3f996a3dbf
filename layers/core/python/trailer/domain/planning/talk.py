"""Clips of a film in which people talk: none cuts a word, and talk lasts long enough to be understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from trailer.domain.film.speech import Speech
from trailer.domain.planning.candidates import Candidate, CutRules, Piece
from trailer.domain.taste.relevance import RelevanceTrack
from trailer.domain.time.timecode import FrameRange


def spoken_candidates(
    found: Sequence[Candidate],
    parts: Sequence[Piece],
    speech: Speech,
    rules: CutRules,
    track: RelevanceTrack,
) -> list[Candidate]:
    """The candidates that can be cut in silence, and those of whole sentences, in order of their start."""
    kept = [fit for one in found if (fit := fitted(one, speech, rules, track)) is not None]
    return sorted([*kept, *sentences(parts, speech, rules, track)], key=lambda one: (one.room, one.range))


def fitted(one: Candidate, speech: Speech, rules: CutRules, track: RelevanceTrack) -> Candidate | None:
    """A candidate that begins and ends in silence at each of its lengths' ends; None where it can't.

    Lengths in between are settled when clips are cut. A clip in which people talk gets no shorter
    than a sentence.
    """
    if not speech.is_near(one.room):
        return one
    windows = _windows(one, speech, rules)
    if not windows:
        return None
    fewest, _ = speech.talk_frames
    long_enough = [own for own in windows if own.length >= fewest or not speech.is_talk(own)]
    if not long_enough:
        return None
    wished = one.range.length
    natural = min(
        long_enough,
        key=lambda own: (
            abs(own.length - wished) * 4 // wished,
            -speech.edges_on_cuts(own),
            -round(track.integral(own), 6),
            own.start,
        ),
    )
    shown = [own for own in long_enough if one.slides or own.start == natural.start]
    room = one.room if one.slides else FrameRange(natural.start, max(own.end for own in shown))
    return replace(
        one,
        range=natural,
        room=room,
        shortest=min(own.length for own in shown),
        longest=max(own.length for own in shown),
        value=track.integral(natural),
    )


def _windows(one: Candidate, speech: Speech, rules: CutRules) -> list[FrameRange]:
    """Shortest, wished and longest windows of a candidate from each place where it may begin."""
    room, wished = one.room, one.range.length
    found = []
    for start in _beginnings(one, speech, rules):
        low, high = start + one.shortest, min(room.end, start + one.longest)
        if not one.slides:
            # What is skipped at the front is not made up for at the end: that stays in its last shot.
            low, high = max(start + rules.shortest, room.start + one.shortest), room.start + one.longest
        if low > high:
            continue
        fewest = start + speech.talk_frames[0]
        ends = {
            speech.ends.first(low, high),
            speech.ends.nearest(start + wished, low, high),
            speech.ends.last(low, high),
            speech.ends.first(fewest, high) if low < fewest <= high else None,
        }
        cuts = speech.cuts_between(low, high)
        if cuts:
            ends.add(min(cuts, key=lambda cut: abs(cut - start - wished)))
        found += [FrameRange(start, end) for end in ends if end is not None]
    return sorted(set(found))


def _beginnings(one: Candidate, speech: Speech, rules: CutRules) -> list[int]:
    room = one.room
    latest = room.end - rules.shortest
    if not one.slides:
        first = speech.starts.first(room.start, latest)
        return [] if first is None else [first]
    found: set[int] = set(speech.cuts_between(room.start, latest))
    for own in speech.starts.between(room.start, latest):
        found |= {own.start, own.end - 1, min(own.end - 1, max(own.start, one.range.start))}
    return sorted(found)


def sentences(
    parts: Sequence[Piece], speech: Speech, rules: CutRules, track: RelevanceTrack
) -> Iterator[Candidate]:
    """For each phrase a clip that begins with it and lasts 3 to 8 seconds, over cuts of the film."""
    fewest, most = speech.talk_frames
    phrases = iter(speech.phrases)
    phrase = next(phrases, None)
    for stretch, scene in _stretches(parts):
        taken = -1
        while phrase is not None and phrase.start < stretch.range.end:
            start = _beginning(stretch.range, phrase, speech)
            if start is not None and start > taken and phrase.start - start <= fewest // 2:
                taken = start
                clip = _sentence(start, min(start + most, stretch.range.end), speech, rules, track)
                if clip is not None:
                    yield replace(clip, scene=scene, inner_cuts=stretch.cuts_inside(clip.range))
            phrase = next(phrases, None)


def _beginning(stretch: FrameRange, phrase: FrameRange, speech: Speech) -> int | None:
    """The last cut of the film shortly before a phrase, else the last frame that belongs to no speech."""
    last = speech.starts.last(stretch.start, phrase.start)
    shortly = max(stretch.start, phrase.start - speech.talk_frames[0] // 5)
    cuts = speech.cuts_between(shortly, phrase.start)
    return cuts[-1] if cuts else last


def _sentence(
    start: int, latest: int, speech: Speech, rules: CutRules, track: RelevanceTrack
) -> Candidate | None:
    low = start + max(speech.talk_frames[0], rules.shortest)
    first, last = speech.ends.first(low, latest), speech.ends.last(low, latest)
    end = speech.ends.nearest(max(low, start + rules.mean), low, latest)
    cuts = speech.cuts_between(low, latest)
    if cuts:
        end = cuts[0]
    if first is None or last is None or end is None or not speech.is_talk(FrameRange(start, end)):
        return None
    shown = FrameRange(start, end)
    return Candidate(
        range=shown,
        room=FrameRange(start, last),
        shortest=first - start,
        longest=last - start,
        slides=False,
        scene=0,
        value=track.integral(shown),
    )


class _Stretch:
    """Showable shots of one scene without a gap between them."""

    def __init__(self, parts: Sequence[Piece]) -> None:
        self.range = FrameRange(parts[0].range.start, parts[-1].range.end)
        self._cuts = [part.range.start for part in parts[1:]]

    def cuts_inside(self, frames: FrameRange) -> int:
        return sum(frames.start < cut < frames.end for cut in self._cuts)


def _stretches(parts: Sequence[Piece]) -> Iterator[tuple[_Stretch, int]]:
    edges = [0]
    for index, (one, other) in enumerate(pairwise(parts)):
        if other.range.start != one.range.end or other.scene != one.scene:
            edges.append(index + 1)
    edges.append(len(parts))
    for first, end in pairwise(edges):
        if first < end:
            yield _Stretch(parts[first:end]), parts[first].scene
